"""The rule ``lvs/setting-without-effect``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, rule
from cfglint.model.lvs import VirtualServer
from cfglint.syntax.keepalived import Statement

SH_FLAGS = frozenset({"hashed", "sh-port", "sh-fallback"})
MH_FLAGS = frozenset({"mh-port", "mh-fallback"})


def _fault(server: VirtualServer, line: Statement, before: list[str]) -> str:
    """Why a line has no effect; empty when it has."""
    keyword, scheduler = line.keyword, server.scheduler.value
    if keyword == "ops" and server.kind == "address" and server.protocol.value != "UDP":
        return "works for UDP only, so keepalived clears it"
    if keyword in SH_FLAGS and scheduler != "sh":
        return "is for the scheduler sh only"
    if keyword in MH_FLAGS and scheduler != "mh":
        return "is for the scheduler mh only"
    if keyword in {"sorry_server_inhibit", "sorry_server_lvs_method"} and "sorry_server" not in before:
        return "stands before the sorry_server it belongs to, or without one"
    if keyword == "ha_suspend" and server.kind == "fwmark":
        return "does not work with a firewall mark"
    return ""


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 and 2.3.4: `only applies to sh scheduler`, `one packet scheduling requires UDP`"],
)
def setting_without_effect(server: VirtualServer) -> Iterator[Finding]:
    """A line of a virtual server has no effect beside its other settings.

    Why it hurts: keepalived ignores it and runs: connections are spread in another way than the file says, or the sorry
    server is used in another way. The daemon's check fails.

    When it stays silent: for flags that fit the scheduler and the protocol; for sorry_server lines in the right order.

    What to do: take the line out, or set what it needs above it.
    """
    if server.block is None or not server.real_servers:
        return
    before: list[str] = []
    for line in server.block.children:
        why = "" if is_open(line) else _fault(server, line, before)
        before.append(line.keyword)
        if why:
            yield Finding(
                at=line.span,
                subject=(server.node.name, server.label, line.keyword),
                message=f"{line.keyword} of {server.label} on {server.node.name} {why}: it has no effect",
                label="has no effect",
                help="take the line out, or set what it needs above it",
                nodes=(server.node.name,),
                fails_check=fails_check(server.node),
            )

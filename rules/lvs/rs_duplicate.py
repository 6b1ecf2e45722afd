"""The rule ``lvs/rs-duplicate``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.lvs import RealServer, VirtualServer
from cfglint.model.value import Unknown


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `real server … is duplicated - removing second rs`"],
)
def rs_duplicate(server: VirtualServer) -> Iterator[Finding]:
    """A virtual server lists one real server twice.

    Why it hurts: keepalived removes the second one with its weight and its checkers. Often the second was meant to be
    another machine, which then gets no connections.

    When it stays silent: for the same address with another port; for the same server in another virtual server.

    What to do: correct the address, or take the second block out.
    """
    seen: dict[tuple[object, object], RealServer] = {}
    for real in server.real_servers:
        if isinstance(real.address, Unknown) or isinstance(real.port, Unknown):
            continue
        first = seen.setdefault((real.address, real.port), real)
        if first is real:
            continue
        yield Finding(
            at=real.span,
            subject=(server.node.name, server.label, str(real.address), str(real.port)),
            message=(
                f"real server {real.address} port {real.port} is listed twice in {server.label} on {server.node.name}: "
                "keepalived removes the second"
            ),
            label="listed before",
            related=[Related("first here", first.span)],
            help="correct the address, or take the second block out",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )

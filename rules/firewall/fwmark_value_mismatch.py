"""The rule ``firewall/fwmark-value-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.firewall_marks import MarkingRule, marking_rules
from cfglint.engine import Finding, Related, rule
from cfglint.engine.firewall_wording import at_line
from cfglint.model.lvs import VirtualServer


def _confusion(wanted: int, value: int) -> str:
    """What may have gone wrong between two numbers that look alike."""
    if str(wanted) == f"{value:x}":
        return f"{value:#x} in the rule is hexadecimal: it is {value}"
    if f"{wanted:x}" == str(value):
        return f"{wanted:#x} in keepalived.conf is hexadecimal: it is {wanted}"
    return ""


@rule(
    severity="error",
    yields_to=("firewall/fwmark-no-marker",),
    sources=["marks observed behind rule sets in network namespaces; ipvsadm(8), -f"],
)
def fwmark_value_mismatch(server: VirtualServer) -> Iterator[Finding]:
    """The firewall sets other marks than the one that a service waits for.

    Why it hurts: IPVS compares the numbers; 0x123 is not 123. The marked packets belong to no service and the service
    gets no packet: clients see "connection refused".

    When it stays silent: where a rule sets this very mark, or a mark that the files do not tell; where none sets any
    (another rule says so).

    What to do: write the same number on both sides, decimal or hexadecimal alike.
    """
    if server.kind != "fwmark" or server.fwmark is None or not server.node.firewall.known:
        return
    early = [found for found in marking_rules(server.node.firewall) if found.in_time]
    if not early or any(found.value is None or found.value == server.fwmark for found in early):
        return
    used = {other.fwmark for other in server.config.virtual_servers if other.fwmark is not None}
    free: list[MarkingRule] = [found for found in early if found.value not in used] or early
    marks = sorted({found.value for found in free if found.value is not None})
    hints = [hint for mark in marks if (hint := _confusion(server.fwmark, mark))]
    shown = " and ".join(f"{mark} ({mark:#x})" for mark in marks[:3])
    node = server.node
    yield Finding(
        at=server.span,
        message=(
            f"{server.label} on {node.name} waits for packets with mark {server.fwmark} ({server.fwmark:#x}), but the "
            f"firewall marks them {shown} ({at_line(free[0].rule.span)})"
            f"{f': {hints[0]}' if hints else ''}; no connection reaches its real servers"
        ),
        subject=(node.name, server.label, "mark"),
        label=f"mark {server.fwmark}",
        related=[Related(f"sets mark {found.value}", found.rule.span) for found in free[:3]],
        help=f"set mark {server.fwmark} in the firewall, or name {marks[0]} in virtual_server",
        nodes=[node.name],
    )

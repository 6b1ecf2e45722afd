"""The rule ``firewall/fwmark-no-marker``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.firewall_marks import marking_rules
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.lvs import VirtualServer
from cfglint.source import Span


@rule(
    severity="error",
    sources=["ipvsadm(8), -f: a firewall-mark service sees only packets that iptables or nftables marked"],
)
def fwmark_no_marker(server: VirtualServer) -> Iterator[Finding | Unchecked]:
    """A service is named by a firewall mark, and no rule of the node's firewall sets any mark.

    Why it hurts: IPVS finds the service by the mark alone. No packet carries one, so none is balanced: clients of the
    VIP get "connection refused" from the director itself.

    When it stays silent: where a rule sets a mark (another rule compares the values), and where the node has no
    firewall file, which is unchecked.

    What to do: mark the VIP's packets in mangle PREROUTING, e.g.
    `-A PREROUTING -d VIP/32 -p tcp -m multiport --dports 80,443 -j MARK --set-mark 123`.
    """
    if server.kind != "fwmark" or server.fwmark is None:
        return
    node = server.node
    if not node.firewall.known:
        yield Unchecked(node.name, server.label, "no firewall file says which packets are marked")
        return
    rules = marking_rules(node.firewall)
    if any(found.in_time for found in rules):
        return
    late = [Related("sets a mark only after IPVS has looked", found.rule.span) for found in rules]
    where = "sets a mark only in chains that IPVS's packets do not pass" if late else "sets no mark at all"
    place = next((Span(path) for path in node.firewall.files), node.span)
    yield Finding(
        at=server.span,
        message=(
            f"{server.label} on {node.name} waits for packets with mark {server.fwmark}, but the firewall {where}: no "
            "connection ever reaches its real servers"
        ),
        subject=(node.name, server.label, "mark"),
        label="no rule sets this mark",
        related=late or [Related("no rule here sets a mark", place)],
        help=(
            f"mark the packets of the VIP: `iptables -t mangle -A PREROUTING -d VIP/32 -p tcp -m multiport "
            f"--dports 80,443 -j MARK --set-mark {server.fwmark}`, on every director"
        ),
        nodes=[node.name],
    )

"""The rule ``firewall/fwmark-scope-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from cfglint.analysis.firewall_marks import MarkingRule, marking_rules
from cfglint.analysis.service_packets import own_vips
from cfglint.engine import Finding, Related, rule
from cfglint.engine.firewall_wording import at_line
from cfglint.engine.wording import in_order, listing
from cfglint.model.lvs import VirtualServer
from cfglint.model.value_sets import Range
from cfglint.model.vrrp import Address


def _holds(ranges: tuple[Range, ...], number: int) -> bool:
    return any(low <= number <= high for low, high in ranges)


def _elsewhere(found: MarkingRule, vips: frozenset[Address]) -> str:
    """The destination that a rule marks, when none of the VIPs lies in it; empty otherwise."""
    for field, version in (("ip.dst", 4), ("ip6.dst", 6)):
        ranges = found.ranges(field)
        if ranges is None:
            continue
        if any(_holds(ranges, int(vip)) for vip in vips if vip.version == version):
            return ""
        low, high = ranges[0]
        first = ip_address(low) if version == 4 else ip_address(low.to_bytes(16, "big"))
        return str(first) if low == high else f"a network from {first} on"
    return ""


@rule(
    severity="warning",
    yields_to=("firewall/fwmark-no-marker", "firewall/fwmark-value-mismatch"),
    sources=["marks observed behind rule sets in network namespaces; keepalived.conf(5), virtual_server fwmark"],
)
def fwmark_scope_mismatch(server: VirtualServer) -> Iterator[Finding]:
    """The firewall marks packets for an address that is no VIP of the director.

    Why it hurts: the mark is set for packets that never come, and those that clients send to the VIPs carry none: they
    go to the director itself and are refused.

    When it stays silent: where the rule names no destination, or where one of the VIPs lies in it.

    What to do: mark the packets of the VIP, on every director alike.
    """
    if server.kind != "fwmark" or server.fwmark is None or not server.node.firewall.known:
        return
    vips = own_vips(server.node)
    rules = [found for found in marking_rules(server.node.firewall) if found.in_time and found.value == server.fwmark]
    if not rules or not vips:
        return
    targets = [_elsewhere(found, vips) for found in rules]
    if not all(targets):
        return
    node, place = server.node, rules[0].rule.span
    yield Finding(
        at=place,
        message=(
            f"mark {server.fwmark} is set for packets to {listing(sorted(set(targets)))} ({at_line(place)}), which is "
            f"no VIP of {node.name} ({listing(in_order(vips))}): what clients send to the VIPs is not marked, and "
            f"{server.label} gets nothing"
        ),
        subject=(node.name, server.label, "mark", "destination"),
        related=[Related(f"{server.label} waits for it", server.span)],
        help="name the VIP as the destination of the marking rule",
        nodes=[node.name],
    )

"""The rule ``vrrp/vip-collision``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cfglint.analysis.election import steady_state
from cfglint.analysis.sync_groups import move_together
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster, VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, Vip, VrrpInstance

Listed = tuple[VrrpGroup, VrrpInstance, Vip]
"""A line that lists an address, with its instance and virtual router."""


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: one VIP in two instances"],
)
def vip_collision(cluster: Cluster) -> Iterator[Finding]:
    """One VIP is listed in two virtual routers of the same nodes.

    Why it hurts: each virtual router elects its own master, and each master configures the address. When the masters
    are different nodes, two nodes hold the VIP; when one node is master of both, it takes the address away as soon as
    it loses one of them.

    When it stays silent: where an address is listed once on each node; where both instances are in one sync group.

    What to do: leave the address in one instance.
    """
    lines: dict[tuple[int, Address], list[Listed]] = defaultdict(list)
    for router in cluster.groups:
        for member in router.members:
            for vip in (*member.vips, *member.excluded_vips):
                if not isinstance(vip.address, Unknown):
                    lines[id(member.node), vip.address].append((router, member, vip))
    seen: set[Address] = set()
    for (_, address), listed in lines.items():
        first, *others = listed
        other = next((one for one in others if one[0] is not first[0]), None)
        if other is None or address in seen or move_together([first[1], other[1]]):
            continue
        seen.add(address)
        yield _finding(cluster, address, first, other)


def _finding(cluster: Cluster, address: Address, first: Listed, other: Listed) -> Finding:
    (router, one, vip), (rival, two, twin) = first, other
    holders = {
        outcome.candidates
        for group in (router, rival)
        for _, outcome in steady_state(group).of(address)
        if outcome.verdict == "split-brain"
    }
    follows = (
        f"{' and '.join(min(holders))} hold it at the same time"
        if holders
        else "when the two have different masters, both nodes hold it"
    )
    return Finding(
        at=twin.span,
        subject=(cluster.name, str(address)),
        message=f"{address} is listed in {one.name} and in {two.name} on {one.node.name}: {follows}",
        label=f"also in {one.name}",
        related=[Related(f"in {one.name}", vip.span)],
        help="leave the address in one instance",
        nodes=[node.name for node in cluster.nodes],
    )

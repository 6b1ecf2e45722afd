"""The rule ``vrrp/vip-collision``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cfglint.analysis.election import steady_state
from cfglint.analysis.sync_groups import move_together
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster, Fleet, VrrpGroup
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, Vip, VrrpInstance

Listed = tuple[VrrpGroup, VrrpInstance, Vip]
"""A line that lists an address, with its instance and virtual router."""


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: one VIP in two instances"],
)
def vip_collision(fleet: Fleet) -> Iterator[Finding]:
    """One VIP is listed in two virtual routers of the same nodes.

    Why it hurts: each virtual router elects its own master, and each master configures the address. When the masters
    are different nodes, two nodes hold the VIP; when one node is master of both, it takes the address away as soon as
    it loses one of them.

    When it stays silent: where an address is listed once on each node; where both instances are in one sync group; for
    link-local addresses, which every interface may have.

    What to do: leave the address in one instance.
    """
    for cluster in fleet.clusters:
        yield from _in_cluster(cluster)
    placed = {id(node) for cluster in fleet.clusters for node in cluster.nodes}
    for node in fleet.nodes:
        if node.keepalived is not None and id(node) not in placed:
            yield from _on_node(node, node.keepalived)


def _on_node(node: Node, config: KeepalivedConfig) -> Iterator[Finding]:
    """Two instances of a node whose peer is not given."""
    first: dict[Address, tuple[VrrpInstance, Vip]] = {}
    seen: set[Address] = set()
    for instance in config.instances:
        for vip in (*instance.vips, *instance.excluded_vips):
            if isinstance(vip.address, Unknown) or vip.address.is_link_local:
                continue
            one, line = first.setdefault(vip.address, (instance, vip))
            if one is instance or vip.address in seen or move_together([one, instance]):
                continue
            seen.add(vip.address)
            follows = "when the two have different masters, both nodes hold it"
            yield _told((node.name,), (node.name,), (one, line), (instance, vip), follows)


def _in_cluster(cluster: Cluster) -> Iterator[Finding]:
    lines: dict[tuple[int, Address], list[Listed]] = defaultdict(list)
    for router in cluster.groups:
        for member in router.members:
            for vip in (*member.vips, *member.excluded_vips):
                if not isinstance(vip.address, Unknown) and not vip.address.is_link_local:
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
    nodes = tuple(node.name for node in cluster.nodes)
    return _told((cluster.name,), nodes, (one, vip), (two, twin), follows)


def _told(
    subject: tuple[str, ...],
    nodes: tuple[str, ...],
    first: tuple[VrrpInstance, Vip],
    second: tuple[VrrpInstance, Vip],
    follows: str,
) -> Finding:
    (one, vip), (two, twin) = first, second
    return Finding(
        at=twin.span,
        subject=(*subject, str(vip.address)),
        message=f"{vip.address} is listed in {one.name} and in {two.name} on {one.node.name}: {follows}",
        label=f"also in {one.name}",
        related=[Related(f"in {one.name}", vip.span)],
        help="leave the address in one instance",
        nodes=nodes,
    )

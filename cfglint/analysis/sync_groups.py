"""Sync groups across the nodes of a cluster: which virtual routers move together where, and what a lost link does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cfglint.analysis.election_node import sync_group_of
from cfglint.analysis.election_router import Address
from cfglint.analysis.election_world import worlds_of
from cfglint.analysis.failover import VipScenario, simulate_faults
from cfglint.analysis.failover_faults import Fault
from cfglint.model.cluster import Cluster, VrrpGroup
from cfglint.model.node import Node
from cfglint.model.vrrp import VrrpInstance, VrrpSyncGroup


@dataclass(frozen=True, slots=True, eq=False)
class Bond:
    """One node's sync group, seen from the cluster.

    Attributes:
        node: the node.
        group: its sync group.
        routers: the virtual routers that move together on this node, at least two, in the cluster's order.
    """

    node: Node
    group: VrrpSyncGroup
    routers: tuple[VrrpGroup, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The virtual routers by name."""
        return tuple(router.name for router in self.routers)


def bonds(cluster: Cluster) -> Iterator[Bond]:
    """The sync groups of a cluster's nodes that tie at least two of its virtual routers."""
    for node in cluster.nodes:
        tied: dict[int, list[VrrpGroup]] = {}
        for router in cluster.groups:
            member = member_of(router, node)
            group = sync_group_of(member) if member is not None else None
            if group is not None:
                tied.setdefault(id(group), []).append(router)
        for group in node.keepalived.sync_groups if node.keepalived is not None else ():
            routers = tied.get(id(group), [])
            if len(routers) > 1:
                yield Bond(node, group, tuple(routers))


def member_of(router: VrrpGroup, node: Node) -> VrrpInstance | None:
    """A node's member of a virtual router, or None."""
    return next((member for member in router.members if member.node is node), None)


def members_on(routers: Iterable[VrrpGroup], node: Node) -> list[VrrpInstance]:
    """A node's members of some virtual routers."""
    return [member for router in routers if (member := member_of(router, node)) is not None]


def move_together(members: Sequence[VrrpInstance]) -> bool:
    """True when some instances of one node are in one sync group."""
    groups = {id(sync_group_of(member)) for member in members}
    return len(groups) == 1 and sync_group_of(members[0]) is not None


@dataclass(frozen=True, slots=True)
class Torn:
    """A lost link that leaves the addresses of virtual routers on different nodes, or on nobody.

    Attributes:
        fault: the lost link.
        unheld: the addresses that nobody holds then.
        stays: an address with its holder then.
        moves: an address with another holder, when none is unheld.
    """

    fault: Fault
    unheld: tuple[Address, ...]
    stays: tuple[Address, str] | None
    moves: tuple[Address, str] | None

    def __str__(self) -> str:
        """What happens, as a clause: ``when eth1 of lb1 fails, …``."""
        when = f"when {self.fault.name} of {self.fault.node} fails, "
        if self.unheld:
            return when + f"nobody holds {' and '.join(map(str, self.unheld))}"
        if self.stays is not None and self.moves is not None:
            return when + f"{self.stays[0]} is on {self.stays[1]} and {self.moves[0]} on {self.moves[1]}"
        return when + "they part"


def torn_by(cluster: Cluster, routers: Sequence[VrrpGroup]) -> Torn | None:
    """The first lost link, node by node, that tears the addresses of some virtual routers apart; None without one."""
    wanted = {address for router in routers for member in router.members for address in member.all_addresses}
    for world in worlds_of(cluster):
        for node in cluster.nodes:
            interfaces = [member.interface.value for member in members_on(routers, node)]
            for name in dict.fromkeys(name for name in interfaces if isinstance(name, str)):
                fault = Fault("interface-down", node.name, name)
                scenario = simulate_faults(cluster, world, (fault,))
                torn = _torn(fault, [vip for vip in scenario.vips if vip.after.address in wanted])
                if torn is not None:
                    return torn
    return None


def _torn(fault: Fault, vips: Sequence[VipScenario]) -> Torn | None:
    if any(vip.before.verdict != "ok" for vip in vips):
        return None
    unheld = tuple(vip.after.address for vip in vips if vip.after.verdict == "unheld")
    if unheld:
        return Torn(fault, unheld, None, None)
    held = [(vip.after.address, vip.after.holders[0]) for vip in vips if vip.after.verdict == "ok"]
    other = next((one for one in held if one[1] != held[0][1]), None)
    return Torn(fault, (), held[0], other) if other is not None else None

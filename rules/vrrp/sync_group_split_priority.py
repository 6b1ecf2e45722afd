"""The rule ``vrrp/sync-group-split-priority``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from cfglint.analysis.sync_groups import Bond, bonds, member_of
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster, VrrpGroup
from cfglint.model.node import Node
from cfglint.model.vrrp import VrrpInstance


@rule(
    severity="warning",
    sources=["elections observed with keepalived 2.2.7 and 2.4.3: crossed priorities inside a sync group"],
)
def sync_group_split_priority(cluster: Cluster) -> Iterator[Finding]:
    """Inside one sync group, one node outranks the other in one instance and is outranked in another.

    Why it hurts: the group moves as a whole and no node wins it by priority. Whichever node gets there first keeps
    everything, after some flapping at the start (11 s were seen): which one is a race.

    When it stays silent: where one node is at least equal in every instance of the group; where the instances are in
    no common sync group (placing them on different nodes is then a choice); where a priority is not known.

    What to do: give each node one priority in all instances of a sync group.
    """
    seen: set[tuple[str, ...]] = set()
    for one, other in combinations(bonds(cluster), 2):
        shared = [router for router in one.routers if router in other.routers]
        if one.node is other.node or len(shared) < 2:
            continue
        crossed = _crossed(shared, one.node, other.node)
        key = (one.node.name, other.node.name, *sorted(one.names))
        if crossed is not None and key not in seen:
            seen.add(key)
            yield _finding(cluster, one, crossed)


Crossed = tuple[VrrpInstance, VrrpInstance, VrrpInstance, VrrpInstance]


def _crossed(shared: list[VrrpGroup], one: Node, other: Node) -> Crossed | None:
    """An instance in which the first node is above, and one in which it is below, each with the other node's."""
    above = below = None
    for router in shared:
        mine, theirs = member_of(router, one), member_of(router, other)
        if mine is None or theirs is None:
            continue
        if not isinstance(mine.priority.value, int) or not isinstance(theirs.priority.value, int):
            return None
        if mine.priority.value > theirs.priority.value:
            above = (mine, theirs)
        elif mine.priority.value < theirs.priority.value:
            below = (mine, theirs)
    return (*above, *below) if above is not None and below is not None else None


def _finding(cluster: Cluster, bond: Bond, crossed: Crossed) -> Finding:
    high, low_there, low, high_there = crossed
    here, there = high.node.name, high_there.node.name
    return Finding(
        at=low.priority.span,
        subject=(cluster.name, "sync_group", *sorted(bond.names), "priority"),
        message=(
            f"sync group {bond.group.name} has no best node: in {high.name} {here} ({high.priority.value}) is above "
            f"{there} ({low_there.priority.value}), in {low.name} {there} ({high_there.priority.value}) is above "
            f"{here} ({low.priority.value}); which node holds all the addresses is a race"
        ),
        label=f"{low.priority.value} on {here}, {high_there.priority.value} on {there}",
        related=[
            Related(f"{high.priority.value} on {here}", high.priority.span),
            Related(f"{low_there.priority.value} on {there}", low_there.priority.span),
            Related(f"{high_there.priority.value} on {there}", high_there.priority.span),
        ],
        help="give each node one priority in all instances of the sync group",
        nodes=(here, there),
    )

"""Which clusters must be simulated together: unrelated ones that share a VRID on one network meet in one election."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from cfglint.analysis.election_node import networks_of
from cfglint.analysis.election_router import Address
from cfglint.model.cluster import Cluster, Fleet
from cfglint.model.node import Node
from cfglint.model.value import Unknown

MOST_TOGETHER = 12
"""Clusters simulated in one election at most; so many on one wire are rather one template rendered for many sites."""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Clusters that are simulated together.

    Attributes:
        clusters: one, or several that can hear each other's adverts.
        assumptions: why they were put together.
    """

    clusters: tuple[Cluster, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def nodes(self) -> list[Node]:
        """The balancers of all its clusters."""
        return [node for cluster in self.clusters for node in cluster.nodes]


def scopes_of(fleet: Fleet) -> list[Scope]:
    """Put clusters together that multicast for one VRID on one network, in time linear in their instances.

    Two clusters that use one and the same host address are on different wires, whatever their networks are called.
    """
    parent = list(range(len(fleet.clusters)))
    reasons: dict[int, list[str]] = defaultdict(list)

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first: dict[tuple[object, ...], int] = {}
    own = [_own_addresses(cluster) for cluster in fleet.clusters]
    for index, cluster in enumerate(fleet.clusters):
        for key in _places(cluster):
            other = root(first.setdefault(key, index))
            if other != root(index) and own[first[key]].isdisjoint(own[index]):
                text = f"{fleet.clusters[first[key]].name} and {cluster.name} share VRID {key[1]} on {key[0]}"
                reasons[other] += [*reasons.pop(root(index), []), f"{text}: they are simulated together"]
                parent[root(index)] = other
    together: dict[int, list[Cluster]] = defaultdict(list)
    for index, cluster in enumerate(fleet.clusters):
        together[root(index)].append(cluster)
    scopes: list[Scope] = []
    for index, clusters in together.items():
        if len(clusters) <= MOST_TOGETHER:
            scopes.append(Scope(tuple(clusters), tuple(reasons.get(index, ()))))
        else:
            text = f"{len(clusters)} clusters share a VRID and a network: each is simulated on its own"
            scopes += [Scope((cluster,), (text,)) for cluster in clusters]
    return scopes


def _own_addresses(cluster: Cluster) -> set[Address]:
    return {
        entry.address.ip
        for node in cluster.nodes
        for entry in node.addresses.addresses
        if not entry.address.ip.is_loopback
    }


def _places(cluster: Cluster) -> set[tuple[object, ...]]:
    """Network, VRID and family of every router that multicasts."""
    found: set[tuple[object, ...]] = set()
    for node in cluster.nodes:
        for instance in node.keepalived.instances if node.keepalived is not None else []:
            vrid = instance.vrid.value
            if instance.is_unicast or vrid is None or isinstance(vrid, Unknown) or isinstance(instance.family, Unknown):
                continue
            for network in networks_of(node, instance.interface.value) or ():
                if network.version == instance.family:
                    found.add((network, vrid, instance.family))
    return found

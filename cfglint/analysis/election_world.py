"""The routers of some nodes put together: one world for each behaviour of keepalived that the files leave possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

from cfglint.analysis.election_field import Field, Filter, Link, variants
from cfglint.analysis.election_filter import packet_filter
from cfglint.analysis.election_node import routers_of
from cfglint.analysis.election_router import ERAS, Address, Era, Router
from cfglint.analysis.election_wires import meetings
from cfglint.model.cluster import Cluster
from cfglint.model.node import Node


@dataclass(eq=False)
class Part:
    """Routers that can influence each other, and no others: those that may hear each other, and their sync groups.

    Attributes:
        routers: in the order of their nodes.
        fields: one a way in which what the files leave open may be; empty when too much is open.
        plays: what was played of it, kept for the next scenario.
    """

    routers: tuple[Router, ...]
    fields: tuple[Field, ...]
    plays: dict[object, object] = field(default_factory=dict, repr=False)

    @cached_property
    def nodes(self) -> frozenset[str]:
        """The nodes that take part."""
        return frozenset(router.node for router in self.routers)

    @cached_property
    def checks(self) -> frozenset[tuple[str, str, str]]:
        """What its routers watch: node, kind, name."""
        return frozenset((router.node, track.kind, track.name) for router in self.routers for track in router.tracks)

    @cached_property
    def links(self) -> frozenset[tuple[str, str]]:
        """The interfaces that matter to it: node, name."""
        own = {(router.node, router.interface) for router in self.routers if isinstance(router.interface, str)}
        return frozenset(own | {(node, name) for node, kind, name in self.checks if kind == "interface"})


@dataclass(eq=False)
class World:
    """Some nodes' routers under one behaviour of keepalived.

    Attributes:
        era: the releases it holds for; None when the release makes no difference, or every node's is given.
        parts: its elections, each on its own.
        routers: every router.
        passes: whether packet filters let adverts through.
    """

    era: Era | None
    parts: tuple[Part, ...]
    routers: tuple[Router, ...]
    passes: Filter = field(repr=False)

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """What is taken for granted, one sentence each."""
        links = (link for part in self.parts for field in part.fields for link in field.links)
        unknown = (link.reach for link in links if link.reach.verdict == "unknown" and link.reach.cause == "firewall")
        return tuple(dict.fromkeys(reach.why for reach in unknown))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All routers in one field, one for each way in which what the files leave open may be."""
        return tuple(variants(self.routers, self.era or ERAS[-1], self.passes))

    @cached_property
    def links(self) -> dict[tuple[tuple[str, str], tuple[str, str]], Link]:
        """The links of `fields` by the keys of sender and receiver."""
        return {
            (field.routers[link.sender].key, field.routers[link.receiver].key): link
            for field in self.fields
            for link in field.links
        }

    @cached_property
    def by_key(self) -> dict[tuple[str, str], tuple[Router, Part]]:
        """Each router with the election it takes part in, by its key."""
        return {router.key: (router, part) for part in self.parts for router in part.routers}

    def parts_with(self, address: Address) -> Sequence[Part]:
        """The elections that decide who holds an address."""
        return self._by_address.get(address, ())

    @cached_property
    def _by_address(self) -> dict[Address, list[Part]]:
        found: dict[Address, list[Part]] = {}
        for part in self.parts:
            for address in {address for router in part.routers for address in router.all_vips}:
                found.setdefault(address, []).append(part)
        return found


_WORLDS: WeakKeyDictionary[Cluster, tuple[World, ...]] = WeakKeyDictionary()


def worlds_of(cluster: Cluster) -> tuple[World, ...]:
    """The worlds of one cluster: one, or two when the keepalived release matters and is not given."""
    known = _WORLDS.get(cluster)
    if known is None:
        known = _WORLDS[cluster] = build_worlds(cluster.nodes)
    return known


def build_worlds(nodes: Sequence[Node]) -> tuple[World, ...]:
    """Put the routers of some nodes together."""
    routers = tuple(router for node in nodes for router in routers_of(node))
    groups = _apart(routers)
    passes = packet_filter(nodes)
    newest = _parts(groups, ERAS[-1], passes)
    if all(router.keepalived is not None for router in routers):
        return (World(None, newest, routers, passes),)
    oldest = _parts(groups, ERAS[0], passes)
    if _heard(oldest) == _heard(newest):
        return (World(None, newest, routers, passes),)
    return (World(ERAS[0], oldest, routers, passes), World(ERAS[-1], newest, routers, passes))


def _parts(groups: Sequence[tuple[Router, ...]], era: Era, passes: Filter) -> tuple[Part, ...]:
    return tuple(Part(group, tuple(variants(group, era, passes))) for group in groups)


def _heard(parts: Sequence[Part]) -> list[list[tuple[tuple[int, ...], ...]]]:
    return [[field.heard for field in part.fields] for part in parts]


def _apart(routers: Sequence[Router]) -> list[tuple[Router, ...]]:
    """Routers in groups that cannot influence each other."""
    parent = list(range(len(routers)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    units: dict[object, int] = {}
    for index, router in enumerate(routers):
        parent[root(index)] = root(units.setdefault(router.unit_key, index))
    for one, other in meetings(routers):
        parent[root(one)] = root(other)
    groups: dict[int, list[Router]] = {}
    for index, router in enumerate(routers):
        groups.setdefault(root(index), []).append(router)
    return [tuple(group) for group in groups.values()]

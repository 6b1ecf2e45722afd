"""The routers of some nodes put together: one world for each behaviour of keepalived that the files leave possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from cfglint.analysis.election_field import Field, variants
from cfglint.analysis.election_filter import packet_filter
from cfglint.analysis.election_node import routers_of
from cfglint.analysis.election_router import ERAS, Era, Router
from cfglint.model.cluster import Cluster
from cfglint.model.node import Node


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Some nodes' routers under one behaviour of keepalived.

    Attributes:
        era: the releases it holds for; None when the release makes no difference, or every node's is given.
        fields: one a way in which what the files leave open may be; empty when too much is open.
        routers: every router, whatever is open about it.
        assumptions: what is taken for granted, one sentence each.
    """

    era: Era | None
    fields: tuple[Field, ...]
    routers: tuple[Router, ...]
    assumptions: tuple[str, ...]


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
    passes = packet_filter(nodes)
    if all(router.keepalived is not None for router in routers):
        return (_world(None, routers, variants(routers, ERAS[-1], passes)),)
    by_era = {era: variants(routers, era, passes) for era in ERAS}
    before, after = ([field.heard for field in by_era[era]] for era in ERAS)
    if before == after:
        return (_world(None, routers, by_era[ERAS[-1]]),)
    return tuple(_world(era, routers, fields) for era, fields in by_era.items())


def _world(era: Era | None, routers: tuple[Router, ...], fields: list[Field]) -> World:
    assumptions = {
        link.reach.why: None
        for field in fields
        for link in field.links
        if link.reach.verdict == "unknown" and link.reach.cause == "firewall"
    }
    return World(era, tuple(fields), routers, tuple(assumptions))

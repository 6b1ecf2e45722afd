"""Who holds each VIP now, after every fault, and after its repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from cfglint.analysis.election_change import Kept, change_of, kept_addresses
from cfglint.analysis.election_condition import NO_TROUBLES, Troubles, condition_of
from cfglint.analysis.election_field import Field
from cfglint.analysis.election_node import open_tracks
from cfglint.analysis.election_outcome import (
    VERDICTS,
    Holders,
    Verdict,
    VipOutcome,
    holders_of,
    joined,
    outcome_of,
    sorted_addresses,
)
from cfglint.analysis.election_router import Address, Era
from cfglint.analysis.election_settle import Change, Settled, settle
from cfglint.analysis.election_world import Part, World, build_worlds
from cfglint.analysis.failover_faults import Fault, single_faults, troubles_of
from cfglint.analysis.failover_scope import scopes_of
from cfglint.model.cluster import Cluster, Fleet
from cfglint.model.value import Unknown

MOST_PAIRS = 20_000
"""Pairs of faults that are simulated for one cluster; only clusters with over 200 single faults have more."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way in which a scenario can go.

    Attributes:
        field: the routers, with one choice of what the files leave open.
        troubles: what is broken.
        before: how the healthy election ended.
        after: how the election after the faults ended.
        repaired: the ways in which the election after the repair can end.
        kept: addresses that stay on nodes whose keepalived was killed.
    """

    field: Field
    troubles: Troubles
    before: Settled
    after: Settled
    repaired: tuple[Settled, ...]
    kept: Kept


@dataclass(frozen=True, slots=True)
class VipScenario:
    """One address in a scenario: before, after the faults, after the repair."""

    before: VipOutcome
    after: VipOutcome
    repaired: VipOutcome


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """What some faults do to the addresses of a cluster.

    Attributes:
        cluster: the cluster.
        faults: what breaks; empty for the healthy state.
        era: the keepalived releases it holds for; None when the release makes no difference, or is given.
        vips: every address of the cluster, in order.
        ways: every way it can go, for explanations.
    """

    cluster: Cluster
    faults: tuple[Fault, ...]
    era: Era | None
    vips: tuple[VipScenario, ...]
    ways: tuple[Way, ...]

    @property
    def name(self) -> str:
        """A few words: the faults, or ``healthy``."""
        return ", ".join(map(str, self.faults)) or "healthy"

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its addresses; unknown without any."""
        return min((vip.after.verdict for vip in self.vips), key=VERDICTS.index, default="unknown")


@dataclass(frozen=True, slots=True, eq=False)
class Failover:
    """Everything that was simulated.

    Attributes:
        scenarios: cluster by cluster, the healthy state first, then each fault.
        assumptions: what is taken for granted, one sentence each.
        left_out: nodes and addresses that were not simulated, with the reason.
    """

    scenarios: tuple[Scenario, ...]
    assumptions: tuple[str, ...]
    left_out: tuple[str, ...]


def simulate(fleet: Fleet, depth: int = 1) -> Failover:
    """Simulate every cluster of a fleet: healthy, and with every fault.

    Args:
        fleet: the nodes and clusters.
        depth: how many faults come together at most, 1 or 2.
    """
    scenarios: list[Scenario] = []
    assumptions: dict[str, None] = {}
    for scope in scopes_of(fleet):
        worlds = build_worlds(scope.nodes)
        assumptions.update(
            dict.fromkeys((*scope.assumptions, *(text for world in worlds for text in world.assumptions)))
        )
        for cluster in scope.clusters:
            for faults in fault_sets(cluster, depth):
                scenarios += [simulate_faults(cluster, world, faults) for world in worlds]
    inside = {id(node) for cluster in fleet.clusters for node in cluster.nodes}
    left_out = [
        f"{node.name}: not simulated: it shares no VIP with another given node"
        for node in fleet.nodes
        if id(node) not in inside and node.keepalived is not None and node.keepalived.instances
    ]
    left_out += [text for cluster in fleet.clusters for text in _unknown_vips(cluster)]
    return Failover(tuple(_merge_eras(scenarios)), tuple(assumptions), tuple(left_out))


def _unknown_vips(cluster: Cluster) -> Iterator[str]:
    """What is not simulated because nobody can say which address it is."""
    instances = [instance for group in cluster.groups for instance in group.members]
    for instance in instances:
        for vip in (*instance.vips, *instance.excluded_vips):
            if isinstance(vip.address, Unknown):
                yield f"{instance.node.name}: a VIP of {instance.name} is not simulated: {vip.address.why}"
    if not any(instance.vips or instance.excluded_vips for instance in instances):
        yield f"{cluster.name}: keepalived reads no VIP in any of its instances"


def fault_sets(cluster: Cluster, depth: int) -> Iterator[tuple[Fault, ...]]:
    """No fault, every single one, and for a depth of 2 every two that can meet (the first `MOST_PAIRS` of them)."""
    singles = single_faults(cluster.nodes)
    yield ()
    for fault in singles:
        yield (fault,)
    if depth > 1:
        pairs = ((one, other) for one, other in combinations(singles, 2) if not _implied(one, other))
        yield from islice(pairs, MOST_PAIRS)


def _implied(one: Fault, other: Fault) -> bool:
    """True when one of two faults makes the other meaningless."""
    stops = {"node-down", "keepalived-killed"}
    if one.node is not None and one.node == other.node and {one.kind, other.kind} & stops:
        return True
    for fault, partition in ((one, other), (other, one)):
        if fault.kind == "node-down" and partition.kind == "partition" and fault.node in {partition.node, partition.to}:
            return True
    return one.kind == other.kind and one.name == other.name and None in {one.node, other.node}


def simulate_faults(cluster: Cluster, world: World, faults: Sequence[Fault]) -> Scenario:
    """What some faults do to a cluster in one world."""
    choices = troubles_of(faults, cluster.nodes)
    surely = not _open_weights(cluster, faults)
    names = {node.name for node in cluster.nodes}
    killed = frozenset(fault.node for fault in faults if fault.kind == "keepalived-killed" and fault.node)
    plays = [
        _play(part, choices, killed, surely=surely)
        for part in world.parts
        if any(router.node in names for router in part.routers)
    ]
    listing: dict[Address, list[_Play]] = {}
    for play in plays:
        for address in {vip for router in play.part.routers for vip in router.all_vips}:
            listing.setdefault(address, []).append(play)
    own = {vip for router in world.routers if router.node in names for vip in router.all_vips}
    vips = tuple(_vip_scenario(address, listing[address]) for address in sorted_addresses(own))
    return Scenario(cluster, tuple(faults), world.era, vips, tuple(way for play in plays for way in play.ways))


@dataclass(frozen=True, slots=True, eq=False)
class _Play:
    """One election of a scenario: the ways it can go, with who holds what before, after, and after the repair."""

    part: Part
    ways: tuple[Way, ...]
    before: tuple[dict[Address, Holders], ...]
    after: tuple[dict[Address, Holders], ...]
    repaired: tuple[tuple[dict[Address, Holders], Settled], ...]
    known: bool


def _play(part: Part, choices: Sequence[Troubles], killed: frozenset[str], *, surely: bool) -> _Play:
    """Play one election; what is broken elsewhere only is no reason to play it again."""
    troubles = tuple(dict.fromkeys(_seen_by(part, choice) for choice in choices))
    key = (troubles, killed & part.nodes, surely)
    known = part.plays.get(key)
    if isinstance(known, _Play):
        return known
    ways = tuple(way for field in part.fields for choice in troubles for way in _ways(field, choice, killed))
    play = part.plays[key] = _Play(
        part,
        ways,
        tuple(holders_of(way.field, way.before.masters) for way in ways),
        tuple(holders_of(way.field, way.after.masters, way.kept) for way in ways),
        tuple((holders_of(way.field, end.masters), end) for way in ways for end in way.repaired),
        surely and len(part.fields) == 1 and len(troubles) == 1,
    )
    return play


def _seen_by(part: Part, troubles: Troubles) -> Troubles:
    """What of some troubles can matter to an election."""
    return Troubles(
        troubles.down & part.nodes,
        frozenset(failing for failing in troubles.failing if failing in part.checks),
        frozenset(link for link in troubles.links if link in part.links),
        frozenset(pair for pair in troubles.deaf if part.nodes.issuperset(pair)),
    )


def _vip_scenario(address: Address, plays: Sequence[_Play]) -> VipScenario:
    if not all(play.ways for play in plays):
        nothing = VipOutcome(address, "unknown", ())
        return VipScenario(nothing, nothing, nothing)
    known = all(play.known for play in plays)
    before = joined(
        [[(h.get(address, ()), way.before) for way, h in zip(play.ways, play.before, strict=True)] for play in plays]
    )
    after = joined(
        [[(h.get(address, ()), way.after) for way, h in zip(play.ways, play.after, strict=True)] for play in plays]
    )
    repaired = joined([[(held.get(address, ()), end) for held, end in play.repaired] for play in plays])
    return VipScenario(
        outcome_of(address, before, known=known),
        outcome_of(address, after, [holders for holders, _ in before], known=known),
        outcome_of(address, repaired, [holders for holders, _ in after], known=known),
    )


def _ways(field: Field, troubles: Troubles, killed: frozenset[str]) -> Iterator[Way]:
    healthy, broken = condition_of(field, NO_TROUBLES), condition_of(field, troubles)
    for before in settle(field, healthy, Change()):
        kept = kept_addresses(field, before.masters, killed)
        if troubles == NO_TROUBLES:
            yield Way(field, troubles, before, before, (before,), kept)
            continue
        for after in settle(field, broken, change_of(field, before.masters, NO_TROUBLES, troubles, killed)):
            repaired = settle(field, healthy, change_of(field, after.masters, troubles, NO_TROUBLES))
            yield Way(field, troubles, before, after, repaired, kept)


def _open_weights(cluster: Cluster, faults: Sequence[Fault]) -> bool:
    """True when a fault's effect hangs on a weight that the files do not tell."""
    return any(
        track.name == fault.name and fault.node in {None, node.name}
        for fault in faults
        for node in cluster.nodes
        if node.keepalived is not None
        for instance in node.keepalived.instances
        for track in open_tracks(instance)
    )


def _merge_eras(scenarios: Sequence[Scenario]) -> Iterator[Scenario]:
    """Two scenarios that differ only by release become one when they end alike."""
    waiting: Scenario | None = None
    for scenario in scenarios:
        if waiting is not None and waiting.cluster is scenario.cluster and waiting.faults == scenario.faults:
            if waiting.vips == scenario.vips:
                yield replace(scenario, era=None)
            else:
                yield waiting
                yield scenario
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = scenario
    if waiting is not None:
        yield waiting

"""The condition of every router at one moment: what is up, what is failing, which priority results."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.analysis.election_field import Field
from cfglint.analysis.election_router import OWNER, Router, Tracked

LOWEST_PRIORITY = 1
HIGHEST_PRIORITY = 254
FILE_VALUE_WHEN_FAILING = -254
"""A failing tracked file is taken to lower the priority as far as its weight can."""


@dataclass(frozen=True, slots=True)
class Troubles:
    """What is broken at one moment.

    Attributes:
        down: nodes whose keepalived does not run.
        failing: what fails: (node, kind, name), kind as in `Tracked`.
        links: interfaces without carrier: (node, name).
        deaf: directions in which no advert gets through: (from node, to node).
    """

    down: frozenset[str] = frozenset()
    failing: frozenset[tuple[str, str, str]] = frozenset()
    links: frozenset[tuple[str, str]] = frozenset()
    deaf: frozenset[tuple[str, str]] = frozenset()


NO_TROUBLES = Troubles()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How one effective priority came about: the base and each weight that counted."""

    router: Router
    base: int
    terms: tuple[tuple[str, int], ...]
    effective: int

    def __str__(self) -> str:
        """As an operator writes it: ``lb1: 150 - 20 (script chk failing) = 130``."""
        steps = "".join(f" {'-' if weight < 0 else '+'} {abs(weight)} ({why})" for why, weight in self.terms)
        total = self.base + sum(weight for _, weight in self.terms)
        if not self.terms:
            return f"{self.router.node}: {self.base}"
        kept = f" = {total}, kept within 1 to 254: {self.effective}" if total != self.effective else f" = {total}"
        return f"{self.router.node}: {self.base}{steps}{kept}"


@dataclass(frozen=True, slots=True)
class Condition:
    """What decides an election at one moment, by index of router.

    Attributes:
        up: whether each unit can become master.
        priorities: the effective priority of each router.
        cut: links (sender, receiver) that carry nothing.
    """

    up: tuple[bool, ...]
    priorities: tuple[int, ...]
    cut: frozenset[tuple[int, int]] = frozenset()


def condition_of(field: Field, troubles: Troubles) -> Condition:
    """The condition that troubles leave the routers of a field in; worked out once."""
    known = field.conditions.get(troubles)
    if known is None:
        known = field.conditions[troubles] = Condition(
            up=tuple(not any(fault_of(field.routers[index], troubles) for index in unit) for unit in field.units),
            priorities=tuple(
                effective_priority(router, field.priorities[index], troubles).effective
                for index, router in enumerate(field.routers)
            ),
            cut=_cut(field, troubles),
        )
    return known


def _cut(field: Field, troubles: Troubles) -> frozenset[tuple[int, int]]:
    if not troubles.deaf and not troubles.links:
        return frozenset()
    return frozenset(
        (link.sender, link.receiver)
        for link in field.links
        if (field.routers[link.sender].node, field.routers[link.receiver].node) in troubles.deaf
        or _unplugged(field.routers[link.sender], troubles)
        or _unplugged(field.routers[link.receiver], troubles)
    )


def fault_of(router: Router, troubles: Troubles) -> str:
    """Why a router is not in the election; empty when it is."""
    if router.trouble:
        return router.trouble
    if router.node in troubles.down:
        return f"keepalived does not run on {router.node}"
    if _unplugged(router, troubles) and not router.keeps_on_link_loss:
        return f"{router.instance} of {router.node} is in FAULT: {router.interface} has no link"
    for track in router.tracks:
        if track.weight == 0 and is_failing(router, track, troubles) is not track.reverse:
            return f"{router.instance} of {router.node} is in FAULT: {track.kind} {track.name} fails and has no weight"
    return ""


def effective_priority(router: Router, base: int, troubles: Troubles) -> Arithmetic:
    """The priority that a router advertises: its base with the weights of what it watches, kept within 1 to 254."""
    if base == OWNER:
        return Arithmetic(router, base, (), base)
    terms = []
    for track in router.tracks:
        failing = is_failing(router, track, troubles)
        if track.kind == "file":
            if failing and track.weight:
                terms.append((f"file {track.name} failing", -abs(track.weight * FILE_VALUE_WHEN_FAILING)))
            continue
        if track.weight and failing == (track.weight < 0):
            state = "failing" if failing else "fine"
            terms.append((f"{track.kind} {track.name} {state}", -track.weight if track.reverse else track.weight))
    total = base + sum(weight for _, weight in terms)
    return Arithmetic(router, base, tuple(terms), max(LOWEST_PRIORITY, min(HIGHEST_PRIORITY, total)))


def is_failing(router: Router, track: Tracked, troubles: Troubles) -> bool:
    """Whether something a router watches is broken."""
    if track.kind == "interface":
        return (router.node, track.name) in troubles.links
    return track.hopeless or (router.node, track.kind, track.name) in troubles.failing


def _unplugged(router: Router, troubles: Troubles) -> bool:
    return isinstance(router.interface, str) and (router.node, router.interface) in troubles.links

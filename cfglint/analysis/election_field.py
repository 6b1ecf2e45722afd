"""Everything that an election is decided by, worked out once: who hears whom, and which routers move together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from cfglint.analysis.election_accept import Reach, accepts
from cfglint.analysis.election_router import OWNER, Era, Router
from cfglint.analysis.election_wires import meetings
from cfglint.model.value import Unknown

if TYPE_CHECKING:
    from cfglint.analysis.election_condition import Condition, Troubles
    from cfglint.analysis.election_settle import Change, Settled

Filter = Callable[[Router, Router], Reach]
"""Whether the packet filters let the first router's adverts reach the second: a `Reach` with the receiver's view."""

MOST_OPEN_VALUES = 5
"""With more unknowns than this, a field is not tried through: everything about it is unknown."""


@dataclass(frozen=True, slots=True)
class Link:
    """One direction between two routers.

    Attributes:
        sender: index of the router that sends.
        receiver: index of the router that listens.
        reach: whether its adverts are accepted.
    """

    sender: int
    receiver: int
    reach: Reach


@dataclass(eq=False)
class Field:
    """The routers that can meet, with what is fixed while faults come and go.

    Attributes:
        routers: in the order given.
        units: indices of the routers that change state together, one tuple a unit.
        unit_of: the unit of each router.
        links: every direction between routers on different nodes that may hear each other.
        heard: for each router, the routers whose adverts it accepts (unknown filters pass).
        priorities: the base priority of each router.
        conditions: what troubles were found to mean, kept for the next question.
        settled: how elections were found to end, likewise.
    """

    routers: tuple[Router, ...]
    units: tuple[tuple[int, ...], ...]
    unit_of: tuple[int, ...]
    links: tuple[Link, ...]
    heard: tuple[tuple[int, ...], ...]
    priorities: tuple[int, ...]
    conditions: dict[Troubles, Condition] = field(default_factory=dict, repr=False)
    settled: dict[tuple[Condition, Change], tuple[Settled, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def index_of(self) -> dict[tuple[str, str], int]:
        """The index of each router by its key."""
        return {router.key: index for index, router in enumerate(self.routers)}


def variants(routers: Sequence[Router], era: Era, passes: Filter) -> list[Field]:
    """Every field that the files leave possible; one when they tell all, none when too much is open.

    An unknown packet filter is taken to pass. Any other unknown link is tried both ways, and an unknown priority as
    lower and as higher than all known ones: what all variants agree on does not depend on what is unknown.
    """
    routers = tuple(routers)
    links = _links(routers, era, passes)
    open_links = [link for link in links if link.reach.verdict == "unknown" and link.reach.cause != "firewall"]
    open_priorities = [
        index for index, router in enumerate(routers) if isinstance(router.priority, Unknown) and not router.trouble
    ]
    if len(open_links) + len(open_priorities) > MOST_OPEN_VALUES:
        return []
    return [
        _field(
            routers, links, dict(zip(open_links, answers, strict=True)), dict(zip(open_priorities, chosen, strict=True))
        )
        for answers in product((True, False), repeat=len(open_links))
        for chosen in product((1, OWNER - 1), repeat=len(open_priorities))
    ]


def _links(routers: tuple[Router, ...], era: Era, passes: Filter) -> list[Link]:
    return [_link(routers, sender, receiver, era, passes) for sender, receiver in meetings(routers)]


def _link(routers: tuple[Router, ...], sender: int, receiver: int, era: Era, passes: Filter) -> Link:
    reach = accepts(routers[receiver], routers[sender], era)
    if reach.verdict != "no":
        filtered = passes(routers[sender], routers[receiver])
        if filtered.verdict == "no" or reach.verdict == "yes":
            reach = filtered
    return Link(sender, receiver, reach)


def _field(
    routers: tuple[Router, ...], links: Sequence[Link], answers: Mapping[Link, bool], chosen: Mapping[int, int]
) -> Field:
    routers = tuple(
        replace(router, priority=chosen[index]) if index in chosen else router for index, router in enumerate(routers)
    )
    heard: list[list[int]] = [[] for _ in routers]
    for link in links:
        if answers.get(link, link.reach.verdict != "no"):
            heard[link.receiver].append(link.sender)
    units: dict[tuple[str, str], list[int]] = {}
    for index, router in enumerate(routers):
        units.setdefault(router.unit_key, []).append(index)
    unit_of = [0] * len(routers)
    for number, members in enumerate(units.values()):
        for member in members:
            unit_of[member] = number
    return Field(
        routers=routers,
        units=tuple(tuple(members) for members in units.values()),
        unit_of=tuple(unit_of),
        links=tuple(links),
        heard=tuple(tuple(senders) for senders in heard),
        priorities=tuple(router.priority if isinstance(router.priority, int) else OWNER - 1 for router in routers),
    )

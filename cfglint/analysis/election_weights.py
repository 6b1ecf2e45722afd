"""Which failing checks leave a VIP where it is, although they are meant to move it; with the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from cfglint.analysis.election_change import change_of
from cfglint.analysis.election_condition import (
    HIGHEST_PRIORITY,
    NO_TROUBLES,
    Arithmetic,
    Troubles,
    condition_of,
    effective_priority,
)
from cfglint.analysis.election_field import Field
from cfglint.analysis.election_node import effective_tracks
from cfglint.analysis.election_router import OWNER, Router, Tracked
from cfglint.analysis.election_settle import Change, settle
from cfglint.analysis.election_world import worlds_of
from cfglint.model.cluster import VrrpGroup
from cfglint.model.vrrp import Track, VrrpInstance

LARGEST_WEIGHT = 253
"""keepalived.conf(5): weights go from -253 to 253."""

Reason = Literal["stays above", "equal", "nopreempt", "owner"]


@dataclass(frozen=True, slots=True)
class StuckCheck:
    """A check whose failure on the master does not move the VIP.

    Attributes:
        member: the instance that is master.
        track: the line that names the check.
        rival: the healthy instance that should take over.
        reason: why it does not: the master stays above it or equal to it, does not preempt, or is never lowered.
        mine: the master's priority with the check failing, and how it came about.
        theirs: the rival's effective priority.
        needed: a weight for the line that would hand over, or None if no weight can.
        together: with every weighted check failing at once the VIP does move.
    """

    member: VrrpInstance
    track: Track
    rival: VrrpInstance
    reason: Reason
    mine: Arithmetic
    theirs: int
    needed: int | None
    together: bool


_STUCK: WeakKeyDictionary[VrrpGroup, tuple[StuckCheck, ...]] = WeakKeyDictionary()


def stuck_checks(group: VrrpGroup) -> tuple[StuckCheck, ...]:
    """The checks of a virtual router's master that cannot hand over to any other member; worked out once a group.

    Empty where the files do not tell who is master, or where several are.
    """
    known = _STUCK.get(group)
    if known is None:
        known = _STUCK[group] = tuple(_stuck(group))
    return known


def _stuck(group: VrrpGroup) -> Iterator[StuckCheck]:
    worlds = worlds_of(group.cluster)
    keys = [(member.node.name, member.name) for member in group.members]
    parts = [
        part for world in worlds for part in dict.fromkeys(world.by_key[key][1] for key in keys if key in world.by_key)
    ]
    fields = [field for part in parts for field in part.fields]
    if len(parts) != len(worlds) or len(fields) != len(parts) or len(group.members) < 2:
        return
    found = [_of_field(field, group, keys) for field in fields]
    for stuck in found[0]:
        if all(any(other.track is stuck.track for other in others) for others in found[1:]):
            yield stuck


def _of_field(field: Field, group: VrrpGroup, keys: Sequence[tuple[str, str]]) -> list[StuckCheck]:
    indices = sorted(field.index_of[key] for key in keys if key in field.index_of)
    members = {member.node.name: member for member in group.members}
    found = []
    for end in settle(field, condition_of(field, NO_TROUBLES), Change()):
        masters = [index for index in indices if field.unit_of[index] in end.masters]
        if len(masters) != 1:
            return []
        (master,) = masters
        member = members[field.routers[master].node]
        for track, tracked in _weighted(member, field.routers[master]):
            stuck = _check(field, end.masters, master, indices, tracked)
            if stuck is not None:
                rival, reason, mine, theirs = stuck
                together = not _stays(field, end.masters, master, _all_weighted(field.routers[master]))
                needed = None if reason in {"nopreempt", "owner"} else _needed(field, tracked, rival, mine, theirs)
                other = members[field.routers[rival].node]
                found.append(StuckCheck(member, track, other, reason, mine, theirs, needed, together))
    return found


def _weighted(member: VrrpInstance, router: Router) -> Iterator[tuple[Track, Tracked]]:
    """The lines with a weight, each with what the election sees of it."""
    by_name = {
        (tracked.kind, tracked.name): tracked
        for tracked in router.tracks
        if tracked.weight and not tracked.reverse and not tracked.hopeless and tracked.name != router.interface
    }
    for track in effective_tracks(member):
        tracked = by_name.get((track.kind, track.name))
        if tracked is not None and track.kind in {"script", "process", "interface"}:
            yield track, tracked


def _all_weighted(router: Router) -> Troubles:
    tracks = [track for track in router.tracks if track.weight and not track.reverse]
    return Troubles(
        failing=frozenset((router.node, track.kind, track.name) for track in tracks if track.kind != "interface"),
        links=frozenset(
            (router.node, track.name)
            for track in tracks
            if track.kind == "interface" and track.name != router.interface
        ),
    )


def _troubles(router: Router, tracked: Tracked) -> Troubles:
    if tracked.kind == "interface":
        return Troubles(links=frozenset({(router.node, tracked.name)}))
    return Troubles(failing=frozenset({(router.node, tracked.kind, tracked.name)}))


def _stays(field: Field, masters: frozenset[int], master: int, troubles: Troubles) -> bool:
    condition = condition_of(field, troubles)
    ends = settle(field, condition, change_of(field, masters, NO_TROUBLES, troubles))
    return all(field.unit_of[master] in end.masters for end in ends)


def _check(
    field: Field, masters: frozenset[int], master: int, indices: Sequence[int], tracked: Tracked
) -> tuple[int, Reason, Arithmetic, int] | None:
    """The rival that ought to take over, and why it does not; None when it does, or something else holds it back."""
    router = field.routers[master]
    troubles = _troubles(router, tracked)
    condition = condition_of(field, troubles)
    rivals = [
        index
        for index in indices
        if index != master and condition.up[field.unit_of[index]] and master in field.heard[index]
    ]
    if not rivals or not condition.up[field.unit_of[master]] or not _stays(field, masters, master, troubles):
        return None
    rival = max(rivals, key=lambda index: condition.priorities[index])
    mine = effective_priority(router, field.priorities[master], troubles)
    theirs = condition.priorities[rival]
    if field.priorities[master] == OWNER:
        return rival, "owner", mine, theirs
    if mine.effective > theirs:
        return rival, "stays above", mine, theirs
    if mine.effective == theirs:
        return rival, "equal", mine, theirs
    return (rival, "nopreempt", mine, theirs) if field.routers[rival].nopreempt else None


def _needed(field: Field, tracked: Tracked, rival: int, mine: Arithmetic, theirs: int) -> int | None:
    """The weight nearest to the written one with which the rival would be above."""
    short = mine.effective - theirs + 1
    if tracked.weight < 0:
        needed = tracked.weight - short
        return needed if needed >= -LARGEST_WEIGHT and theirs > 1 else None
    shared = any((track.kind, track.name) == (tracked.kind, tracked.name) for track in field.routers[rival].tracks)
    needed = tracked.weight + short
    room = theirs + short <= HIGHEST_PRIORITY and needed <= LARGEST_WEIGHT
    return needed if shared and room else None

"""The election itself: from who was master, and a condition, to who is master when nothing changes any more.

A coarse run of the protocol (RFC 3768 and RFC 9568 §6.4, as keepalived has it, sync groups included): masters that
hear a better one step down; backups that hear nobody they defer to take over, the one whose timer ends first before
the others. Where timers end together, every order is tried; if the orders end differently, the outcome is a race.
"""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.analysis.election_condition import Condition
from cfglint.analysis.election_field import Field
from cfglint.analysis.election_router import OWNER, Router

TOGETHER = 0.1
"""Seconds: timers that end closer than this are a race, since daemons do not start in the same instant."""

MOST_STEPS = 5000
"""Steps after which a run is given up as a race; real clusters take a dozen."""

AT_ONCE = (0.0, 0.4)
"""Seconds that an address owner takes from its start to its addresses."""

Masters = frozenset[int]
"""The units that are master, by index."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Settled:
    """One way in which an election can end.

    Attributes:
        masters: the units that are master in the end.
        seconds: from the change until then, shortest and longest; None when nothing changed.
        race: the race that this end rests on, in words; empty without one.
        brief: units that were master meanwhile, though neither before nor in the end.
    """

    masters: Masters
    seconds: Interval | None
    race: str = ""
    brief: Masters = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What an election starts from.

    Attributes:
        masters: the units that were master.
        leaving: units that announce their leaving with an advert of priority 0.
        vanishing: units that may announce it, or vanish without a word.
        starting: units that start now, as after a restart or a FAULT: their timers run from the beginning.
        delay: seconds until the daemons notice the change, shortest and longest.
    """

    masters: Masters = frozenset()
    leaving: Masters = frozenset()
    vanishing: Masters = frozenset()
    starting: Masters = frozenset()
    delay: Interval = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Step:
    """A moment of the run."""

    masters: Masters
    free_since: tuple[tuple[int, Interval], ...]
    clock: Interval | None
    race: str
    been: Masters


def settle(field: Field, condition: Condition, change: Change) -> tuple[Settled, ...]:
    """Every way the election can end; one unless there is a race.

    Raises nothing: a run that never rests (none is known) ends as a race over timing.
    """
    key = (condition, change)
    known = field.settled.get(key)
    if known is None:
        known = tuple(_Run(field, condition, change).ends())
        field.settled[key] = known
    return known


class _Run:
    """One run with its branches."""

    def __init__(self, field: Field, condition: Condition, change: Change) -> None:
        self._field = field
        self._condition = condition
        self._change = change
        self._heard = (
            tuple(
                tuple(sender for sender in senders if (sender, receiver) not in condition.cut)
                for receiver, senders in enumerate(field.heard)
            )
            if condition.cut
            else field.heard
        )
        self._before = frozenset(unit for unit in change.masters if condition.up[unit])

    def ends(self) -> list[Settled]:
        """Run every branch to its end."""
        first = _Step(self._before, (), None, "", frozenset())
        found: dict[Masters, Settled] = {}
        waiting = [first]
        seen: set[tuple[Masters, Masters]] = set()
        while waiting and len(seen) < MOST_STEPS:
            step = waiting.pop()
            following = self._next(step)
            if not following:
                self._note(found, step)
                continue
            for new in following:
                mark = (new.masters, new.been)
                if mark not in seen:
                    seen.add(mark)
                    waiting.append(new)
        if not found:
            return [Settled(self._before, None, "timing: the routers keep changing state")]
        if len(found) == 1 and not waiting:
            (only,) = found.values()
            return [Settled(only.masters, only.seconds, "", only.brief)]
        return list(found.values())

    def _note(self, found: dict[Masters, Settled], step: _Step) -> None:
        brief = step.been - step.masters - self._change.masters
        end = Settled(step.masters, step.clock, step.race, brief)
        earlier = found.get(step.masters)
        if earlier is None or earlier.seconds is None or end.seconds is None:
            found[step.masters] = end
            return
        span = (min(earlier.seconds[0], end.seconds[0]), max(earlier.seconds[1], end.seconds[1]))
        found[step.masters] = Settled(step.masters, span, earlier.race, earlier.brief | brief)

    def _next(self, step: _Step) -> list[_Step]:
        yielding = [unit for unit in sorted(step.masters) if self._yields(unit, step.masters)]
        if yielding:
            return self._step_down(step, yielding)
        free = [
            unit
            for unit in range(len(self._field.units))
            if self._condition.up[unit] and unit not in step.masters and not self._held(unit, step.masters)
        ]
        if not free:
            return []
        since = dict(step.free_since)
        clock = step.clock or self._change.delay
        ends = {}
        for unit in free:
            began = since.setdefault(unit, clock)
            shortest, longest = self._timer(unit)
            ends[unit] = (max(began[0] + shortest, clock[0]), max(began[1] + longest, clock[1]))
        first = min(end[1] for end in ends.values())
        together = [unit for unit in free if ends[unit][1] - first < TOGETHER]
        marks = tuple((unit, since[unit]) for unit in free)
        if len(together) > 1 and all(self._stands_as_owner(unit) for unit in together):
            met = frozenset(together)
            return [_Step(step.masters | met, marks, AT_ONCE, step.race, step.been | met)]
        rivals = [unit for unit in together if any(self._meet(unit, other) for other in together if other != unit)]
        alone = frozenset(together) - frozenset(rivals)
        if alone:
            last = (min(ends[unit][0] for unit in alone), max(ends[unit][1] for unit in alone))
            left = tuple(mark for mark in marks if mark[0] not in alone)
            return [_Step(step.masters | alone, left, last, step.race, step.been | alone)]
        return [
            _Step(
                step.masters | {unit},
                tuple(mark for mark in marks if mark[0] != unit),
                ends[unit],
                step.race or self._race(together),
                step.been | {unit},
            )
            for unit in together
        ]

    def _meet(self, one: int, other: int) -> bool:
        """True when one of two units, once master, would hold the other back: then their order matters."""
        return self._held(one, frozenset({other})) or self._held(other, frozenset({one}))

    def _step_down(self, step: _Step, yielding: list[int]) -> list[_Step]:
        clock = step.clock or self._change.delay
        mutual = [
            unit
            for unit in yielding
            if any(other != unit and unit in self._betters(other, step.masters) for other in yielding)
            and any(other in self._betters(unit, step.masters) for other in yielding if other != unit)
        ]
        leaving = [[unit] for unit in mutual] if mutual else [yielding]
        race = step.race or (self._race(mutual) if mutual else "")
        ended = (clock[0], clock[1] + max(self._advert(unit) for unit in yielding)) if step.clock is None else clock
        return [_Step(step.masters - set(units), step.free_since, ended, race, step.been) for units in leaving]

    def _betters(self, unit: int, masters: Masters) -> set[int]:
        """The masters that a master gives way to."""
        found = set()
        for index in self._field.units[unit]:
            for sender in self._heard[index]:
                other = self._field.unit_of[sender]
                if other in masters and other != unit and self._beats(sender, index):
                    found.add(other)
        return found

    def _yields(self, unit: int, masters: Masters) -> bool:
        return bool(self._betters(unit, masters))

    def _beats(self, sender: int, receiver: int) -> bool:
        theirs, mine = self._condition.priorities[sender], self._condition.priorities[receiver]
        if theirs != mine:
            return theirs > mine
        one, other = self._field.routers[sender].source, self._field.routers[receiver].source
        return one is None or other is None or int(one) > int(other)

    def _held(self, unit: int, masters: Masters) -> bool:
        """Some member of a backup unit hears a master that it defers to."""
        for index in self._field.units[unit]:
            router = self._field.routers[index]
            mine = self._condition.priorities[index]
            patient = router.nopreempt and mine != OWNER
            for sender in self._heard[index]:
                if self._field.unit_of[sender] in masters and (patient or self._condition.priorities[sender] >= mine):
                    return True
        return False

    def _timer(self, unit: int) -> Interval:
        """How long a unit waits for adverts before it takes over: the slowest of its members."""
        waits = [self._member_timer(unit, index) for index in self._field.units[unit]]
        return (max(wait[0] for wait in waits), max(wait[1] for wait in waits))

    def _member_timer(self, unit: int, index: int) -> Interval:
        router = self._field.routers[index]
        advert, skew = self._pace(index, self._holder_before(index))
        longest = router.down_adverts * advert + skew
        if unit in self._change.starting or not self._change.masters:
            if router.starts_master:
                return AT_ONCE
            delay = router.preempt_delay if unit in self._change.starting and self._change.masters else 0.0
            return (longest + delay, longest + delay)
        if self._hears_one_of(index, self._change.leaving):
            return (skew, skew)
        if self._hears_one_of(index, self._change.vanishing):
            return (skew, longest)
        return (max(longest - advert, 0.0), longest)

    def _stands_as_owner(self, unit: int) -> bool:
        starting = unit in self._change.starting or not self._change.masters
        return starting and all(self._field.routers[index].stands_as_owner for index in self._field.units[unit])

    def _hears_one_of(self, index: int, units: Masters) -> bool:
        return bool(units) and any(self._field.unit_of[sender] in units for sender in self._heard[index])

    def _holder_before(self, index: int) -> Router | None:
        """The best master that a router heard before the change."""
        unit_of, priorities = self._field.unit_of, self._condition.priorities
        masters = [sender for sender in self._field.heard[index] if unit_of[sender] in self._change.masters]
        return self._field.routers[max(masters, key=lambda sender: priorities[sender])] if masters else None

    def _pace(self, index: int, holder: Router | None) -> tuple[float, float]:
        """Seconds between the adverts a backup waits for, and its skew (RFC 3768 §6.1, RFC 9568 §6.1)."""
        router = self._field.routers[index]
        advert = _seconds(router)
        if router.version == 3 and holder is not None and self._field.unit_of[index] not in self._change.starting:
            advert = _seconds(holder)
        share = (256 - self._condition.priorities[index]) / 256
        return advert, share * advert if router.version == 3 else share

    def _advert(self, unit: int) -> float:
        return max(_seconds(self._field.routers[index]) for index in self._field.units[unit])

    def _race(self, together: list[int]) -> str:
        names = [self._field.routers[self._field.units[unit][0]].node for unit in together]
        priorities = {
            tuple(self._condition.priorities[index] for index in self._field.units[unit]) for unit in together
        }
        if len(priorities) == 1:
            return (
                f"equal priorities ({' and '.join(sorted(set(names)))}: {', '.join(map(str, next(iter(priorities))))})"
            )
        return f"start order: the timers of {' and '.join(sorted(set(names)))} end together"


def _seconds(router: Router) -> float:
    return router.advert_int if isinstance(router.advert_int, float) else 1.0

"""A packet's way through one base chain: jumps, returns, marks, translation; both ways where a match is undecided.

Chains are walked with all flights that are still under way at once, and every chain's effect on a flight is
remembered, so time is bounded by rules x distinct flights, however chains call each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from cfglint.analysis.packet import Reason, TraceEntry, Trail
from cfglint.analysis.packet_changes import changed_by, translated_by
from cfglint.analysis.packet_fields import Flight
from cfglint.analysis.packet_match import lookup, matches
from cfglint.model.firewall_rules import (
    Action,
    AnyOf,
    Chain,
    FilterRule,
    Jump,
    Match,
    Nat,
    NoTrack,
    Return,
    SetMark,
    SpoilMark,
    Table,
    TupleMatch,
    UnclearVerdict,
    Undecided,
    Verdict,
    VerdictMap,
)

MAX_DEPTH = 60
"""Jumps within jumps that are followed; nftables itself allows 16."""

MAX_FLIGHTS = 32
"""Different forms of one packet (marks, translations) that are followed at once."""

FEW_FLIGHTS = 2
"""The same once a chain has shown that it makes too many: from then on marks are given up at once."""

OutcomeKind = Literal["accept", "drop", "reject", "unknown"]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How a base chain ended for one form of the packet."""

    kind: OutcomeKind
    flight: Flight
    trail: Trail


@dataclass(eq=False)
class _Step:
    """What one chain does to one flight: ends, and flights that come back to the caller; trails start empty."""

    outcomes: dict[tuple[OutcomeKind, Flight], Trail] = field(default_factory=dict)
    returned: dict[Flight, Trail] = field(default_factory=dict)

    def end(self, kind: OutcomeKind, flight: Flight, trail: Trail) -> None:
        """Note an end; of several equal ones the one with the fewest doubts is kept."""
        known = self.outcomes.get((kind, flight))
        if known is None or len(trail.doubts) < len(known.doubts):
            self.outcomes[kind, flight] = trail


@dataclass(frozen=True, slots=True, eq=False)
class _At:
    """The rule being looked at, and where its effects go."""

    chain: Chain
    rule: FilterRule
    depth: int
    step: _Step
    following: dict[Flight, Trail]


@dataclass(frozen=True, slots=True, eq=False)
class _Here:
    """One form of the packet at this rule, and the rule's conditions that could not be decided."""

    flight: Flight
    trail: Trail
    doubts: list[Reason]


class Walker:
    """Walks the chains of one table.

    Args:
        table: whose chains can jump to each other.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._known: dict[tuple[str, Flight], _Step | None] = {}

    def base(self, chain: Chain, flight: Flight, trail: Trail) -> list[Outcome]:
        """Every way in which a base chain can end for a flight."""
        step = self._chain(chain, flight, 0)
        outcomes = [Outcome(kind, after, join(trail, way)) for (kind, after), way in step.outcomes.items()]
        for after, way in step.returned.items():
            span = chain.policy_span or chain.span
            text = f"policy {chain.policy}"
            outcome = f"end of the chain, {chain.policy}"
            whole = join(trail, way)
            if chain.rules or chain.policy != "accept":
                whole = whole.add(TraceEntry(self._where(chain), span, text, outcome, flight.stage, text))
            outcomes.append(Outcome(chain.policy, after, whole))
        return outcomes

    def _where(self, chain: Chain) -> str:
        return f"{self.table.manager} {self.table.name} {chain.name}"

    def _chain(self, chain: Chain, flight: Flight, depth: int) -> _Step:
        key = (chain.name, flight)
        if key in self._known:
            found = self._known[key]
            if found is not None:
                return found
            return self._give_up(chain, flight, f"chain {chain.name} is reached from itself; the kernel refuses that")
        if depth > MAX_DEPTH:
            return self._give_up(chain, flight, f"chains jump more than {MAX_DEPTH} deep")
        self._known[key] = None
        step = self._walk(chain, flight, depth)
        self._known[key] = step
        return step

    def _give_up(self, chain: Chain, flight: Flight, why: str) -> _Step:
        entry = TraceEntry(self._where(chain), chain.span, f"chain {chain.name}", f"cannot tell: {why}")
        step = _Step()
        step.end("unknown", flight, Trail().add(entry, [Reason(why, chain.span)]))
        return step

    def _walk(self, chain: Chain, flight: Flight, depth: int) -> _Step:
        step = _Step()
        live: dict[Flight, Trail] = {flight: Trail()}
        most = MAX_FLIGHTS
        for rule in chain.rules:
            following: dict[Flight, Trail] = {}
            for here, trail in live.items():
                self._rule(_At(chain, rule, depth, step, following), here, trail)
            if len(following) > most:
                following, most = _spoil_marks(following), FEW_FLIGHTS
            if len(following) > MAX_FLIGHTS:
                first = next(iter(following))
                step.outcomes |= self._give_up(chain, first, "the packet has too many possible forms").outcomes
                return step
            live = following
            if not live:
                break
        for here, trail in live.items():
            _merge(step.returned, here, trail)
        return step

    def _rule(self, at: _At, flight: Flight, trail: Trail) -> None:
        here = _Here(flight, trail, [])
        for part in at.rule.steps:
            if isinstance(part, (Match, TupleMatch, AnyOf, Undecided)):
                result = matches(here.flight, part)
                if result is False:
                    if not here.doubts:
                        _merge(at.following, here.flight, here.trail)
                    return
                if result is not True:
                    if not here.doubts:
                        passed = here.trail.add(self._doubt(at, result), [Reason(result, at.rule.span)])
                        _merge(at.following, here.flight, passed)
                    here.doubts.append(Reason(result, at.rule.span))
            elif isinstance(part, (SetMark, SpoilMark, NoTrack)):
                changed, what = changed_by(here.flight, part)
                here = _Here(changed, self._note(at, here, what), here.doubts)
            else:
                self._act(at, part, here)
                return
        _merge(at.following, here.flight, here.trail)

    def _doubt(self, at: _At, why: str) -> TraceEntry:
        return TraceEntry(self._where(at.chain), at.rule.span, at.rule.text, f"cannot tell: {why}")

    def _note(self, at: _At, here: _Here, outcome: str, ends: str = "") -> Trail:
        how = f"may match ({here.doubts[0].why}), then {outcome}" if here.doubts else f"matched, {outcome}"
        entry = TraceEntry(self._where(at.chain), at.rule.span, at.rule.text, how, here.flight.stage, ends)
        return here.trail.add(entry, here.doubts)

    def _open(self, at: _At, here: _Here, why: str) -> None:
        """End the chain without a known verdict."""
        way = here.trail.add(self._doubt(at, why), [*here.doubts, Reason(why, at.rule.span)])
        at.step.end("unknown", here.flight, way)

    def _act(self, at: _At, action: Action, here: _Here) -> None:
        """Do the action that ends a rule."""
        if isinstance(action, Verdict):
            at.step.end(action.kind, here.flight, self._note(at, here, action.kind, ends=action.kind))
        elif isinstance(action, Return):
            _merge(at.step.returned, here.flight, self._note(at, here, "return"))
        elif isinstance(action, Nat):
            after, what = translated_by(here.flight, action)
            at.step.end("accept", after, self._note(at, here, what))
        elif isinstance(action, UnclearVerdict):
            self._open(at, here, action.why)
        elif isinstance(action, Jump):
            self._jump(at, action, here)
        elif isinstance(action, VerdictMap):
            self._map(at, action, here)

    def _jump(self, at: _At, action: Jump, here: _Here) -> None:
        target = self.table.chains.get(action.chain)
        back = at.step.returned if action.goto else at.following
        if target is None:
            self._open(at, here, f"there is no chain {action.chain}")
            return
        if not target.rules:
            _merge(back, here.flight, here.trail)
            return
        way = self._note(at, here, f"{'go' if action.goto else 'jump'} to {action.chain}")
        inner = self._chain(target, here.flight, at.depth + 1)
        for (kind, after), suffix in inner.outcomes.items():
            at.step.end(kind, after, join(way, suffix))
        for after, suffix in inner.returned.items():
            _merge(back, after, join(way, suffix))

    def _map(self, at: _At, action: VerdictMap, here: _Here) -> None:
        if action.unclear:
            self._open(at, here, action.unclear)
            return
        for element, verdict in action.elements:
            found = lookup(here.flight, action.fields, element)
            if found is False:
                continue
            doubts = here.doubts if found is True else [*here.doubts, Reason(found, at.rule.span)]
            if verdict is None:
                _merge(at.following, here.flight, here.trail)
            else:
                self._act(at, verdict, _Here(here.flight, here.trail, doubts))
            if found is True:
                return
        _merge(at.following, here.flight, here.trail)


def join(start: Trail, way: Trail) -> Trail:
    """A way after another one."""
    if way.entry is None:
        return start
    for entry in way.entries():
        start = start.add(entry)
    return start.add_doubts(way.doubts)


def _merge(into: dict[Flight, Trail], flight: Flight, trail: Trail) -> None:
    """Keep one way for each form of the packet: the one with fewer doubts, since the others change nothing."""
    known = into.get(flight)
    if known is None or len(trail.doubts) < len(known.doubts):
        into[flight] = trail


def _spoil_marks(flights: dict[Flight, Trail]) -> dict[Flight, Trail]:
    merged: dict[Flight, Trail] = {}
    for flight, trail in flights.items():
        _merge(merged, replace(flight, mark=None, connection_mark=None), trail)
    return merged

"""The verdict of a whole host about one packet: every base chain of every active manager, hook by hook."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from cfglint.analysis.packet import Address, Packet, PacketVerdict, Reason, Rewritten, TraceEntry, Trail
from cfglint.analysis.packet_fields import Flight, first_flight
from cfglint.analysis.packet_walk import Walker
from cfglint.model.firewall import Firewall
from cfglint.model.firewall_rules import Chain, Table
from cfglint.source import Span

_FIRST = {"input": "prerouting", "forward": "prerouting", "output": "output"}


def judge(firewall: Firewall, packet: Packet, own: Collection[Address] = ()) -> PacketVerdict:
    """What a host does with a packet, judged by its permanent rules (what is loaded after a reload).

    Args:
        firewall: the host's rule sets.
        packet: the packet.
        own: the host's own addresses, as far as known; a translated destination among them stays on the host.

    Returns:
        ``unknown`` with reasons when the files leave it open, and always when the host has no firewall file.
    """
    if not firewall.known:
        place = Span(firewall.root)
        why = firewall.open_choice or "no firewall file is among the given files"
        return PacketVerdict(verdict="unknown", reasons=(Reason(why, place),))
    verdicts = [_world(world.tables, packet, own) for world in firewall.worlds]
    first = verdicts[0]
    if len(verdicts) == 1:
        return first
    if all(verdict.accepted for verdict in verdicts) or all(verdict.denied for verdict in verdicts):
        return first
    reasons: list[Reason] = [Reason(firewall.open_choice, firewall.choice_span or Span(firewall.root))]
    for world, verdict in zip(firewall.worlds, verdicts, strict=True):
        place = verdict.decided_by or next(iter(reason.span for reason in verdict.reasons), Span(firewall.root))
        reasons.append(Reason(f"{world.label}: {verdict.verdict}", place))
    return PacketVerdict(verdict="unknown", trace=first.trace, mark=first.mark, reasons=tuple(reasons))


@dataclass(eq=False)
class _Ends:
    """What became of every form of the packet."""

    accepted: dict[Flight, Trail] = field(default_factory=dict)
    denied: list[tuple[str, Flight, Trail]] = field(default_factory=list)


def _world(tables: list[Table], packet: Packet, own: Collection[Address]) -> PacketVerdict:
    seeing = [table for table in tables if table.sees(packet.version)]
    chains = sorted(
        ((chain, Walker(table)) for table in seeing for chain in table.chains.values() if chain.hook is not None),
        key=lambda pair: pair[0].priority,
    )
    walkers: dict[int, Walker] = {}
    paired = [(chain, walkers.setdefault(id(walker.table), walker)) for chain, walker in chains]
    ends = _Ends()
    start = Trail()
    if not seeing:
        place = next((chain.span for table in tables for chain in table.chains.values()), Span(""))
        start = start.add(TraceEntry("host", place, "", f"no rule set sees IPv{packet.version}"))
    flights = {first_flight(packet): start}
    for table in seeing:
        if table.unclear and (table.unclear_span is not None):
            flights = _unclear(table, table.unclear_span, flights, ends)
    flights = _stage(_FIRST[packet.hook], flights, paired, ends)
    if packet.hook == "output":
        ends.accepted = _stage("postrouting", flights, paired, ends)
    else:
        here, onward = _route(flights, packet, own)
        arrived = _stage("input", here, paired, ends)
        left = _stage("postrouting", _stage("forward", onward, paired, ends), paired, ends)
        ends.accepted = {**arrived, **left}
    return _sum_up(packet, ends)


def _unclear(table: Table, span: Span, flights: dict[Flight, Trail], ends: _Ends) -> dict[Flight, Trail]:
    """A table that the kernel would refuse may be absent, or an older one in its place: it may do anything."""
    after: dict[Flight, Trail] = {}
    for flight, trail in flights.items():
        entry = TraceEntry(f"{table.manager} {table.name}", span, "", f"cannot tell: {table.unclear}")
        way = trail.add(entry, [Reason(table.unclear, span)])
        ends.denied.append(("drop", flight, way))
        after[flight] = way
    return after


def _stage(
    hook: str, flights: dict[Flight, Trail], chains: list[tuple[Chain, Walker]], ends: _Ends
) -> dict[Flight, Trail]:
    """All base chains of one hook, by priority; what every one of them accepts goes on."""
    for chain, walker in chains:
        if chain.hook != hook or not flights or walker.table.unclear:
            continue
        following: dict[Flight, Trail] = {}
        for before, trail in flights.items():
            flight = replace(before, stage=hook, priority=chain.priority)
            if chain.is_nat and _settled(flight, hook):
                _keep(following, flight, trail)
                continue
            for outcome in walker.base(chain, flight, trail):
                if outcome.kind in {"accept", "unknown"}:
                    _keep(following, outcome.flight, outcome.trail)
                if outcome.kind != "accept":
                    kind = "drop" if outcome.kind == "unknown" else outcome.kind
                    ends.denied.append((kind, outcome.flight, outcome.trail))
        flights = following
    return flights


def _settled(flight: Flight, hook: str) -> bool:
    """Only a connection's first packet asks for translation, and the first rule that translates wins."""
    if flight.untracked or flight.packet.state != "new":
        return True
    return flight.destination_nat if hook in {"prerouting", "output"} else flight.source_nat


def _keep(into: dict[Flight, Trail], flight: Flight, trail: Trail) -> None:
    known = into.get(flight)
    if known is None or len(trail.doubts) < len(known.doubts):
        into[flight] = trail


def _route(
    flights: dict[Flight, Trail], packet: Packet, own: Collection[Address]
) -> tuple[dict[Flight, Trail], dict[Flight, Trail]]:
    """The routing decision after prerouting: to the host itself, or onward."""
    here: dict[Flight, Trail] = {}
    onward: dict[Flight, Trail] = {}
    for flight, trail in flights.items():
        target = flight.packet.dst
        moved = flight.destination_nat and target != packet.dst
        if flight.destination_host or (moved and target is not None and (target in own or target.is_loopback)):
            here[flight] = trail
        elif flight.destination_open:
            here[flight] = trail
            onward[_onward(flight)] = trail
        elif moved:
            onward[_onward(flight)] = trail
        elif packet.hook == "input":
            here[flight] = trail
        else:
            onward[flight] = trail
    return here, onward


def _onward(flight: Flight) -> Flight:
    """Where a translated packet leaves is a matter of routes, which are not looked at."""
    return replace(flight, packet=replace(flight.packet, oif=None))


def _sum_up(packet: Packet, ends: _Ends) -> PacketVerdict:
    accepted = sorted(ends.accepted.items(), key=lambda pair: len(pair[1].doubts))
    denied = sorted(ends.denied, key=lambda end: len(end[2].doubts))
    if not denied:
        flight, trail = accepted[0]
        marks = {flight.mark for flight, _ in accepted}
        decided = _decider(trail, packet.hook)
        return PacketVerdict(
            verdict="accept",
            decided_by=decided.span if decided else None,
            rule_text=decided.text if decided else "",
            trace=trail.entries(),
            rewritten=_rewritten(packet, flight),
            mark=flight.mark if len(marks) == 1 else None,
        )
    if not accepted:
        kind, flight, trail = denied[0]
        silent = kind == "drop" or (packet.dst is not None and packet.dst.is_multicast)
        last = trail.entries()[-1] if trail.entry is not None else None
        return PacketVerdict(
            verdict="drop" if silent else "reject",
            decided_by=last.span if last else None,
            rule_text=last.text if last else "",
            trace=trail.entries(),
            rewritten=_rewritten(packet, flight),
            mark=flight.mark,
        )
    reasons: list[Reason] = []
    for trail in (accepted[0][1], denied[0][2]):
        reasons.extend(reason for reason in trail.doubts if reason not in reasons)
    way = accepted[0][1] if len(accepted[0][1].doubts) >= len(denied[0][2].doubts) else denied[0][2]
    return PacketVerdict(verdict="unknown", trace=way.entries(), mark=None, reasons=tuple(reasons))


def _decider(trail: Trail, hook: str) -> TraceEntry | None:
    entries = trail.entries()
    for wanted in ("accept", "policy accept"):
        found = [entry for entry in entries if entry.ends == wanted and entry.hook in {hook, "forward", "input"}]
        if found:
            return found[-1]
    return None


def _rewritten(packet: Packet, flight: Flight) -> Rewritten | None:
    new = flight.packet
    source = str(new.src) if new.src != packet.src else None
    target = str(new.dst) if new.dst != packet.dst else None
    found = Rewritten(
        src="unknown" if flight.source_open else source,
        dst="unknown" if flight.destination_open else target,
        sport=new.sport if new.sport != packet.sport else None,
        dport=new.dport if new.dport != packet.dport else None,
    )
    return None if found == Rewritten() else found

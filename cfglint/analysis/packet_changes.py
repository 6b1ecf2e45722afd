"""What actions change in a packet on its way: marks, tracking, addresses and ports."""

from __future__ import annotations

from dataclasses import replace

from cfglint.analysis.packet_fields import Flight, rewrite
from cfglint.model.firewall_rules import Nat, NoTrack, SetMark, SpoilMark


def changed_by(flight: Flight, action: SetMark | SpoilMark | NoTrack) -> tuple[Flight, str]:
    """The flight behind an action that lets the packet go on, and the action in words."""
    if isinstance(action, NoTrack):
        return replace(flight, untracked=True), "not tracked"
    if isinstance(action, SpoilMark):
        return _marked(flight, action.target, None), "changes the mark"
    if "connection" in {action.source, action.target} and flight.has_entry is not True:
        if flight.has_entry is None:
            return _marked(flight, action.target, None), "changes the mark if conntrack has looked already"
        return flight, "changes nothing: conntrack has no entry"
    old = flight.mark if action.source == "packet" else flight.connection_mark
    full = 0xFFFFFFFF
    value = (action.flip & full) if action.clear == full else None
    if old is not None:
        value = ((old & ~action.clear) ^ action.flip) & full
    name = "mark" if action.target == "packet" else "connection mark"
    return _marked(flight, action.target, value), f"{name} {_shown(value)}"


def _marked(flight: Flight, target: str, value: int | None) -> Flight:
    return replace(flight, mark=value) if target == "packet" else replace(flight, connection_mark=value)


def _shown(mark: int | None) -> str:
    return "cannot be told" if mark is None else f"{mark} ({mark:#x})"


def translated_by(flight: Flight, action: Nat) -> tuple[Flight, str]:
    """The flight behind an address translation, and the translation in words."""
    port = action.port[0] if action.port is not None and action.port[0] == action.port[1] else None
    if action.kind in {"dnat", "redirect"}:
        after = replace(flight, destination_nat=True, destination_host=action.kind == "redirect")
        if action.unclear:
            return replace(after, destination_open=True, destination_moved=None), action.unclear
        changes: dict[str, object] = {}
        if action.address is not None:
            changes["dst"] = action.address
        if action.port is not None:
            changes["dport"] = port
        after = rewrite(after, **changes)
        after = replace(after, destination_moved=_destination_moved(flight, after, action))
        target = str(action.address) if action.address is not None else "the host itself"
        return after, f"{action.kind} to {target}{'' if port is None else f' port {port}'}"
    after = replace(flight, source_nat=True)
    if action.address is None:
        return replace(
            after, source_open=True, source_moved=None
        ), f"{action.kind}: the source becomes the interface's address"
    after = replace(rewrite(after, src=action.address), source_moved=action.address != flight.packet.src or None)
    return after, f"{action.kind} to {action.address}"


def _destination_moved(before: Flight, after: Flight, action: Nat) -> bool | None:
    """Whether conntrack notes a translation: one to where the packet goes anyway leaves no trace."""
    old, new = before.packet, after.packet
    if action.address is not None and action.address != old.dst:
        return True
    if action.port is not None and (new.dport is None or old.dport is None):
        return None
    return True if new.dport != old.dport else None if action.address is None else False

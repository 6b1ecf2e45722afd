"""From one condition to the next: what an election starts from when troubles come and go."""

from __future__ import annotations

from collections.abc import Mapping

from cfglint.analysis.election_condition import Troubles, condition_of, is_failing
from cfglint.analysis.election_field import Field
from cfglint.analysis.election_router import Address
from cfglint.analysis.election_settle import Change, Interval, Masters

Kept = Mapping[Address, frozenset[str]]
"""Addresses that stay on nodes although nothing there manages them."""


def change_of(
    field: Field, masters: Masters, old: Troubles, new: Troubles, killed: frozenset[str] = frozenset()
) -> Change:
    """What an election starts from when troubles come and go.

    Args:
        field: the routers.
        masters: the units that were master.
        old: what was broken.
        new: what is broken now.
        killed: nodes among those newly down whose keepalived was killed, so that it announces nothing.
    """
    was, now = condition_of(field, old).up, condition_of(field, new).up
    lost = {unit: field.routers[field.units[unit][0]].node for unit in masters if not now[unit]}
    return Change(
        masters,
        leaving=frozenset(unit for unit, node in lost.items() if node not in new.down),
        vanishing=frozenset(unit for unit, node in lost.items() if node in new.down and node not in killed),
        starting=frozenset(unit for unit, up in enumerate(now) if up and not was[unit]),
        delay=_delay(field, old, new),
    )


def _delay(field: Field, old: Troubles, new: Troubles) -> Interval:
    """Seconds until the daemons act on what breaks or recovers."""
    if old.failing == new.failing and old.links == new.links:
        return (0.0, 0.0)
    spans = []
    for router in field.routers:
        for track in router.tracks:
            failed, fails = (is_failing(router, track, troubles) for troubles in (old, new))
            if failed != fails:
                spans.append(track.delay if fails else track.recovery)
    return (min((span[0] for span in spans), default=0.0), max((span[1] for span in spans), default=0.0))


def kept_addresses(field: Field, masters: Masters, killed: frozenset[str]) -> Kept:
    """The addresses that nodes keep whose keepalived is killed: what they held then."""
    found: dict[Address, frozenset[str]] = {}
    if not killed:
        return found
    for unit in masters:
        for index in field.units[unit]:
            router = field.routers[index]
            if router.node in killed:
                for address in router.all_vips:
                    found[address] = found.get(address, frozenset()) | {router.node}
    return found

"""What an election means for addresses: who holds each VIP, or why that cannot be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Literal

from cfglint.analysis.election_field import Field
from cfglint.analysis.election_router import Address
from cfglint.analysis.election_settle import Interval, Masters, Settled

Verdict = Literal["ok", "split-brain", "unheld", "undetermined", "unknown"]
VERDICTS: tuple[Verdict, ...] = ("split-brain", "unheld", "unknown", "undetermined", "ok")
"""From worst to best."""

Holders = tuple[str, ...]
"""The nodes that hold an address, sorted by name."""


@dataclass(frozen=True, slots=True)
class VipOutcome:
    """Who holds one address.

    Attributes:
        address: the VIP.
        verdict: ok: one holder; split-brain: several, however a race ends; unheld: none; undetermined: a race decides
            between `ends`; unknown: the files do not say.
        ends: the sets of holders that are possible, each sorted by name.
        seconds: from the change until its holders no longer change, shortest and longest; None when they do not change.
        races: what decides between several `ends`.
    """

    address: Address
    verdict: Verdict
    ends: tuple[Holders, ...]
    seconds: Interval | None = None
    races: tuple[str, ...] = ()

    @property
    def holders(self) -> Holders:
        """Who surely holds it: those that do however a race ends; empty when the verdict is unknown."""
        if self.verdict == "unknown" or not self.ends:
            return ()
        return tuple(node for node in self.ends[0] if all(node in end for end in self.ends))

    @property
    def candidates(self) -> Holders:
        """Every node that may hold it."""
        return tuple(sorted({node for end in self.ends for node in end}))


def holders_of(
    field: Field, masters: Masters, kept: Mapping[Address, Iterable[str]] | None = None
) -> dict[Address, Holders]:
    """Who holds which address while these units are master; ``kept`` names addresses that stay without a daemon."""
    found: dict[Address, set[str]] = {address: set(nodes) for address, nodes in (kept or {}).items()}
    for unit in masters:
        for index in field.units[unit]:
            router = field.routers[index]
            for address in router.all_vips:
                found.setdefault(address, set()).add(router.node)
    return {address: tuple(sorted(nodes)) for address, nodes in found.items()}


MOST_COMBINATIONS = 256
"""Ways in which elections that share an address are combined; more are cut off."""


def joined(ends: Sequence[Sequence[tuple[Holders, Settled]]]) -> list[tuple[Holders, Settled]]:
    """The ways in which several elections, each on its own, can end together for an address that all of them hold."""
    if len(ends) == 1:
        return list(ends[0])
    found = []
    for combination in islice(product(*ends), MOST_COMBINATIONS):
        nodes = tuple(sorted({node for holders, _ in combination for node in holders}))
        last = max((settled for _, settled in combination), key=lambda settled: settled.seconds or (0.0, 0.0))
        race = next((settled.race for _, settled in combination if settled.race), "")
        found.append((nodes, replace(last, race=race)))
    return found


def sorted_addresses(addresses: Iterable[Address]) -> list[Address]:
    """Addresses in order: IPv4 first, then by number."""
    return sorted(addresses, key=lambda address: (address.version, int(address)))


def outcome_of(
    address: Address, ends: Sequence[tuple[Holders, Settled]], before: Iterable[Holders] = (), *, known: bool = True
) -> VipOutcome:
    """What several ways to end mean for one address.

    Args:
        address: the VIP.
        ends: each way's holders of it.
        before: who may have held it before the change.
        known: False when the files leave open which of the ways it is.
    """
    distinct = tuple(sorted({holders for holders, _ in ends}))
    changed = set(distinct) != set(before)
    spans = [settled.seconds for holders, settled in ends if settled.seconds is not None and holders]
    seconds = (min(span[0] for span in spans), max(span[1] for span in spans)) if spans and changed else None
    if not known and len(distinct) != 1:
        return VipOutcome(address, "unknown", distinct, seconds)
    if len(distinct) > 1:
        races = tuple(dict.fromkeys(settled.race for _, settled in ends if settled.race))
        split = all(len(holders) > 1 for holders in distinct)
        return VipOutcome(address, "split-brain" if split else "undetermined", distinct, seconds, races)
    count = len(distinct[0]) if distinct else 0
    verdict: Verdict = "ok" if count == 1 else "unheld" if count == 0 else "split-brain"
    return VipOutcome(address, verdict, distinct or ((),), seconds)

"""Sets of numbers and names that a packet's field may lie in; addresses are numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

Range = tuple[int, int]
"""Lowest and highest number, both included."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Ranges of numbers, sorted, not overlapping.

    Attributes:
        lows: first numbers.
        highs: last numbers, in the same order.
    """

    lows: tuple[int, ...]
    highs: tuple[int, ...]

    @classmethod
    def of(cls, *values: int) -> Numbers:
        """The set of these numbers."""
        return cls.ranges((value, value) for value in values)

    @classmethod
    def ranges(cls, ranges: Iterable[Range]) -> Numbers:
        """The union of ranges, given in any order."""
        lows: list[int] = []
        highs: list[int] = []
        for low, high in sorted(ranges):
            if highs and low <= highs[-1] + 1:
                highs[-1] = max(highs[-1], high)
            else:
                lows.append(low)
                highs.append(high)
        return cls(tuple(lows), tuple(highs))

    def holds(self, low: int, high: int) -> bool | None:
        """True when the whole range lies inside, False when none of it does, None when only a part does."""
        at = bisect_right(self.lows, low) - 1
        if at >= 0 and self.highs[at] >= low:
            return True if self.highs[at] >= high else None
        following = at + 1
        return None if following < len(self.lows) and self.lows[following] <= high else False


@dataclass(frozen=True, slots=True)
class Names:
    """Names, and prefixes of names.

    Attributes:
        exact: whole names.
        prefixes: what a name may start with (``enp0s`` for iptables' ``enp0s+``, nftables' ``enp0s*``).
    """

    exact: frozenset[str]
    prefixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, *names: str) -> Names:
        """The set of these names; no wildcards."""
        return cls(frozenset(names))

    def holds(self, name: str) -> bool:
        """True when the name is in the set."""
        return name in self.exact or (bool(self.prefixes) and name.startswith(self.prefixes))


ValueSet = Numbers | Names


def network_range(network: IPv4Network | IPv6Network) -> Range:
    """First and last address of a network, as numbers."""
    first = int(network.network_address)
    return first, first + network.num_addresses - 1

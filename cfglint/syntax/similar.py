"""The most similar name, for "did you mean": among a few words or among 100,000."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

_FEW = 300
"""Up to so many names each is compared; of more only those that start or end as the wanted one does."""

_AROUND = 12
"""How many names before and behind the place where the wanted one would stand in order."""


class SimilarNames:
    """Names among which the one is looked for that a misspelt name may have meant.

    Args:
        names: the names; what is worked out about them serves every later question.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(set(names))

    @cached_property
    def _letters(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(name) for name in self._names}

    @cached_property
    def _backwards(self) -> list[str]:
        return sorted(name[::-1] for name in self._names)

    def nearest(self, wanted: str, cutoff: float = 0.6) -> str | None:
        """The most similar name; None when none is similar enough.

        Args:
            wanted: the misspelt name.
            cutoff: the least similarity, 0 to 1, as `difflib.get_close_matches` measures it.
        """
        names = self._names if len(self._names) <= _FEW else self._alike(wanted)
        letters, length = frozenset(wanted), len(wanted)
        # Names that cannot reach the cutoff, since too few letters can be the same, are not worth a comparison.
        possible = [
            name
            for name in names
            if 2 * min(length - len(letters - self._letters[name]), len(name)) >= cutoff * (length + len(name))
        ]
        close = difflib.get_close_matches(wanted, possible, n=1, cutoff=cutoff)
        return close[0] if close else None

    def _alike(self, wanted: str) -> list[str]:
        forwards = _neighbours(self._names, wanted)
        backwards = [name[::-1] for name in _neighbours(self._backwards, wanted[::-1])]
        return list(dict.fromkeys([*forwards, *backwards]))


def _neighbours(names: list[str], wanted: str) -> list[str]:
    place = bisect_left(names, wanted)
    return names[max(0, place - _AROUND) : place + _AROUND]

"""HAProxy's words by place and version: the lookup over ``grammars/haproxy_keywords.tsv``.

A *place* is a section (``frontend``) or the words before (``option``, ``http-request``, ``tcp-request content``,
``bind``, ``converter``, …); the table's header lists its columns. Sets of versions are small integers, one bit for
each branch in `BRANCHES`, the oldest first.

Sources: the daemons' own listings (``haproxy -dKall`` of 2.6, 2.8, 3.0, 3.2 and 3.5-dev5), the keyword matrices of
seven manuals, and one run of a daemon for each pair of a word and a section.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from cfglint.syntax.data import data_text
from cfglint.syntax.similar import SimilarNames

BRANCHES = ("2.4", "2.6", "2.8", "3.0", "3.2", "3.4", "3.5")
"""The branches the table speaks of; bit 0 is the first. 3.5 is the development branch (3.5-dev5)."""

ALL = (1 << len(BRANCHES)) - 1
"""Every branch."""

INCOMPLETE = frozenset({"filter"})
"""Places where more words may exist than the table knows: Lua and modules add their own."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """One row of the table.

    Attributes:
        place: where the word stands.
        word: the word; for a prefix without the final ``*``.
        prefix: True when any longer word that starts so is meant, as in ``set-var(txn.x)``.
        versions: one letter a branch, as the table's header says.
        arguments: the argument column.
        note: the note column.
        plain: True when every branch reads the word without a remark, as far as is known.
        known: the branches that read the word without refusing it.
        refused: the branches that refuse it: unknown, removed or not allowed there; unverified ones do not count.
    """

    place: str
    word: str
    prefix: bool
    versions: str
    arguments: str
    note: str
    plain: bool = field(init=False)
    known: int = field(init=False)
    refused: int = field(init=False)

    def __post_init__(self) -> None:
        """Work out the sets that every line of a configuration asks for."""
        object.__setattr__(self, "plain", not set(self.versions) - {"k", "?"})
        object.__setattr__(self, "known", _branches(self.versions, "kdi"))
        object.__setattr__(self, "refused", _branches(self.versions, ".nr-"))

    def where(self, letters: str) -> int:
        """The branches in which the word's state is one of these letters."""
        return _branches(self.versions, letters)

    @property
    def notes(self) -> dict[str, str]:
        """The ``name=value`` parts of the note: ``removed`` (a version) and ``use`` (the replacement)."""
        return dict(part.split("=", maxsplit=1) for part in self.note.split(";") if "=" in part)


@cache
def _branches(versions: str, letters: str) -> int:
    return sum(1 << bit for bit, letter in enumerate(versions) if letter in letters)


@cache
def _table() -> dict[str, dict[str, Keyword]]:
    table: dict[str, dict[str, Keyword]] = {}
    for line in data_text("haproxy_keywords.tsv").splitlines():
        if line.startswith("#") or not line:
            continue
        places, word, versions, arguments, note = (*line.split("\t"), "", "")[:5]
        for place in places.split(","):
            entry = Keyword(place, word.removesuffix("*"), word.endswith("*"), versions, arguments, note)
            table.setdefault(place, {})[word] = entry
    return table


def lookup(place: str, word: str) -> Keyword | None:
    """The row of a word at a place, by exact name or by the longest prefix row; None when there is none."""
    words = _table().get(place, {})
    found = words.get(word)
    if found is not None:
        return found
    fitting = [row for row in _prefixes(place) if word.startswith(row.word)]
    return max(fitting, key=lambda row: len(row.word), default=None)


@cache
def _prefixes(place: str) -> tuple[Keyword, ...]:
    return tuple(row for row in _table().get(place, {}).values() if row.prefix)


def rows_of(place: str) -> dict[str, Keyword]:
    """The rows of a place by word, prefixes with their ``*``: for readers of many lines."""
    return _table().get(place, {})


def keywords(place: str) -> Iterator[Keyword]:
    """Every row of a place."""
    yield from _table().get(place, {}).values()


def places() -> tuple[str, ...]:
    """Every place the table speaks of."""
    return tuple(_table())


def places_of(word: str, among: tuple[str, ...]) -> list[Keyword]:
    """The rows of one word in several places, in that order."""
    found = (lookup(place, word) for place in among)
    return [row for row in found if row is not None]


def is_complete(place: str) -> bool:
    """True when a word that the table lacks at this place is certainly unknown to every daemon."""
    return place in _table() and place not in INCOMPLETE


@lru_cache(maxsize=4096)
def nearest(place: str, word: str, among: int = ALL) -> str | None:
    """The most similar word that some branch of a set knows at a place, for "did you mean"."""
    return _known_words(place, among).nearest(word.lower(), cutoff=0.7)


@cache
def _known_words(place: str, among: int) -> SimilarNames:
    return SimilarNames(row.word for row in keywords(place) if row.known & among)

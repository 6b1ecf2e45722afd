"""Parameter lists of ``bind``, ``server``, ``default-server`` and ``server-template`` lines: which word is whose value.

The list is read from its shape, one letter a word, and a shape only once: a thousand servers with the same parameters
in the same order cost one parse.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_keywords import Keyword, rows_of

Place = Literal["bind", "server"]

HIDDEN = "h"
"""The letter of a word that a variable hides."""

_MAX_WORDS = 20_000


class Parameter(NamedTuple):
    """One parameter.

    Attributes:
        sort: its letter: ``f`` takes no value, ``v`` takes one, ``s`` is ``source``, ``p`` a part of it that stands
            alone, ``u`` is in no table, ``h`` is hidden by a variable.
        at: which word (from 0) of the list is its name.
        end: the word behind its last one.
        parts: of ``source`` the words ``usesrc`` and ``interface``: where each stands and where it ends.
    """

    sort: str
    at: int
    end: int
    parts: tuple[tuple[int, int], ...] = ()


def parse_parameters(place: Place, words: Iterable[str | None]) -> tuple[Parameter, ...]:
    """Read a list of parameters; every list reads.

    Args:
        place: where the keyword table knows the words.
        words: the words; None for one that a variable hides.
    """
    letters = _letters(place)
    return _parse("".join([HIDDEN if word is None else letters.get(word) or _letter(place, word) for word in words]))


def row_of(place: Place, word: str) -> Keyword | None:
    """The keyword table's row of a parameter; what stands in parentheses does not count."""
    rows = rows_of(place)
    return rows.get(word) or rows.get(word.partition("(")[0])


@cache
def _letters(place: Place) -> dict[str, str]:
    """The letters of the words seen so far."""
    del place
    return {}


def _letter(place: Place, word: str) -> str:
    row = row_of(place, word)
    if place == "server" and word in {"usesrc", "interface"}:
        letter = "p"
    elif row is None:
        letter = "u"
    elif row.word == "source":
        letter = "s"
    else:
        letter = "f" if row.arguments in {"", "0"} and row.word != "set-proxy-v2-tlv-fmt" else "v"
    letters = _letters(place)
    if len(letters) < _MAX_WORDS:
        letters[word] = letter
    return letter


@lru_cache(maxsize=4096)
def _parse(shape: str) -> tuple[Parameter, ...]:
    found: tuple[Parameter, ...] = _parser().parse(shape)  # type: ignore[assignment]
    return found


class _Builder(Transformer[Token, object]):
    def part(self, children: list[Token]) -> tuple[int, int]:
        return children[0].start_pos or 0, children[-1].end_pos or 0

    def parameter(self, children: list[Token | tuple[int, int]]) -> Parameter:
        words = [child for child in children if isinstance(child, Token)]
        parts = tuple(child for child in children if not isinstance(child, Token))
        end = parts[-1][1] if parts else words[-1].end_pos or 0
        return Parameter(str(words[0]), words[0].start_pos or 0, end, parts)

    def start(self, children: list[Parameter]) -> tuple[Parameter, ...]:
        return tuple(children)


@cache
def _parser() -> Lark:
    return load_grammar("haproxy_parameters", _Builder())

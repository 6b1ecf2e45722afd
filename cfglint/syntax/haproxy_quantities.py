"""Times and sizes with their units: ``5s``, ``300``, ``2m``, ``16k``."""

from __future__ import annotations

from functools import cache, lru_cache

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_phrases import PhraseError, read

TIME_UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
"""Unit to microseconds."""

SIZE_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
"""Unit, in small letters, to bytes."""


def microseconds(text: str, unit: str = "ms") -> int:
    """What a time means.

    Args:
        text: as written.
        unit: what counts where none is written: ``ms`` for nearly every timeout.

    Raises:
        PhraseError: it is no time.
    """
    number, written = parse_quantity(text)
    factor = TIME_UNITS.get(written or unit)
    if factor is None:
        raise PhraseError(f"{written} is no unit of time; there are {', '.join(TIME_UNITS)}", len(str(number)))
    return number * factor


def size_in_bytes(text: str) -> int:
    """What a size means, in bytes.

    Raises:
        PhraseError: it is no size.
    """
    number, written = parse_quantity(text)
    factor = SIZE_UNITS.get(written.lower())
    if factor is None:
        raise PhraseError(f"{written} is no unit of size; there are k, m and g", len(str(number)))
    return number * factor


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> tuple[int, str]:
    """A number and its unit; the unit is empty where none is written.

    Raises:
        PhraseError: it is no number with a unit.
    """
    number, *unit = read(_parser(), text, f"{text[:20]!r}", list[str])
    if len(number) > 18:
        raise PhraseError(f"{number[:18]}… is larger than any value", 0)
    return int(number), unit[0] if unit else ""


class _Builder(Transformer[Token, object]):
    def start(self, children: list[Token]) -> list[str]:
        return [str(child) for child in children]


@cache
def _parser() -> Lark:
    return load_grammar("haproxy_quantity", _Builder())

"""Times and sizes with their units: ``5s``, ``300``, ``2m``, ``16k``."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple, cast

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar


class Quantity(NamedTuple):
    """A number with a unit.

    Attributes:
        digits: the number; empty when the text starts with none.
        unit: ``us``, ``ms``, ``s``, ``m``, ``h``, ``d``, or ``k``, ``m``, ``g`` in small or big letters; or empty.
        rest: what stands behind them.
    """

    digits: str
    unit: str
    rest: str


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> Quantity:
    """Read a number and its unit; every text reads."""
    return cast("Quantity", _parser().parse(text))


class _Builder(Transformer[Token, object]):
    def start(self, children: list[Token]) -> Quantity:
        parts = {child.type: str(child) for child in children}
        return Quantity(parts.get("NUMBER", ""), parts.get("UNIT", ""), parts.get("ODD", ""))


@cache
def _parser() -> Lark:
    return load_grammar("haproxy_quantity", _Builder())

"""Numbers, times and sizes: what HAProxy's own parsers make of them."""

from __future__ import annotations

import re

from cfglint.syntax.haproxy_quantities import parse_quantity

_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_LEADING = re.compile(r"\s*([+-]?[0-9]{1,30})")
_UNITS = {"us": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
_MAX_MILLISECONDS = 2**31 - 1
_MAX_DIGITS = 18
_SIZES = {"": 0, "k": 10, "m": 20, "g": 30}


def time_of(text: str, unit: str = "ms") -> int | str:
    """A duration in milliseconds, rounded down, or why it is none.

    Args:
        text: digits and at most one unit: us, ms, s, m, h or d.
        unit: what a bare number counts in.
    """
    digits, written, rest = parse_quantity(text)
    if not digits:
        return f"{text!r} is no time: digits and at most one unit (us, ms, s, m, h, d) are expected"
    # Behind a unit HAProxy only warns about further characters, and ignores them.
    odd = "" if written in _UNITS else (written + rest)[:1]
    if odd:
        return f"{text!r} is no time: {odd!r} does not belong to it (units are us, ms, s, m, h, d)"
    milliseconds = _number(digits) * _UNITS[written or unit] // 1000
    if milliseconds > _MAX_MILLISECONDS:
        return f"{text!r} is longer than HAProxy can count (about 24 days)"
    return milliseconds


def ignored_behind(text: str) -> str:
    """What HAProxy ignores, with a warning, behind a time that it could read; empty when it read everything."""
    quantity = parse_quantity(text)
    return quantity.rest if quantity.unit in _UNITS else ""


def size_of(text: str) -> int | str:
    """A size in bytes, or why it is none. Units are k, m and g."""
    digits, unit, rest = parse_quantity(text)
    if not digits:
        return f"{text!r} is no size: digits and at most one unit (k, m, g) are expected"
    odd = rest[:1] if unit.lower() in _SIZES else unit[:1]
    if odd:
        return f"{text!r} is no size: {odd!r} does not belong to it (units are k, m, g)"
    return _number(digits) << _SIZES[unit.lower()]


def integer_of(text: str) -> int | None:
    """The whole text as an integer, or None."""
    return int(text) if _INTEGER.fullmatch(text) else None


def leading_integer(text: str) -> int:
    """What C's ``atol`` makes of a text: the number it starts with, or 0."""
    found = _LEADING.match(text)
    return int(found[1]) if found else 0


def _number(digits: str) -> int:
    """The number that digits make; of very many of them just a very large one."""
    return int(digits[:_MAX_DIGITS])

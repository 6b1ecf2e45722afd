"""Numbers, times and sizes, read as HAProxy's own parsers read them."""

from __future__ import annotations

import re

_TIME = re.compile(r"(\d+)(us|ms|s|m|h|d)?")
_SIZE = re.compile(r"(\d+)([kKmMgG])?")
_INTEGER = re.compile(r"[+-]?\d+")
_LEADING = re.compile(r"\s*([+-]?\d+)")
_UNITS = {"us": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
_MAX_MILLISECONDS = 2**31 - 1
_SIZES = {"": 0, "k": 10, "m": 20, "g": 30}


def time_of(text: str, unit: str = "ms") -> int | str:
    """A duration in milliseconds, rounded down, or why it is none.

    Args:
        text: digits and at most one unit: us, ms, s, m, h or d.
        unit: what a bare number counts in.
    """
    found = _TIME.match(text)
    if found is None:
        return f"{text!r} is no time: digits and at most one unit (us, ms, s, m, h, d) are expected"
    # Behind a unit HAProxy only warns about further characters, and ignores them.
    if found.end() < len(text) and not found[2]:
        return f"{text!r} is no time: {text[found.end()]!r} does not belong to it (units are us, ms, s, m, h, d)"
    milliseconds = int(found[1]) * _UNITS[found[2] or unit] // 1000
    if milliseconds > _MAX_MILLISECONDS:
        return f"{text!r} is longer than HAProxy can count (about 24 days)"
    return milliseconds


def ignored_behind(text: str) -> str:
    """What HAProxy ignores, with a warning, behind a time that it could read; empty when it read everything."""
    found = _TIME.match(text)
    return text[found.end() :] if found is not None and found[2] else ""


def size_of(text: str) -> int | str:
    """A size in bytes, or why it is none. Units are k, m and g."""
    found = _SIZE.match(text)
    if found is None:
        return f"{text!r} is no size: digits and at most one unit (k, m, g) are expected"
    if found.end() < len(text):
        return f"{text!r} is no size: {text[found.end()]!r} does not belong to it (units are k, m, g)"
    return int(found[1]) << _SIZES[(found[2] or "").lower()]


def integer_of(text: str) -> int | None:
    """The whole text as an integer, or None."""
    return int(text) if _INTEGER.fullmatch(text) else None


def leading_integer(text: str) -> int:
    """What C's ``atol`` makes of a text: the number it starts with, or 0."""
    found = _LEADING.match(text)
    return int(found[1]) if found else 0

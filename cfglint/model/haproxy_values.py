"""Numbers, times and sizes that HAProxy's lines set, with the words that set them."""

from __future__ import annotations

from collections.abc import Callable

from cfglint.model.haproxy_lines import ConfigSection
from cfglint.model.value import Setting, Unknown
from cfglint.syntax.haproxy_quantities import parse_quantity

TIME_UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
"""Unit to microseconds."""

SIZE_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
"""Unit, in small letters, to bytes."""

_MAX_DIGITS = 18


def milliseconds(text: str, unit: str = "ms") -> int | None:
    """What a time means, in milliseconds, rounded down; None when it is no time.

    Args:
        text: as written; HAProxy ignores what stands behind a unit.
        unit: what a bare number counts in.
    """
    digits, written, rest = parse_quantity(text)
    factor = TIME_UNITS.get(written or unit)
    if not digits or factor is None or (rest and not written):
        return None
    return int(digits[:_MAX_DIGITS]) * factor // 1000


def size_in_bytes(text: str) -> int | None:
    """What a size means, in bytes; None when it is no size."""
    digits, unit, rest = parse_quantity(text)
    factor = SIZE_UNITS.get(unit.lower())
    return None if not digits or rest or factor is None else int(digits[:_MAX_DIGITS]) * factor


def time_setting(section: ConfigSection, keyword: str, default: int | None, unit: str = "ms") -> Setting[int] | None:
    """The time that the last line of one or two words sets, in milliseconds.

    Args:
        section: where the line stands.
        keyword: its first word or words.
        default: HAProxy's own value; None when it has none: then nothing is returned without a line.
        unit: what a bare number counts in.
    """
    return _number(section, keyword, default, lambda text: milliseconds(text, unit), "time")


def size_setting(section: ConfigSection, keyword: str, default: int | None) -> Setting[int] | None:
    """The size that the last line of one or two words sets, in bytes; see `time_setting`."""
    return _number(section, keyword, default, size_in_bytes, "size")


def number_setting(section: ConfigSection, keyword: str, default: int | None) -> Setting[int] | None:
    """The number that the last line of one or two words sets; see `time_setting`."""
    return _number(section, keyword, default, _integer, "number")


def switch_setting(section: ConfigSection, keyword: str, *, default: bool) -> Setting[bool]:
    """What the last line ``KEYWORD on|off`` sets."""
    found = section.setting(keyword)
    if found is None:
        return Setting(default, section.header.span, written=False)
    if isinstance(found.value, Unknown):
        return Setting(found.value, found.span)
    if found.value not in {"on", "off"}:
        return Setting(Unknown(f"{found.value!r} is neither on nor off", found.span), found.span)
    return Setting(found.value == "on", found.span)


def _number(
    section: ConfigSection, keyword: str, default: int | None, read: Callable[[str], int | None], what: str
) -> Setting[int] | None:
    found = section.setting(keyword)
    if found is None:
        return None if default is None else Setting(default, section.header.span, written=False)
    if isinstance(found.value, Unknown):
        return Setting(found.value, found.span)
    value = read(found.value)
    return Setting(Unknown(f"{found.value!r} is no {what}", found.span) if value is None else value, found.span)


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None

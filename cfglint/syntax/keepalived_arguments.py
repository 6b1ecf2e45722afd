"""What the daemon says about a statement's arguments, from the keyword table alone."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from cfglint.syntax.keepalived_keywords import Argument

INCLUDE_CHECKS = ("read", "match", "wildcard_match", "brace_match")
INTERFACE_LIMIT = 15
"""Characters of an interface name (the kernel's limit)."""

BOOLEANS = ("true", "on", "yes", "false", "off", "no")
"""The daemon compares exactly, in lower case."""

MAX_PORT = 65535
WEIGHT_LIMIT = 254
UINT_MAX = 2**32 - 1
INT_MAX = 2**31 - 1
DECIMALS = 6
"""Digits after the point that a time may have: the daemon counts microseconds."""

WHOLE = re.compile(r"[ \t\n\v\f\r]*[+-]?[0-9]+")
FRACTION = re.compile(r"[0-9]*(\.[0-9]*)?")

FaultKind = Literal["missing", "extra", "number", "range", "choice", "boolean", "address"]


@dataclass(frozen=True, slots=True)
class ArgumentFault:
    """One argument that the daemon refuses.

    Attributes:
        kind: ``missing`` · ``number`` (not one) · ``range`` · ``choice`` (none of the words allowed) · ``boolean`` ·
            ``address`` · ``extra`` (a word too many).
        word: the index of the word in the statement, 0 is the keyword; the keyword's own for a missing one.
        expected: what would be right, for a message.
        stops_reading: the daemon gives up the whole file here.
    """

    kind: FaultKind
    word: int
    expected: str
    stops_reading: bool = False


def argument_fault(argument: Argument, words: Sequence[str]) -> ArgumentFault | None:
    """The first thing wrong with a statement's arguments.

    Args:
        argument: what its keyword takes.
        words: the statement's words, the keyword first, a trailing ``{`` left out.
    """
    if argument.shape in {"flag", "none"}:
        return None
    if len(words) < 2:
        if argument.missing == "fine":
            return None
        return ArgumentFault("missing", 0, expected_argument(argument), stops_reading=argument.missing == "fatal")
    if argument.shape == "single":
        return ArgumentFault("extra", 2, "one word and no more") if len(words) > 2 else None
    if argument.shape in LISTS:
        check, expected = LISTS[argument.shape]
        wrong = (index for index, text in enumerate(words[1:], 1) if not check(text))
        return next((ArgumentFault("choice", index, expected) for index in wrong), None)
    if argument.shape in FORMS:
        check, expected = FORMS[argument.shape]
        return None if check(words[1]) else ArgumentFault(_form_kind(argument.shape), 1, expected)
    if argument.shape == "host":
        port = words[2] if len(words) > 2 else "25"
        fits = WHOLE.fullmatch(port) is not None and 1 <= int(port) <= MAX_PORT
        return None if fits else ArgumentFault("range", 2, f"a host and a port from 1 to {MAX_PORT}")
    if argument.shape == "weight" and len(words) > 2 and words[2] not in {"reverse", "noreverse"}:
        return ArgumentFault("choice", 2, "reverse, or nothing")
    reader = READERS.get(argument.shape)
    return reader(argument, words[1]) if reader is not None else None


def expected_argument(argument: Argument) -> str:
    """What an argument should be, in words: ``a whole number from 1 to 255``."""
    if argument.shape == "one":
        *first, last = argument.choices
        return f"{', '.join(first)} or {last}" if first else last
    names = {
        "uint": "a whole number", "int": "a whole number", "weight": "a whole number", "seconds": "a number of seconds",
        "milliseconds": "a number of milliseconds", "bool": "one of " + ", ".join(BOOLEANS), "address": "an IP address",
        "script": "a script", "user": "a user",
    }  # fmt: skip
    name = names.get(argument.shape, "a value")
    if argument.low is not None and argument.high is not None and not _unlimited(argument.high):
        return f"{name} from {argument.low} to {argument.high}"
    return f"{name}, at least {argument.low}" if argument.low is not None else name


def _unlimited(high: Decimal) -> bool:
    return high in {UINT_MAX, INT_MAX}


def _whole(argument: Argument, text: str) -> ArgumentFault | None:
    if not WHOLE.fullmatch(text) or (argument.shape == "uint" and "-" in text):
        return ArgumentFault("number", 1, expected_argument(argument))
    return _in_range(argument, Decimal(text.strip()))


def _decimal(argument: Argument, text: str) -> ArgumentFault | None:
    if not FRACTION.fullmatch(text) or not text.strip("."):
        return ArgumentFault("number", 1, expected_argument(argument))
    if len(text.partition(".")[2]) > DECIMALS:
        expected = f"{expected_argument(argument)} with at most {DECIMALS} digits after the point"
        return ArgumentFault("number", 1, expected)
    return _in_range(argument, Decimal(text))


def _in_range(argument: Argument, number: Decimal) -> ArgumentFault | None:
    too_low = argument.low is not None and number < argument.low
    too_high = argument.high is not None and number > argument.high
    return ArgumentFault("range", 1, expected_argument(argument)) if too_low or too_high else None


def _choice(argument: Argument, text: str) -> ArgumentFault | None:
    return None if text in argument.choices else ArgumentFault("choice", 1, expected_argument(argument))


def _boolean(argument: Argument, text: str) -> ArgumentFault | None:
    return None if text in BOOLEANS else ArgumentFault("boolean", 1, expected_argument(argument))


def is_address(text: str) -> bool:
    """True for an IPv4 or IPv6 address; a prefix after ``/`` and a zone (``%eth0``) are allowed and ignored."""
    return parse_address(text) is not None


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in front of a prefix or range, or None when it is none."""
    try:
        return ipaddress.ip_address(text.partition("/")[0].partition("-")[0])
    except ValueError:
        return None


def _is_multicast(text: str, version: int | None = None) -> bool:
    address = parse_address(text)
    return address is not None and address.is_multicast and version in {None, address.version}


def _is_status_code(text: str) -> bool:
    low, dash, high = text.partition("-")
    codes = [low, high] if dash else [low]
    return all(code.isdecimal() and 100 <= int(code) <= 599 for code in codes) and (not dash or int(low) <= int(high))


def _is_initial(text: str) -> bool:
    return WHOLE.fullmatch(text) is not None and not text.startswith("+") and abs(int(text)) <= WEIGHT_LIMIT


def _is_granularity(text: str) -> bool:
    return is_address(text) or (text.isdecimal() and 1 <= int(text) <= 128)


def _form_kind(shape: str) -> FaultKind:
    return "choice" if shape in {"digest", "granularity", "interface"} else "address"


FORMS: dict[str, tuple[Callable[[str], bool], str]] = {
    "address": (is_address, "an IP address"),
    "service": (is_address, "an IP address and a port"),
    "multicast": (_is_multicast, "a multicast address"),
    "multicast4": (lambda text: _is_multicast(text, 4), "an IPv4 multicast address"),
    "multicast6": (lambda text: _is_multicast(text, 6), "an IPv6 multicast address"),
    "interface": (
        lambda text: len(text) <= INTERFACE_LIMIT,
        f"an interface name of at most {INTERFACE_LIMIT} characters",
    ),
    "digest": (lambda text: re.fullmatch(r"[0-9a-fA-F]{32}", text) is not None, "32 hexadecimal digits"),
    "granularity": (_is_granularity, "a netmask, or for IPv6 a prefix length from 1 to 128"),
}
"""Shapes of which the first word is looked at: the check and what would be right."""

LISTS: dict[str, tuple[Callable[[str], bool], str]] = {
    "numbers": (lambda text: WHOLE.fullmatch(text) is not None and "-" not in text, "whole numbers"),
    "initial value": (lambda text: text == "overwrite" or _is_initial(text), "a number from -254 to 254, or overwrite"),
    "garp interval": (lambda text: text == "all" or text.isdecimal(), "all, or a whole number of seconds"),
    "buffer policy": (lambda text: text in {"MTU", "ADVERT"} or text.isdecimal(), "MTU, ADVERT or a number of bytes"),
    "include checks": (lambda text: text.lstrip("+-") in INCLUDE_CHECKS, "read, match, wildcard_match or brace_match"),
    "hex": (lambda text: re.fullmatch(r"[0-9a-fA-FxX ]+", text) is not None, "hexadecimal digits"),
    "status codes": (_is_status_code, "status codes from 100 to 599, single or as LOW-HIGH"),
    "timeouts": (lambda text: text in {"tcp", "tcpfin", "udp"} or text.isdecimal(), "tcp, tcpfin or udp with seconds"),
}
"""Shapes of which every word is looked at."""

READERS: dict[str, Callable[[Argument, str], ArgumentFault | None]] = {
    "uint": _whole,
    "int": _whole,
    "weight": _whole,
    "seconds": _decimal,
    "milliseconds": _decimal,
    "one": _choice,
    "bool": _boolean,
}

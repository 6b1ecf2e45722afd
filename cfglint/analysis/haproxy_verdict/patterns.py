"""The patterns of ACLs: numbers, networks, regular expressions, hexadecimal strings."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address

from cfglint.analysis.haproxy_verdict.line import Line

_NUMBER = re.compile(r"[+-]?[0-9]*(?:\.[0-9]+)?(?::[+-]?[0-9]*(?:\.[0-9]+)?)?")
_OPERATORS = frozenset({"eq", "ge", "gt", "le", "lt"})
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}(?:/([0-9]{1,2}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}))?")
_PCRE_ONLY = re.compile(r"\(\?|\\[A-Zpk]|[*+?}][+?]|\[\[|\\[0-9]")


def check_patterns(line: Line, at: int, end: int, method: str, what: str) -> None:
    """Check patterns by the way in which they are matched.

    Args:
        line: the line.
        at: index of the first pattern.
        end: index behind the last one.
        method: ``str``, ``int``, ``ip``, ``reg``, …
        what: the ACL, for messages.
    """
    for index in range(at, end):
        if not line.known(index):
            continue
        text = line.words[index]
        why = ""
        if method in {"int", "len"}:
            if text in _OPERATORS:
                continue
            if not text or not _NUMBER.fullmatch(text):
                why = f"{text!r} is no number"
            elif _reversed(text):
                why = f"{text!r} is no range: its first number is the higher one"
        elif method == "ip":
            why = "" if is_network(text) else f"{text!r} is no IPv4 or IPv6 address or network"
        elif method == "reg":
            why = bad_regex(text)
        elif method == "bin" and (len(text) % 2 or re.search(r"[^0-9A-Fa-f]", text)):
            why = f"{text!r} is no string of hexadecimal digits, two for each byte"
        if why:
            line.fail("expression", index, f"{what}: {why}; HAProxy refuses the line")
            return


def _reversed(text: str) -> bool:
    low, colon, high = text.partition(":")
    try:
        return bool(colon and low and high) and float(low) > float(high)
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def is_network(text: str) -> bool:
    """True for an address or network as ACLs take them; short IPv4 forms (``10.0``) count, host names do not."""
    found = _IPV4.fullmatch(text)
    if found is not None:
        if any(int(part) > 255 for part in text.split("/", maxsplit=1)[0].split(".")):
            return False
        mask = found[1]
        return mask is None or "." in mask or int(mask) <= 32
    address, slash, prefix = text.partition("/")
    try:
        IPv6Address(address)
    except ValueError:
        return False
    return not slash or (prefix.isdigit() and int(prefix) <= 128)


@lru_cache(maxsize=1024)
def bad_regex(text: str) -> str:
    """Why HAProxy's regex library refuses a pattern for certain, or empty where that is not known.

    Only what every library refuses is said: builds use PCRE2, PCRE or the C library.
    """
    if _PCRE_ONLY.search(text):
        return ""
    try:
        re.compile(text)
    except re.error as error:
        if error.msg.startswith(("unterminated character set", "missing ), unterminated", "nothing to repeat")):
            return f"the regular expression {text!r} is broken ({error.msg})"
    except (OverflowError, RecursionError):
        return ""
    return ""

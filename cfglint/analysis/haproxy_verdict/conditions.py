"""Conditions behind ``if`` and ``unless``, and the ACLs they name, read as parse_acl_cond() and parse_acl_expr() do."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address

from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.samples import JudgedSample, is_converter, judge_sample
from cfglint.syntax.haproxy_keywords import ALL, lookup, nearest

_ACL_NAME = re.compile(r"[A-Za-z0-9_.:-]*")
_NUMBER = re.compile(r"[+-]?\d*(?:\.\d+)?(?::[+-]?\d*(?:\.\d+)?)?")
_FROM_2_6 = ALL & ~1
_OPERATORS = frozenset({"eq", "ge", "gt", "le", "lt"})
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,3}(?:/(\d{1,2}|\d{1,3}(?:\.\d{1,3}){3}))?")
_DOTTED = frozenset({"req.ssl_ver", "req_ssl_ver"})
"""Their patterns are versions such as 3.0 and ranges of them."""

_PLAIN_FLAGS = frozenset({"-i", "-n", "-M"})
_DEFAULT_METHODS = {"bool": "bool", "sint": "int", "addr": "ip", "ipv4": "ip", "ipv6": "ip", "str": "str", "bin": "bin"}
_PCRE_ONLY = re.compile(r"\(\?|\\[A-Zpk]|[*+?}][+?]|\[\[|\\[0-9]")


def check_condition(line: Line, start: int, *, what: str = "", required: bool = False) -> None:
    """Check the rest of a line as a condition.

    Args:
        line: the line.
        start: the index of ``if`` or ``unless``, or one past the last word.
        what: the rule, for messages; by default the line's first words.
        required: the line is refused without a condition.
    """
    rule = what or " ".join(line.words[: min(2, start)])
    if start >= len(line.words):
        if required and not line.open:
            line.fail("condition", start, f"{rule!r} needs a condition: 'if' or 'unless' and one or more ACLs")
        return
    if not line.known(start):
        return
    word = line.words[start]
    if word not in {"if", "unless"}:
        line.fail(
            "condition",
            start,
            f"{word!r} stands behind {rule!r} where only 'if' or 'unless' may follow; HAProxy refuses the line",
            help="blanks inside an argument need quotes or a backslash before each",
        )
        return
    _terms(line, start + 1, rule)


def _terms(line: Line, at: int, rule: str) -> None:
    while at < len(line.words):
        if not line.known(at):
            at += 1
            continue
        word = line.words[at].lstrip("!")
        if not word or word.lower() in {"or", "||"}:
            at += 1
        elif word == "{":
            end = _closing(line, at + 1)
            if end is None:
                if not line.open:
                    line.fail("condition", at, f"the '{{' of the condition behind {rule!r} is not closed by a '}}'")
                return
            check_acl_expression(line, at + 1, end, "the anonymous ACL")
            at = end + 1
        else:
            if not _named(line, at, word):
                return
            at += 1


def _closing(line: Line, start: int) -> int | None:
    return next((index for index in range(start, len(line.words)) if line.words[index] == "}"), None)


def _named(line: Line, at: int, name: str) -> bool:
    if line.scope.knows_acl(name):
        return True
    predefined = lookup("acl-predefined", name)
    if predefined is not None:
        if predefined.refused:
            message = f"HAProxy has no predefined ACL {name!r} and refuses the line"
            line.fail("condition", at, message, predefined.refused)
        return True
    if line.scope.partial:
        return True
    hint = "an ACL must be defined above its first use, in the same section"
    upper = name.upper()
    if lookup("acl-predefined", upper) is not None:
        hint = f"names are case-sensitive: {upper} is meant"
    elif name in {"and", "&&"}:
        hint = "conditions that stand one behind the other must all be true: leave the word out"
    elif name.startswith("{") and len(name) > 1:
        hint = "a blank must follow the '{'"
    line.fail("condition", at, f"no ACL is called {name!r} above this line; HAProxy refuses it", help=hint)
    return False


def check_acl(line: Line) -> None:
    """Check an ``acl`` line and define its name."""
    if line.is_end(1):
        line.fail("argument-missing", 1, "'acl' needs a name and an expression; HAProxy refuses it")
        return
    if not line.known(1):
        line.scope.partial = True
        return
    name = line.words[1]
    odd = _ACL_NAME.match(name)
    if odd is None or odd.end() < len(name):
        character = name[odd.end() if odd else 0]
        line.fail("name", 1, f"{character!r} may not stand in an ACL's name ({name!r}): letters, digits, - _ . : may")
        line.scope.acls.add(name)
        return
    if name.lower() in {"or", "||"}:
        line.fail("name", 1, f"an ACL cannot be called {name!r}: conditions use this word between ACLs")
        return
    line.scope.acls.add(name)
    check_acl_expression(line, 2, len(line.words), f"ACL {name!r}")


def check_acl_expression(line: Line, start: int, end: int, what: str) -> None:
    """Check a fetch with its flags and patterns.

    Args:
        line: the line.
        start: index of the fetch.
        end: index behind the last pattern.
        what: the ACL, for messages.
    """
    if start >= end:
        if not line.open:
            line.fail("expression", start, f"{what} has no expression: a sample fetch is missing")
        return
    if not line.known(start):
        return
    sample, at = read_sample(line, start, end, acl=True)
    if sample is None:
        return
    note_sample(line, sample, start)
    method = _flags(line, at, end, sample, what)
    if method is not None:
        at, kind = method
        _patterns(line, at, end, kind, what)


def read_sample(line: Line, start: int, end: int, *, acl: bool = False) -> tuple[JudgedSample | None, int]:
    """Read an expression from one or more words: converters may stand in words of their own.

    Returns:
        The expression (None when it cannot be read, which is reported) and the index behind it.
    """
    text = line.words[start]
    at = start + 1
    while at < end and line.known(at) and (text.endswith(",") or is_converter(line.words[at])):
        text = text.rstrip(",") + "," + line.words[at].lstrip(",")
        at += 1
    if text.endswith(",") and at > start:
        text = text.rstrip(",")
    sample = judge_sample(text, acl=acl)
    fatal = False
    for problem in sample.problems:
        fatal |= problem.fails == ALL
        line.fail("expression", start, f"{problem.message}; HAProxy refuses the line", problem.fails, help=problem.help)
    if not fatal and sample.end < len(text):
        rest = text[sample.end :]
        if not sample.problems or not fatal:
            line.fail("expression", start, f"{rest!r} stands behind {text[: sample.end]!r}, where a comma is missing")
        return None, at
    return (None if fatal else sample), at


def note_sample(line: Line, sample: JudgedSample, index: int) -> None:
    """Keep the names that an expression refers to, for the checks at the end."""
    for sort, name in sample.names:
        line.refer(sort, name, index)


def _flags(line: Line, at: int, end: int, sample: JudgedSample, what: str) -> tuple[int, str] | None:
    """Read the flags; where the patterns start, and how they are matched."""
    method = sample.keyword
    explicit = bool(method)
    if sample.fetch in _DOTTED:
        method, explicit = "dotted", True
    while at < end and line.known(at) and line.words[at].startswith("-"):
        flag = line.words[at]
        if flag == "--":
            at += 1
            break
        if flag in {"-m", "-f", "-u"}:
            value = line.get(at + 1) if at + 1 < end else ""
            if flag == "-m":
                if line.known(at + 1) or at + 1 >= end:
                    if lookup("match", value) is None:
                        near = nearest("match", value)
                        hint = f"did you mean {near!r}?" if near else ""
                        line.fail("expression", at, f"{what}: {value!r} is no matching method", help=hint)
                        return None
                    method, explicit = value, True
                else:
                    return None
            at += 2
            continue
        if flag in _PLAIN_FLAGS:
            at += 1
            continue
        if re.fullmatch(r"-\d+(?::-?\d*)?", flag) and (method or _DEFAULT_METHODS.get(sample.out)) in {"int", "len"}:
            break
        line.fail(
            "expression", at, f"{what}: there is no flag {flag!r}", help="put -- before a pattern that starts with '-'"
        )
        return None
    if not explicit:
        if sample.out == "any":
            line.fail(
                "expression",
                at - 1,
                f"{what}: {sample.fetch!r} has no matching method of its own",
                _FROM_2_6 if sample.fetch == "var" else ALL,  # 2.4 takes a variable for a string
                help="say how to compare with -m, for example -m str or -m found",
            )
            return None
        method = _DEFAULT_METHODS.get(sample.out, "")
    return at, method


def _patterns(line: Line, at: int, end: int, method: str, what: str) -> None:
    operator = False
    for index in range(at, end):
        if not line.known(index):
            continue
        text = line.words[index]
        why = ""
        if method in {"int", "len"}:
            if text in _OPERATORS:
                operator = True
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
    del operator


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

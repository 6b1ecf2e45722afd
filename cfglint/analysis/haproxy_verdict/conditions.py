"""Conditions behind ``if`` and ``unless``, and the ACLs they name: does everything in them exist, and fit?

The grammars read them; they are judged in the order of parse_acl_cond() and parse_acl_expr(), which stop at a fault.
"""

from __future__ import annotations

import re

from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.patterns import check_patterns
from cfglint.analysis.haproxy_verdict.samples import JudgedSample, judge_sample
from cfglint.analysis.haproxy_verdict.values import integer_of
from cfglint.syntax.haproxy_conditions import parse_condition, parse_flags
from cfglint.syntax.haproxy_keywords import ALL, lookup, nearest
from cfglint.syntax.haproxy_samples import join_expression

_ACL_NAME = re.compile(r"[A-Za-z0-9_.:-]*")
_FROM_2_6 = ALL & ~1
_DOTTED = frozenset({"req.ssl_ver", "req_ssl_ver"})
"""Their patterns are versions such as 3.0 and ranges of them."""

_DEFAULT_METHODS = {"bool": "bool", "sint": "int", "addr": "ip", "ipv4": "ip", "ipv6": "ip", "str": "str", "bin": "bin"}


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
    _tests(line, start + 1, rule)


def _tests(line: Line, start: int, rule: str) -> None:
    for test in parse_condition(tuple(line.words[start:])).tests:
        at = start + test.first
        if not test.anonymous:
            if line.known(at) and not _named(line, at, test.name):
                return
        elif test.closed:
            check_acl_expression(line, at, at + len(test.words), "the anonymous ACL")
        elif not line.open:
            line.fail("condition", at - 1, f"the '{{' of the condition behind {rule!r} is not closed by a '}}'")


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
        first, kind = method
        check_patterns(line, first, end, kind, what)


def read_sample(line: Line, start: int, end: int, *, acl: bool = False) -> tuple[JudgedSample | None, int]:
    """Read an expression from one or more words: converters may stand in words of their own.

    Returns:
        The expression (None when it cannot be read, which is reported) and the index behind it.
    """
    text, count = join_expression(line.words[start:end])
    at = start + count
    if count > 1:
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
    """Check the flags; where the patterns start, and how they are matched."""
    method = sample.keyword
    explicit = bool(method)
    if sample.fetch in _DOTTED:
        method, explicit = "dotted", True
    flags, first = parse_flags(line.words[:end], at)
    for flag in flags:
        if not flag.known:
            message = f"{what}: there is no flag {flag.name!r}; HAProxy refuses the line"
            line.fail("expression", flag.at, message, help="put -- before a pattern that starts with '-'")
            return None
        if flag.name == "-m":
            if flag.value is not None and not line.known(flag.at + 1):
                return None
            if not _is_method(line, flag.at, flag.value or "", what):
                return None
            method, explicit = flag.value or "", True
        elif flag.name == "-u" and flag.value and line.known(flag.at + 1) and integer_of(flag.value) is None:
            line.fail("expression", flag.at + 1, f"{what}: -u needs a number, not {flag.value!r}")
            return None
        elif flag.name == "-f" and flag.value is None and not line.open:
            line.fail("expression", flag.at, f"{what}: -f needs the name of a file; HAProxy refuses the line")
            return None
    if not explicit:
        if sample.out == "any":
            line.fail(
                "expression",
                first - 1,
                f"{what}: {sample.fetch!r} has no matching method of its own",
                _FROM_2_6 if sample.fetch == "var" else ALL,  # 2.4 takes a variable for a string
                help="say how to compare with -m, for example -m str or -m found",
            )
            return None
        method = _DEFAULT_METHODS.get(sample.out, "")
    return first, method


def _is_method(line: Line, at: int, name: str, what: str) -> bool:
    if lookup("match", name) is not None:
        return True
    near = nearest("match", name)
    hint = f"did you mean {near!r}?" if near else ""
    line.fail("expression", at, f"{what}: {name!r} is no matching method", help=hint)
    return False

"""Arguments that many rule actions take: expressions, formats, variables, times and sizes."""

from __future__ import annotations

import re
from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.conditions import note_sample, read_sample
from cfglint.analysis.haproxy_verdict.formats import check_format, check_where
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.patterns import bad_regex
from cfglint.analysis.haproxy_verdict.values import time_of
from cfglint.syntax.haproxy_rules import parse_action

_SCOPED = re.compile(r"(proc|p?sess|p?txn|p?req|p?res|check)\.[A-Za-z0-9_.]+$")
_NUMBER = re.compile(r"(?:0[xX][0-9A-Fa-f]+|-?\d+)$")
_SET_CONDITIONS = frozenset({"ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt"})
_CONDITION = frozenset({"if", "unless"})

WHERE = {
    "http-request": (3, 7), "http-response": (16, 12), "http-after-response": (16, 12),
    "tcp-request connection": (0, 0), "tcp-request session": (1, 1), "tcp-request content": (2, 6),
    "tcp-response content": (15, 11),
}  # fmt: skip
"""For each rule set the places of processing (columns of the keyword table) in a frontend and in a backend."""

Reader = Callable[[Line, int, str], int | None]
"""Reads an action's arguments from an index on; the index behind them, or None when the rest cannot be read."""


def miss(line: Line, index: int, what: str) -> None:
    """Report that the line ends before an argument."""
    if not line.open:
        action = " ".join(line.words[: min(3, len(line.words))])
        line.fail("argument-missing", index, f"{action!r} lacks {what}; HAProxy refuses it")


def take(line: Line, at: int, what: str) -> bool:
    """True when there is a word; reports a missing one."""
    if at < len(line.words):
        return True
    miss(line, at, what)
    return False


def nothing(_line: Line, at: int, _place: str) -> int | None:
    """Read no argument."""
    return at


def words_of(*kinds: str) -> Reader:
    """A reader of a fixed row of words: ``name``, ``regex`` or ``format``."""

    def read(line: Line, at: int, place: str) -> int | None:
        for index, kind in enumerate(kinds):
            if not take(line, at + index, f"argument {index + 1} of {len(kinds)}"):
                return None
            if not line.known(at + index):
                continue
            if kind == "regex":
                why = bad_regex(line.words[at + index])
                if why:
                    line.fail("value", at + index, f"{why}; HAProxy refuses it")
            elif kind == "format":
                check_format(line, at + index, WHERE.get(place))
        return at + len(kinds)

    return read


def expression(line: Line, at: int, place: str) -> int | None:
    """Read a sample expression."""
    return typed_expression(line, at, place)[0]


def typed_expression(line: Line, at: int, place: str) -> tuple[int | None, str]:
    """The index behind an expression (None when the rest cannot be read), and the type of its value."""
    if at >= len(line.words) or (line.known(at) and line.words[at] in _CONDITION):
        miss(line, at, "an expression")
        return None, ""
    if not line.known(at):
        return at + 1, ""
    sample, end = read_sample(line, at, len(line.words))
    if sample is None:
        return None, ""
    note_sample(line, sample, at)
    check_where(line, at, sample, WHERE.get(place))
    return end, sample.out


def number_or_expression(line: Line, at: int, place: str) -> int | None:
    """Read a number or a sample expression."""
    if line.known(at) and _NUMBER.match(line.words[at]):
        return at + 1
    return expression(line, at, place)


def _variable(line: Line, at: int) -> bool:
    """Check the name in ``set-var(name[,cond…])`` that stands before an index."""
    word = line.words[at - 1]
    if not line.known(at - 1):
        return True
    action = parse_action(word)
    if action.inner is None or not action.closed or action.rest:
        line.fail("value", at - 1, f"{word!r}: the variable's name must follow in brackets, e.g. set-var(txn.name)")
        return False
    name, *conditions = action.inner.split(",")
    if not _SCOPED.match(name):
        message = f"variable {name!r} needs a scope in front: proc., sess., txn., req., res. or check."
        line.fail("value", at - 1, message)
        return False
    odd = next((word for word in conditions if word.strip() not in _SET_CONDITIONS), None)
    if odd is not None:
        message = f"{odd!r} is no condition for setting a variable: {', '.join(sorted(_SET_CONDITIONS))} are"
        line.fail("value", at - 1, f"{message}; HAProxy refuses it")
    return odd is None


def set_variable(line: Line, at: int, place: str) -> int | None:
    """Read what ``set-var(name)`` stores."""
    return expression(line, at, place) if _variable(line, at) else None


def set_variable_by_format(line: Line, at: int, place: str) -> int | None:
    """Read what ``set-var-fmt(name)`` stores."""
    return words_of("format")(line, at, place) if _variable(line, at) else None


def unset_variable(line: Line, at: int, _place: str) -> int | None:
    """Check the name of ``unset-var(name)``."""
    return at if _variable(line, at) else None


def time_or_expression(line: Line, at: int, place: str) -> int | None:
    """Read a time or a sample expression."""
    if line.known(at) and line.words[at][:1].isdigit():
        why = time_of(line.words[at])
        if isinstance(why, str):
            line.fail("value", at, f"{line.words[at - 1]!r}: {why}")
        return at + 1
    return expression(line, at, place)


def size_or_expression(line: Line, at: int, place: str) -> int | None:
    """Read a size or a sample expression."""
    return at + 1 if line.known(at) and line.words[at][:1].isdigit() else expression(line, at, place)

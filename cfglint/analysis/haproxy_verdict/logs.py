"""``log`` lines of every section that has them."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.shapes import no_more_than
from cfglint.analysis.haproxy_verdict.values import integer_of
from cfglint.syntax.haproxy_keywords import lookup, nearest

_BEFORE_3_0 = 0b111
_BEFORE_3_2 = 0b1111


def check_log(line: Line) -> None:
    """Check a ``log`` (or ``log-stderr``) line."""
    if line.prefix == "no":
        if len(line.words) > 1:
            line.fail("argument-unexpected", 1, "'no log' stands alone; HAProxy refuses it")
        return
    word = line.get(1)
    if line.known(1) and word == "global" and len(line.words) == 2 and line.scope.kind != "global":
        return
    if line.is_end(2):
        message = f"{line.words[0]!r} needs an address and a facility, or 'global'; HAProxy refuses it"
        line.fail("argument-missing", 2, message)
        return
    if line.known(1) and not (word == "global" and line.scope.kind != "global"):
        _address(line, word)
    at = _arguments(line, 2)
    if at is not None:
        _facility(line, at)


def _address(line: Line, text: str) -> None:
    if text in {"stdout", "stderr"}:
        return
    if text.startswith("ring@"):
        line.refer("ring", text[len("ring@") :], 1)
        return
    if text.startswith("backend@"):
        line.fail("too-new", 1, "HAProxy cannot log to a backend and refuses the line", _BEFORE_3_0)
        return
    problem = read_address(text, "log").problem
    if problem is not None:
        line.fail("address", 1, f"'log': {problem.message}; HAProxy refuses it", problem.fails)


def _arguments(line: Line, at: int) -> int | None:
    """Read ``len``, ``format``, ``sample`` and ``profile``; the facility's index, or None."""
    while line.known(at) and line.words[at] in {"len", "format", "sample", "profile"}:
        word = line.words[at]
        if line.is_end(at + 1):
            line.fail("argument-missing", at, f"'log': {word!r} needs a value; HAProxy refuses it")
            return None
        if word == "profile":
            line.fail("too-new", at, "HAProxy refuses 'profile' on a log line as unknown", _BEFORE_3_2)
        elif line.known(at + 1):
            value = line.words[at + 1]
            if word == "len" and not 80 <= (integer_of(value) or 0) <= 65535:
                line.fail("value", at + 1, f"{value!r} is no log length between 80 and 65535; HAProxy refuses it")
                return None
            if word == "format" and lookup("log-format", value) is None:
                near = nearest("log-format", value)
                hint = f"did you mean {near!r}?" if near else ""
                line.fail("value", at + 1, f"{value!r} is no log format; HAProxy refuses it", help=hint)
                return None
            if word == "sample" and ":" not in value:
                line.fail("value", at + 1, f"{value!r} is no sample: ranges and a size are expected, e.g. 1,2-5:8")
                return None
        at += 2
    return at


def _facility(line: Line, at: int) -> None:
    if line.is_end(at):
        line.fail("argument-missing", at, "'log' needs a facility behind its address; HAProxy refuses it")
        return
    if line.known(at) and lookup("log-facility", line.words[at]) is None:
        near = nearest("log-facility", line.words[at])
        hint = f"did you mean {near!r}?" if near else "local0 to local7, daemon, user, syslog, …"
        line.fail("value", at, f"{line.words[at]!r} is no log facility; HAProxy refuses it", help=hint)
        return
    for index in (at + 1, at + 2):
        if line.known(index) and lookup("log-level", line.words[index]) is None:
            near = nearest("log-level", line.words[index])
            hint = f"did you mean {near!r}?" if near else "emerg, alert, crit, err, warning, notice, info, debug"
            line.fail("value", index, f"{line.words[index]!r} is no log level; HAProxy refuses it", help=hint)
            return
    no_more_than(line, at + 3)

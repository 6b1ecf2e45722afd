"""``filter`` lines of proxies: each filter's arguments."""

from __future__ import annotations

from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.conditions import note_sample, read_sample
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.shapes import no_more_than
from cfglint.analysis.haproxy_verdict.values import size_of, time_of
from cfglint.syntax.haproxy_keywords import ALL, lookup, nearest

_TRACE_FLAGS = frozenset({"random-parsing", "random-forwarding", "hexdump", "quiet"})
_BANDWIDTH_WORDS = frozenset({"default-limit", "default-period", "limit", "key", "table", "min-size"})
_SHARED = ("limit", "key")
_OF_A_STREAM = ("default-limit", "default-period")


def check_filter(line: Line) -> None:
    """Check a ``filter`` line."""
    if line.is_end(1):
        line.fail("argument-missing", 1, "'filter' needs the name of a filter; HAProxy refuses it")
        return
    if not line.known(1):
        return
    name = line.words[1]
    if name.startswith("lua."):
        line.refer("lua", name, 1)
        return
    row = lookup("filter", name)
    if row is None or row.refused == ALL:
        near = nearest("filter", name)
        hint = f"did you mean {near!r}?" if near else ""
        line.fail("unknown", 1, f"{name!r} is no filter; HAProxy refuses it", help=hint)
        return
    if row.refused:
        line.fail("too-new", 1, f"HAProxy refuses the filter {name!r} as unknown", row.refused)
    _CHECKS[name](line)


def _named(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, f"'filter {line.words[1]}' needs a name; HAProxy refuses it")
    elif line.known(2):
        line.refer(line.words[1], line.words[2], 2)


def _bare(line: Line) -> None:
    if not no_more_than(line, 2) and line.words[1] == "compression":
        first = line.scope.facts.setdefault("filter compression", line)
        if first is not line:
            related = (("the first one", first.directive.span),)
            message = f"{line.scope.label} has two compression filters; HAProxy refuses the second"
            line.fail("duplicate", 1, message, related=related)


def _trace(line: Line) -> None:
    at = 2
    while line.known(at):
        word = line.words[at]
        if word == "name" and line.is_end(at + 1):
            line.fail("argument-missing", at, "'filter trace name' needs a name; HAProxy refuses it")
            return
        if word != "name" and word not in _TRACE_FLAGS:
            line.fail("value", at, f"{word!r} is no argument of 'filter trace'; HAProxy refuses it")
            return
        at += 2 if word == "name" else 1


def _configured(line: Line) -> None:
    """``engine`` or ``id`` with a name, and ``config`` with a file."""
    at, file, name = 2, False, "engine" if line.words[1] == "spoe" else "id"
    while line.known(at):
        word = line.words[at]
        if word not in {name, "config"}:
            line.fail("value", at, f"{word!r} is no argument of 'filter {line.words[1]}'; HAProxy refuses it")
            return
        if line.is_end(at + 1):
            line.fail("argument-missing", at, f"{word!r} needs a value; HAProxy refuses it")
            return
        file |= word == "config"
        at += 2
    if not file and line.is_end(at):
        message = f"'filter {line.words[1]}' needs 'config' and a file; HAProxy refuses it"
        line.fail("argument-missing", len(line.words) - 1, message)


def _bandwidth(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, f"'filter {line.words[1]}' needs a name; HAProxy refuses it")
        return
    found: dict[str, int] = {}
    at = 3
    while line.known(at):
        word = line.words[at]
        if word not in _BANDWIDTH_WORDS:
            line.fail("value", at, f"{word!r} is no argument of 'filter {line.words[1]}'; HAProxy refuses it")
            return
        found[word] = at
        if line.is_end(at + 1):
            line.fail("argument-missing", at, f"{word!r} needs a value; HAProxy refuses it")
            return
        why = _bandwidth_value(line, at) if line.known(at + 1) else None
        if why is not None:
            line.fail("value", at + 1, f"{word!r}: {why}; HAProxy refuses it")
            return
        at += 2
    if line.is_end(at):
        _bandwidth_kind(line, found)


def _bandwidth_value(line: Line, at: int) -> str | None:
    word, text = line.words[at], line.words[at + 1]
    if word == "key":
        sample, _ = read_sample(line, at + 1, at + 2)
        if sample is not None:
            note_sample(line, sample, at + 1)
        return None
    if word == "table":
        return None
    value = time_of(text) if word == "default-period" else size_of(text)
    return value if isinstance(value, str) else None


def _bandwidth_kind(line: Line, found: dict[str, int]) -> None:
    """A limit is shared by a key, or of each stream: one of the two, and completely."""
    shared = any(word in found for word in (*_SHARED, "table"))
    if shared and any(word in found for word in _OF_A_STREAM):
        line.fail(
            "value",
            min(found[word] for word in _OF_A_STREAM if word in found),
            "a limit of each stream and a shared one exclude each other; HAProxy refuses the line",
        )
        return
    for word in _SHARED if shared else _OF_A_STREAM:
        if word not in found:
            line.fail("argument-missing", len(line.words) - 1, f"{word!r} is missing; HAProxy refuses the line")
            return
    if shared:
        at = found.get("table")
        if at is None:
            line.refer("table", "", found["limit"])
        elif line.known(at + 1):
            line.refer("table", line.words[at + 1], at + 1)


_CHECKS: dict[str, Callable[[Line], None]] = {
    "bwlim-in": _bandwidth,
    "bwlim-out": _bandwidth,
    "cache": _named,
    "comp-req": _bare,
    "comp-res": _bare,
    "compression": _bare,
    "fcgi-app": _named,
    "opentracing": _configured,
    "spoe": _configured,
    "trace": _trace,
}

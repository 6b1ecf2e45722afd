"""``stick-table`` lines, and ``table`` lines of peers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.values import leading_integer, size_of, time_of
from cfglint.syntax.haproxy_keywords import lookup, nearest
from cfglint.syntax.haproxy_stick_tables import Stored, parse_stick_table, parse_stored

_WITHOUT_VALUE = frozenset({"nopurge", "recv-only", "store"})
_OVERRIDING = (
    ("gpc", frozenset({"gpc0", "gpc1"})),
    ("gpc_rate", frozenset({"gpc0_rate", "gpc1_rate"})),
    ("gpt", frozenset({"gpt0"})),
)
"""Arrays that cannot stand beside the single counters that they replace."""

_ARRAYS = frozenset({"gpc", "gpt", "gpc_rate"})
_MOST_COUNTERS = 100


def check_table(line: Line, start: int) -> None:
    """Check a stick table's description.

    Args:
        line: the line.
        start: index of its first word behind the name.
    """
    typed = sized = False
    before = ""
    table = parse_stick_table(tuple(line.words[start:]))
    for parameter in table.parameters:
        at, word, value = start + parameter.at, parameter.name, parameter.value
        if not line.known(at):
            return
        if word == "len" and before in {"string", "binary"}:
            before = ""
            if value is not None and line.known(at + 1) and leading_integer(value) < 1:
                line.fail("value", at + 1, f"{value!r} is no length above 0; HAProxy refuses it")
                return
            continue
        before = ""
        row = lookup("stick-table", word)
        if row is None:
            near = nearest("stick-table", word)
            hint = f"did you mean {near!r}?" if near else ""
            line.fail("unknown", at, f"{word!r} is no argument of a stick table; HAProxy refuses it", help=hint)
            return
        if row.refused:
            line.fail("too-new", at, f"HAProxy refuses the stick table argument {word!r} as unknown", row.refused)
        typed |= word == "type"
        sized |= word == "size"
        if value is None:
            if word not in _WITHOUT_VALUE and not line.open:
                line.fail("argument-missing", at, f"stick table argument {word!r} needs a value; HAProxy refuses it")
                return
        elif line.known(at + 1):
            check = _CHECKS.get(word)
            if check is not None and not check(line, at + 1):
                return
            if word == "type":
                before = value
            elif word == "size":
                sized = size_of(value) != 0
    _exclusive(line, start, table.stores)
    for there, name in ((sized, "size"), (typed, "type")):
        if not there and not line.open:
            line.fail("argument-missing", len(line.words) - 1, f"the stick table has no {name!r}; HAProxy refuses it")
            return


def _type(line: Line, at: int) -> bool:
    name = line.words[at]
    if lookup("stick-type", name) is not None:
        return True
    near = nearest("stick-type", name)
    hint = f"did you mean {near!r}?" if near else ""
    line.fail("value", at, f"{name!r} is no stick table type: ip, ipv6, integer, string, binary", help=hint)
    return False


def _size(line: Line, at: int) -> bool:
    return _fits(line, at, size_of(line.words[at]))


def _expire(line: Line, at: int) -> bool:
    return _fits(line, at, time_of(line.words[at]))


def _fits(line: Line, at: int, value: int | str) -> bool:
    if isinstance(value, str):
        line.fail("value", at, f"stick table {line.words[at - 1]}: {value}; HAProxy refuses it")
    return not isinstance(value, str)


def _peers(line: Line, at: int) -> bool:
    line.refer("peers", line.words[at], at)
    return True


def _server_key(line: Line, at: int) -> bool:
    if line.words[at] in {"name", "addr"}:
        return True
    line.fail("value", at, f"srvkey is 'name' or 'addr', not {line.words[at]!r}; HAProxy refuses it")
    return False


def _store(line: Line, at: int) -> bool:
    return all(_stored(line, at, kind) for kind in parse_stored(line.words[at]))


def _exclusive(line: Line, start: int, stores: Sequence[Stored]) -> None:
    """Report an array beside the single counters that it replaces, in one table."""
    names = {kind.name for kind in stores}
    for array, single in _OVERRIDING:
        if array in names and names & single:
            other = min(names & single)
            message = f"a stick table cannot store {array!r} and {other!r} together: the first one replaces the second"
            line.fail("value", start, f"{message}; HAProxy refuses it", last=len(line.words) - 1)
            return


def _stored(line: Line, at: int, kind: Stored) -> bool:
    name, argument, closed = kind
    row = lookup("stick-data", name)
    written = name if argument is None else f"{name}({argument})"
    if row is None:
        near = nearest("stick-data", name)
        hint = f"did you mean {near!r}?" if near else ""
        line.fail("value", at, f"{written!r} is nothing that a stick table can store; HAProxy refuses it", help=hint)
        return False
    if row.refused:
        line.fail("too-new", at, f"HAProxy refuses to store {name!r} as unknown", row.refused)
    if not closed:
        line.fail("value", at, f"the parenthesis behind {name!r} is not closed; HAProxy refuses it")
    elif row.arguments and argument is None:
        line.fail("argument-missing", at, f"{name!r} needs an argument in brackets; HAProxy refuses it")
    elif not row.arguments and argument is not None:
        line.fail("value", at, f"{name!r} takes no argument in brackets; HAProxy refuses it")
    elif row.arguments == "2" and "," not in (argument or ""):
        line.fail("argument-missing", at, f"{written!r} needs a number and a time in brackets; HAProxy refuses it")
    elif name.endswith("_rate") and argument is not None and isinstance(time_of(argument.split(",")[-1]), str):
        line.fail("value", at, f"{written!r}: a time is expected in the brackets, e.g. {name}(10s)")
    elif name in _ARRAYS and not 1 <= leading_integer(argument or "") <= _MOST_COUNTERS:
        line.fail("value", at, f"{written!r}: a number from 1 to {_MOST_COUNTERS} is expected in the brackets")
    else:
        return True
    return False


_CHECKS: dict[str, Callable[[Line, int], bool]] = {
    "type": _type,
    "size": _size,
    "expire": _expire,
    "peers": _peers,
    "srvkey": _server_key,
    "store": _store,
}
"""The check of each parameter's value; True when the line is read further."""

"""``stick-table`` lines, and ``table`` lines of peers."""

from __future__ import annotations

import re

from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.values import integer_of, leading_integer, size_of, time_of
from cfglint.syntax.haproxy_keywords import ALL, lookup, nearest

_STORE = re.compile(r"([a-z0-9_]+)(?:\(([^)]*)\))?,?")


def check_table(line: Line, start: int) -> None:
    """Check a stick table's description.

    Args:
        line: the line.
        start: index of its first word behind the name.
    """
    typed = sized = False
    at = start
    while at < len(line.words):
        if not line.known(at):
            return
        word = line.words[at]
        row = lookup("stick-table", word)
        if row is None:
            near = nearest("stick-table", word)
            hint = f"did you mean {near!r}?" if near else ""
            line.fail("unknown", at, f"{word!r} is no argument of a stick table; HAProxy refuses it", help=hint)
            return
        if row.refused:
            line.fail("too-new", at, f"HAProxy refuses the stick table argument {word!r} as unknown", row.refused)
        if word in {"nopurge", "recv-only"}:
            at += 1
            continue
        if line.is_end(at + 1) and word == "store":
            break
        if line.is_end(at + 1):
            line.fail("argument-missing", at, f"stick table argument {word!r} needs a value; HAProxy refuses it")
            return
        if not line.known(at + 1):
            typed, sized, at = typed or word == "type", sized or word == "size", at + 2
            continue
        value = line.words[at + 1]
        if word == "type":
            typed = True
            end = _type(line, at + 1)
            if end is None:
                return
            at = end
            continue
        if word == "size":
            size = size_of(value)
            if isinstance(size, str):
                line.fail("value", at + 1, f"stick table size: {size}; HAProxy refuses it")
                return
            sized = size > 0
        elif word == "expire":
            time = time_of(value)
            if isinstance(time, str):
                line.fail("value", at + 1, f"stick table expire: {time}; HAProxy refuses it")
                return
        elif word == "srvkey" and value not in {"name", "addr"}:
            line.fail(
                "value", at + 1, f"stick table srvkey: name or addr is expected, not {value!r}; HAProxy refuses it"
            )
            return
        elif word == "peers":
            line.refer("peers", value, at + 1)
        elif word == "store" and not _store(line, at + 1):
            return
        at += 2
    for there, name in ((sized, "size"), (typed, "type")):
        if not there and not line.open:
            line.fail("argument-missing", len(line.words) - 1, f"the stick table has no {name!r}; HAProxy refuses it")
            return


def _type(line: Line, at: int) -> int | None:
    """Read a type with its length; the index behind it."""
    name = line.words[at]
    if lookup("stick-type", name) is None:
        near = nearest("stick-type", name)
        hint = f"did you mean {near!r}?" if near else ""
        line.fail("value", at, f"{name!r} is no stick table type: ip, ipv6, integer, string, binary", help=hint)
        return None
    at += 1
    if name in {"string", "binary"} and line.get(at) == "len":
        if line.known(at + 1) and leading_integer(line.words[at + 1]) < 1:
            line.fail("value", at + 1, f"{line.words[at + 1]!r} is no length above 0; HAProxy refuses it")
            return None
        at += 2
    return at


def _store(line: Line, at: int) -> bool:
    text = line.words[at]
    for part in re.findall(r"[^,(]+(?:\([^)]*\))?", text):
        found = _STORE.fullmatch(part)
        row = lookup("stick-data", found[1]) if found else None
        if found is None or row is None:
            near = nearest("stick-data", part.partition("(")[0])
            hint = f"did you mean {near!r}?" if near else ""
            line.fail("value", at, f"{part!r} is nothing that a stick table can store; HAProxy refuses it", help=hint)
            return False
        if row.refused:
            line.fail("too-new", at, f"HAProxy refuses to store {found[1]!r} as unknown", row.refused)
        if row.arguments and found[2] is None:
            line.fail("argument-missing", at, f"{found[1]!r} needs an argument in brackets; HAProxy refuses it")
            return False
        if found[1].endswith("_rate") and found[2] is not None and isinstance(time_of(found[2].split(",")[-1]), str):
            line.fail("value", at, f"{part!r}: a time is expected in the brackets, e.g. {found[1]}(10s)")
            return False
        if found[1] in {"gpc", "gpt"} and (integer_of(found[2] or "") or 0) < 1:
            line.fail("value", at, f"{part!r}: a number above 0 is expected in the brackets", ALL)
            return False
    return True

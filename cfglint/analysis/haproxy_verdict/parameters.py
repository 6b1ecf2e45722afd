"""Parameters of ``bind``, ``server`` and ``default-server`` lines: their names, their arguments, their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.conditions import note_sample, read_sample
from cfglint.analysis.haproxy_verdict.formats import check_format
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.parameter_values import BIND_VALUES, SERVER_VALUES
from cfglint.syntax.haproxy_keywords import ALL, nearest, rows_of
from cfglint.syntax.haproxy_parameters import HIDDEN, Place, parse_parameters, row_of

Parameters = Mapping[str, int]
"""The parameters of a line and the index of each one's name."""

_UP_TO_2_6 = 0b11
_FROM_2_6 = ALL & ~1
_FROM_3_2 = ALL & ~0b1111


_OPTIONAL_VALUES = frozenset(
    {"weight", "maxconn", "minconn", "maxqueue", "init-addr", "set-proxy-v2-tlv-fmt", "shard", "resolve-opts"}
)
"""Their value may be missing: HAProxy then reads an empty one."""

_NAMING = {
    **dict.fromkeys(("guid", "healthcheck", "resolvers"), ("default-server",)),
    "id": ("default-server", "server-template", "default-bind", "stats"),
}
"""Parameters whose value is looked up or must be unique, and the lines where it is not."""

_PLAIN_DELAYS = frozenset({"inter", "fastinter", "downinter", "agent-inter", "slowstart"})


_MAX_REMEMBERED = 20_000
_fine: dict[tuple[str | int, ...], Parameters] = {}
"""Parameter lists without any fault or reference, by place, start and words: many servers have the same one."""


def check_bind(line: Line, port_needed: int = ALL) -> Parameters:
    """Check a ``bind`` line.

    Args:
        line: the line.
        port_needed: the branches that refuse a wrong address.

    Returns:
        Its parameters and the index of each one's name.
    """
    if line.is_end(1):
        line.fail("argument-missing", 1, "'bind' needs an address and a port; HAProxy refuses it")
        return {}
    if line.known(1):
        for address in line.words[1].split(","):
            problem = read_address(address, "bind").problem
            if problem is not None:
                line.fail("address", 1, f"'bind': {problem.message}; HAProxy refuses it", problem.fails & port_needed)
                break
            if address.startswith("rhttp@"):
                line.refer("experimental", "rhttp@", 1)
    return check_parameters(line, 2, "bind")


def check_parameters(line: Line, start: int, place: Place) -> Parameters:
    """Check the parameters of a line from one word on.

    Args:
        line: the line.
        start: the first parameter's index.
        place: ``bind`` or ``server``.

    Returns:
        The parameters read and the index of each one's name.
    """
    key = (place, start, *line.words[start:]) if line.plain else None
    if key is not None and key in _fine:
        return _fine[key]
    before = line.reports + len(line.references)
    found = _read_parameters(line, start, place)
    if key is not None and line.reports + len(line.references) == before:
        if len(_fine) > _MAX_REMEMBERED:
            _fine.clear()
        _fine[key] = found
    return found


def _read_parameters(line: Line, start: int, place: Place) -> dict[str, int]:
    tests = BIND_VALUES if place == "bind" else SERVER_VALUES
    rows = rows_of(place)
    found: dict[str, int] = {}
    words = line.words[start:]
    known = words if line.plain else [word if line.known(start + at) else None for at, word in enumerate(words)]
    for parameter in parse_parameters(place, known):
        at = start + parameter.at
        if parameter.sort == HIDDEN:
            return found
        word = line.words[at]
        row = rows.get(word) or row_of(place, word)
        if row is None or row.refused == ALL:
            _unknown(line, at, place)
            return found
        if row.refused:
            what = f"HAProxy refuses the {place} parameter {word!r} as unknown"
            line.fail("too-new" if row.versions[-1] in "kd?" else "removed", at, what, row.refused)
        found[word] = at
        if parameter.sort == "s":
            _source(line, at, [(start + part, start + end) for part, end in parameter.parts])
        elif parameter.end > parameter.at + 1:
            if line.known(at + 1):
                _value(line, at, place, tests.get(word))
        elif parameter.sort == "v" and not line.open and word.partition("(")[0] not in _OPTIONAL_VALUES:
            message = f"{place} parameter {word!r} lacks its value; HAProxy refuses it"
            line.fail("argument-missing", at, message, _UP_TO_2_6 if word == "thread" else ALL)
    return found


def _value(line: Line, at: int, place: str, test: Callable[[str], str] | None) -> None:
    word, value = line.words[at], line.words[at + 1]
    why = test(value) if test else ""
    if why:
        line.fail("value", at + 1, f"{place} parameter {word!r}: {why}; HAProxy refuses it")
        return
    if word == "process" and place == "bind":
        message = f"'process {value}' on a bind line is no longer supported; HAProxy refuses it"
        line.fail("removed", at, message, _FROM_2_6 & ~2, warns=2, help="use 'thread' instead")
    elif place == "server" and word in _PLAIN_DELAYS and value.isdigit() and 0 < int(value) < 100:
        line.warn(
            "timeout-unit",
            at + 1,
            f"{word!r} is {value} milliseconds, since it has no unit",
            _FROM_3_2,
            help=f"write {value}s if seconds are meant, else {value}ms",
        )
    elif place == "server" and word in {"sni", "pool-conn-name"} and line.words[0] != "default-server":
        sample, _ = read_sample(line, at + 1, at + 2)
        if sample is not None:
            note_sample(line, sample, at + 1)
    elif word in _NAMING and line.words[0] not in _NAMING[word]:
        line.refer(word, value, at + 1)
    elif word.startswith("set-proxy-v2-tlv-fmt("):
        check_format(line, at + 1, None)


def _unknown(line: Line, at: int, place: str) -> None:
    word = line.words[at]
    near = nearest(place, word)
    if near:
        hint = f"did you mean {near!r}?"
    elif at > 1 and "," in line.words[at - 1] + word[:1]:
        hint = "several addresses are joined by commas without blanks"
    else:
        hint = ""
    line.fail("unknown", at, f"{word!r} is no parameter of a {place} line; HAProxy refuses it", help=hint)


def _source(line: Line, at: int, parts: list[tuple[int, int]]) -> None:
    """Check ``source ADDRESS [usesrc ADDRESS|client|clientip|hdr_ip(…)] [interface NAME]``."""
    if at + 1 >= len(line.words):
        if not line.open:
            line.fail("argument-missing", at, "'source' lacks its address; HAProxy refuses it")
        return
    if line.known(at + 1):
        problem = read_address(line.words[at + 1], "source").problem
        if problem is not None:
            line.fail("address", at + 1, f"'source': {problem.message}; HAProxy refuses it", problem.fails)
    for part, end in parts:
        if end == part + 1:
            if not line.open:
                message = f"'source': {line.words[part]!r} lacks its value; HAProxy refuses it"
                line.fail("argument-missing", part, message)
        elif line.words[part] == "usesrc" and line.known(part + 1):
            _use_source(line, part + 1)


def _use_source(line: Line, at: int) -> None:
    value = line.words[at]
    if value in {"client", "clientip"} or value.startswith("hdr_ip("):
        return
    problem = read_address(value, "plain").problem
    if problem is not None:
        message = f"'usesrc': {problem.message}, and it is neither client nor clientip; HAProxy refuses it"
        line.fail("address", at, message, problem.fails)

"""``server``, ``server-template`` and ``default-server`` lines."""

from __future__ import annotations

import re

from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.line import Line, Scope
from cfglint.analysis.haproxy_verdict.parameters import Parameters, check_parameters
from cfglint.model.haproxy_server import template_range
from cfglint.syntax.haproxy_keywords import ALL

_NAME = re.compile(r"[A-Za-z0-9_.:-]*")
_NUMBERED = re.compile(r"(.*?)(0|[1-9]\d*)", re.DOTALL)

_MAX_DIGITS = 9
_MAX_RANGES = 100
"""So many templates with one prefix are compared in a section."""


def odd_character(name: str) -> str:
    """The first character that a name of HAProxy's may not hold, or empty."""
    found = _NAME.match(name)
    return name[found.end()] if found and found.end() < len(name) else ""


def check_server(line: Line) -> Parameters:
    """Check a ``server`` line of a proxy; its parameters and their indices."""
    if line.is_end(2):
        line.fail("argument-missing", 2, "'server' needs a name and an address; HAProxy refuses it")
        return {}
    if line.known(1) and not check_name(line, 1, "a server's name"):
        return {}
    if line.known(1):
        _unique(line)
    if not _address(line, 2, "server"):
        return {}
    return check_parameters(line, 3, "server")


def check_template(line: Line) -> Parameters:
    """Check a ``server-template`` line; its parameters and their indices."""
    if line.is_end(3):
        message = "'server-template' needs a prefix, a number and an address; HAProxy refuses it"
        line.fail("argument-missing", 3, message)
        return {}
    if line.known(1) and not check_name(line, 1, "the prefix of a server-template"):
        return {}
    if line.known(2):
        numbers = template_range(line.words[2])
        if numbers is None:
            line.fail("value", 2, f"{line.words[2]!r} is no number or range of servers; HAProxy refuses it")
            return {}
        if line.known(1):
            _unique_range(line, *numbers)
    if not _address(line, 3, "server"):
        return {}
    return check_parameters(line, 4, "server")


def check_default_server(line: Line) -> None:
    """Check a ``default-server`` line."""
    check_parameters(line, 1, "server")


def check_name(line: Line, index: int, what: str, fails: int = ALL) -> bool:
    """Report a name with a character that HAProxy does not allow, which some branches refuse; True when it is fine."""
    character = odd_character(line.words[index])
    if not character:
        return True
    message = f"{character!r} may not stand in {what} ({line.words[index]!r}): letters, digits, - _ . : may"
    line.fail("name", index, f"{message}; HAProxy refuses it", fails, warns=ALL)
    return False


def _unique_range(line: Line, low: int, high: int) -> None:
    """Report a template that makes a server whose name another line has given already."""
    scope, prefix = line.scope, line.words[1]
    if not scope.templates:
        for name, server in scope.servers.items():
            _note_number(scope, name, server)
    for first_low, first_high, first in scope.templates.setdefault(prefix, []):
        if first_low <= high and low <= first_high:
            _doubled(line, f"{prefix}{max(low, first_low)}", first)
            return
    for number, server in scope.numbered.get(prefix, ()):
        if low <= number <= high:
            _doubled(line, f"{prefix}{number}", server)
            return
    if len(scope.templates[prefix]) < _MAX_RANGES:
        scope.templates[prefix].append((low, high, line))


def _note_number(scope: Scope, name: str, line: Line) -> None:
    found = _NUMBERED.fullmatch(name)
    if found is not None and len(found[2]) < _MAX_DIGITS:
        scope.numbered.setdefault(found[1], []).append((int(found[2]), line))


def _unique(line: Line) -> None:
    scope, name = line.scope, line.words[1]
    first = scope.servers.setdefault(name, line)
    if first is line and scope.templates:
        _note_number(scope, name, line)
        found = _NUMBERED.fullmatch(name)
        ranges = scope.templates.get(found[1], ()) if found is not None and len(found[2]) < _MAX_DIGITS else ()
        number = int(found[2]) if found is not None and ranges else -1
        first = next((template for low, high, template in ranges if low <= number <= high), line)
    if first is not line:
        _doubled(line, name, first)


def _doubled(line: Line, name: str, first: Line) -> None:
    line.fail(
        "duplicate",
        1,
        f"{line.scope.label} has two servers called {name!r}; HAProxy refuses it",
        related=(("the first one", first.span(1)),),
        help="give each server a name of its own",
    )


def _address(line: Line, index: int, use: str) -> bool:
    if not line.known(index):
        return True
    endpoint = read_address(line.words[index], "server" if use == "server" else "peer")
    problem = endpoint.problem
    if problem is None:
        return True
    later = {"init-addr", "resolvers"} & set(line.words[index + 1 :])
    if endpoint.kind == "name" and "init-addr" in later:
        return True
    line.fail("address", index, f"{line.words[0]!r}: {problem.message}; HAProxy refuses it", problem.fails)
    return False

"""Sections that are neither global nor proxies: resolvers, peers, userlist, mailers, cache, ring, and so on."""

from __future__ import annotations

from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.conditions import check_condition
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.logs import check_log
from cfglint.analysis.haproxy_verdict.newer_sections import NEWER_CHECKS
from cfglint.analysis.haproxy_verdict.parameters import check_bind, check_parameters
from cfglint.analysis.haproxy_verdict.patterns import bad_regex
from cfglint.analysis.haproxy_verdict.replies import check_error_code
from cfglint.analysis.haproxy_verdict.servers import check_default_server, check_name
from cfglint.analysis.haproxy_verdict.shapes import no_more_than, one_of
from cfglint.analysis.haproxy_verdict.tables import check_table
from cfglint.analysis.haproxy_verdict.values import integer_of, leading_integer, time_of
from cfglint.model.value import MASK
from cfglint.syntax.haproxy_keywords import ALL

_FROM_2_8 = ALL & ~0b11
_HOLDS = ("nx", "refused", "timeout", "other", "valid", "obsolete")


def _name_server(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'nameserver' needs a name and an address with its port; HAProxy refuses it")
        return
    if line.known(2):
        problem = read_address(line.words[2], "peer").problem
        if problem is not None:
            line.fail("address", 2, f"'nameserver': {problem.message}; HAProxy refuses it", problem.fails)
    if line.known(1):
        _duplicate(line, line.words[1], "name server")


def _duplicate(line: Line, name: str, what: str) -> None:
    first = line.scope.servers.setdefault(name, line)
    if first is not line:
        line.fail(
            "duplicate",
            1,
            f"{line.scope.label} has two {what}s called {name!r}; HAProxy refuses it",
            related=(("the first one", first.span(1)),),
        )


def _hold(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'hold' needs an event and a time; HAProxy refuses it")
        return
    if line.known(2):
        why = time_of(line.words[2])
        if isinstance(why, str):
            line.fail("value", 2, f"'hold': {why}; HAProxy refuses it")
            return
    one_of(line, 1, _HOLDS, "the event of 'hold'")


def _resolvers_timeout(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'timeout' needs 'resolve' or 'retry' and a time; HAProxy refuses it")
        return
    if one_of(line, 1, ("retry", "resolve"), "the timeout of resolvers") and line.known(2):
        _checked_time(line, 2)


def _mailers_timeout(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'timeout' needs 'mail' and a time; HAProxy refuses it")
        return
    if one_of(line, 1, ("mail",), "the timeout of mailers") and line.known(2):
        _checked_time(line, 2)


def _checked_time(line: Line, index: int) -> None:
    why = time_of(line.words[index])
    if isinstance(why, str):
        line.fail("value", index, f"{line.words[0]!r}: {why}; HAProxy refuses it")


def _mailer(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'mailer' needs a name and an address with its port; HAProxy refuses it")
    elif line.known(2) and _peer_address(line, 2) and line.words[2].startswith(("udp@", "udp4@", "udp6@", "unix@")):
        line.fail("address", 2, f"'mailer': {line.words[2]!r} is no TCP address; HAProxy refuses it")


def _peer_address(line: Line, index: int, fails: int = ALL) -> bool:
    broken = read_address(line.words[index], "log").problem
    problem = broken or read_address(line.words[index], "peer").problem
    if problem is None:
        return True
    refused = problem.fails if broken else problem.fails & fails
    line.fail("address", index, f"{line.words[0]!r}: {problem.message}; HAProxy refuses it", refused)
    return False


def _peer(line: Line) -> None:
    if line.is_end(1) and line.words[0] == "peer":
        return
    if line.known(2) and _peer_address(line, 2, _FROM_2_8 if line.words[0] == "peer" else ALL):
        check_parameters(line, 3, "server")


def _ring_server(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'server' needs a name and an address; HAProxy refuses it")
    elif line.known(2):
        problem = read_address(line.words[2], "log").problem
        if problem is not None:
            line.fail("address", 2, f"'server': {problem.message}; HAProxy refuses it", problem.fails)
            return
        if line.words[2].startswith(("udp", "dgram+")) and "@" in line.words[2]:
            line.fail("address", 2, "a ring sends its messages over TCP, not to a UDP address; HAProxy refuses it")
            return
        check_parameters(line, 3, "server")
    if line.known(1):
        _duplicate(line, line.words[1], "server")


def _table(line: Line) -> None:
    if line.known(1) or line.is_end(1):
        check_table(line, 2)


def _bind(line: Line) -> None:
    first = line.scope.facts.setdefault("bind", line)
    if line.scope.kind == "peers" and first is not line and not line.is_end(1):
        message = f"{line.scope.label} has a 'bind' line already; HAProxy refuses a second one"
        line.fail("duplicate", 0, message, related=(("the first one", first.directive.span),))
    if not line.is_end(1):
        check_bind(line, _FROM_2_8 if line.scope.kind == "log-forward" else ALL)


def _user(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'user' needs a name; HAProxy refuses it")
        return
    if line.known(1):
        _same_name(line, "user")
    at = 2
    while line.known(at):
        word = line.words[at]
        if word not in {"password", "insecure-password", "groups"}:
            # A password with blanks and no quotes ends up here: it must not be printed.
            shown = MASK if at > 2 else repr(word)
            message = f"{shown} may not stand there: a user has password, insecure-password and groups, one word each"
            line.fail("value", at, f"{message}; HAProxy refuses it")
            return
        if word == "groups" and line.known(at + 1):
            for name in line.words[at + 1].split(","):
                line.refer("group", name, at + 1)
        at += 2


def _same_name(line: Line, what: str) -> None:
    first = line.scope.facts.setdefault(f"{what} {line.words[1]}", line)
    if first is not line:
        line.warn(
            "duplicate",
            1,
            f"{line.scope.label} has two {what}s called {line.words[1]!r}: HAProxy ignores the second one",
            related=(("the first one", first.span(1)),),
        )


def _group(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'group' needs a name; HAProxy refuses it")
        return
    if line.known(1):
        check_name(line, 1, "a group's name")
        line.scope.acls.add(line.words[1])
    if line.known(2) and line.words[2] != "users":
        message = f"{line.words[2]!r} may not follow a group's name: users may; HAProxy refuses it"
        line.fail("value", 2, message)
        return
    no_more_than(line, 4)
    if line.known(3):
        for name in line.words[3].split(","):
            line.refer("user", name, 3)


def _log_forward_timeout(line: Line) -> None:
    if one_of(line, 1, ("client",), "the timeout of a log-forward section") and line.known(2):
        _checked_time(line, 2)


def _max_age(line: Line) -> None:
    no_more_than(line, 2)


def _process_vary(line: Line) -> None:
    no_more_than(line, 2)


def _error_file(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'errorfile' needs a status code and a file; HAProxy refuses it")
    elif line.known(1):
        check_error_code(line, 1)


def _dgram_bind(line: Line) -> None:
    if line.known(1):
        for address in line.words[1].split(","):
            problem = read_address(address, "dgram-bind").problem
            if problem is not None:
                line.fail("address", 1, f"'dgram-bind': {problem.message}; HAProxy refuses it", problem.fails)
                return


def _default_bind(line: Line) -> None:
    check_parameters(line, 1, "bind")


def _size(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'size' needs a number of bytes; HAProxy refuses it")
    elif line.known(1) and integer_of(line.words[1]) is None and not line.words[1][:1].isdigit():
        line.fail("value", 1, f"'size': {line.words[1]!r} is no size; HAProxy refuses it")


def _parameter(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'set-param' needs a name and a value; HAProxy refuses it")
        return
    check_condition(line, 3, what="set-param")


def _pass_header(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'pass-header' needs the name of a header; HAProxy refuses it")
        return
    check_condition(line, 2, what="pass-header")


def _fcgi_option(line: Line) -> None:
    if not one_of(line, 1, ("get-values", "keep-conn", "max-reqs", "mpxs-conns"), "the option of an fcgi-app"):
        return
    limit = line.get(1) == "max-reqs"
    if limit and (line.known(2) or line.is_end(2)) and leading_integer(line.get(2)) < 1:
        line.fail("value", 2, "'option max-reqs' needs a number above 0; HAProxy refuses it")
    no_more_than(line, 3 if limit else 2)


def _path_info(line: Line) -> None:
    why = bad_regex(line.words[1]) if line.known(1) else ""
    if why:
        line.fail("value", 1, f"'path-info': {why}; HAProxy refuses it")


SECTION_CHECKS: dict[str, dict[str, Callable[[Line], None]]] = {
    **NEWER_CHECKS,
    "cache": {
        "max-age": _max_age,
        "process-vary": _process_vary,
        "max-object-size": _max_age,
        "total-max-size": _max_age,
    },
    "fcgi-app": {
        "log-stderr": check_log,
        "option": _fcgi_option,
        "pass-header": _pass_header,
        "path-info": _path_info,
        "set-param": _parameter,
    },
    "http-errors": {"errorfile": _error_file},
    "log-forward": {
        "bind": _bind,
        "dgram-bind": _dgram_bind,
        "log": check_log,
        "timeout": _log_forward_timeout,
    },
    "mailers": {"mailer": _mailer, "timeout": _mailers_timeout},
    "peers": {
        "bind": _bind,
        "default-bind": _default_bind,
        "default-server": check_default_server,
        "log": check_log,
        "peer": _peer,
        "server": _peer,
        "table": _table,
    },
    "resolvers": {"hold": _hold, "nameserver": _name_server, "timeout": _resolvers_timeout},
    "ring": {"server": _ring_server, "size": _size},
    "userlist": {"group": _group, "user": _user},
}
"""For each section the checks of its words."""

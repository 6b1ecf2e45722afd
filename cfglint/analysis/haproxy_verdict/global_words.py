"""Directives of the global section that have a check of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.conditions import read_sample
from cfglint.analysis.haproxy_verdict.formats import check_format
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.parameters import check_parameters
from cfglint.analysis.haproxy_verdict.values import leading_integer, time_of
from cfglint.syntax.haproxy_keywords import ALL, lookup, nearest

_TLS_FLAGS = frozenset(
    f"{verb}-{version}" for verb in ("no", "force") for version in ("sslv3", "tlsv10", "tlsv11", "tlsv12", "tlsv13")
)
_BIND_TLS = _TLS_FLAGS | {"no-tls-tickets", "prefer-client-ciphers"}
_NEW_BIND_TLS = frozenset({"strict-sni", "no-strict-sni", "tls-tickets"})
_BEFORE_3_2 = 0b1111
_SERVER_TLS = _TLS_FLAGS | {"no-tls-tickets", "tls-tickets", "renegotiate", "no-renegotiate", "sni-auto", "no-sni-auto"}
_TLS_VERSIONS = frozenset({"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"})
_CPU = re.compile(r"\d+(?:-\d*)?(?:,\d+(?:-\d*)?)*")
_CPU_SET = re.compile(r"(?:auto:)?(?:all|odd|even|\d+(?:-\d*)?)(?:/(?:all|odd|even|\d+(?:-\d*)?))?")
_FROM_2_6 = ALL & ~1
_NODE = re.compile(r"[A-Za-z0-9._-]+")
_UNIX_WORDS = frozenset({"prefix", "mode", "uid", "gid", "user", "group"})
_EXTRA_FILES = frozenset({"none", "all", "bundle", "key", "sctl", "ocsp", "issuer"})
_VARIABLE = re.compile(r"proc\.[A-Za-z0-9_.]+")


def _stats(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'stats' needs socket, timeout or maxconn behind it; HAProxy refuses it")
        return
    if not line.known(1):
        return
    word = line.words[1]
    row = lookup("global stats", word)
    if row is None:
        near = nearest("global stats", word)
        hint = f"did you mean {near!r}?" if near else "only 'stats socket', 'timeout' and 'maxconn' are global"
        line.fail("unknown", 1, f"'stats {word}' does not exist in the global section; HAProxy refuses it", help=hint)
    elif row.refused:
        line.fail("removed", 1, f"'stats {word}' was removed; HAProxy refuses it", row.refused, warns=row.where("d"))
    elif word == "socket":
        _socket(line)
    elif word == "timeout" and (line.known(2) or line.is_end(2)):
        why = time_of(line.get(2))
        if isinstance(why, str) or why == 0:
            message = why if isinstance(why, str) else "a time above 0 is expected"
            line.fail("value", 2, f"'stats timeout': {message}; HAProxy refuses it")
    elif word == "maxconn" and (line.known(2) or line.is_end(2)) and leading_integer(line.get(2)) <= 0:
        line.fail("value", 2, "'stats maxconn' needs a number above 0; HAProxy refuses it")


def _socket(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'stats socket' needs an address or a path; HAProxy refuses it")
        return
    if line.known(2):
        for address in line.words[2].split(","):
            problem = read_address(address, "bind").problem
            if problem is not None:
                line.fail("address", 2, f"'stats socket': {problem.message}; HAProxy refuses it", problem.fails)
                return
    check_parameters(line, 3, "bind")


def _tls_options(line: Line) -> None:
    allowed = _BIND_TLS if "bind" in line.words[0] else _SERVER_TLS
    if line.is_end(1):
        line.fail("argument-missing", 1, f"{line.words[0]!r} needs an option behind it; HAProxy refuses it")
    at = 1
    while line.known(at):
        word = line.words[at]
        if word in {"ssl-min-ver", "ssl-max-ver"}:
            if line.is_end(at + 1) or (line.known(at + 1) and line.words[at + 1] not in _TLS_VERSIONS):
                line.fail("value", at + 1, f"{word!r} needs a TLS version, e.g. TLSv1.2; HAProxy refuses it")
                return
            at += 2
        elif word in allowed:
            at += 1
        elif "bind" in line.words[0] and word in _NEW_BIND_TLS:
            line.fail("too-new", at, f"HAProxy refuses {word!r} behind {line.words[0]!r} as unknown", _BEFORE_3_2)
            at += 1
        else:
            line.fail("value", at, f"{line.words[0]!r} knows no option {word!r}; HAProxy refuses it")
            return


def _cpu_map(line: Line) -> None:
    for index, pattern, what in ((1, _CPU_SET, "threads"), (2, _CPU, "CPUs")):
        if line.is_end(index):
            line.fail("argument-missing", index, f"'cpu-map' needs {what}; HAProxy refuses it")
            return
        if line.known(index) and not pattern.fullmatch(line.words[index]):
            line.fail("value", index, f"'cpu-map': {line.words[index]!r} is no set of {what}; HAProxy refuses it")
            return


def _set_var(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, f"{line.words[0]!r} needs a variable and a value; HAProxy refuses it")
        return
    if line.known(1) and not _VARIABLE.fullmatch(line.words[1]):
        line.fail("value", 1, f"{line.words[1]!r} must be a process-wide variable, proc.NAME; HAProxy refuses it")
        return
    if line.words[0] == "set-var-fmt":
        check_format(line, 2, None)
    elif line.known(2):
        read_sample(line, 2, len(line.words))


def _case_adjust(line: Line) -> None:
    if line.known(1) and line.known(2) and line.words[1].lower() != line.words[2].lower():
        message = f"{line.words[1]!r} and {line.words[2]!r} differ in more than the case of letters; HAProxy refuses it"
        line.fail("value", 2, f"'h1-case-adjust': {message}")


def _unset_environment(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'unsetenv' needs the name of a variable; HAProxy refuses it")


def _node(line: Line) -> None:
    if line.known(1) and not _NODE.fullmatch(line.words[1]):
        line.fail("name", 1, f"{line.words[1]!r} is no node name: letters, digits, - _ . may stand in it")


def _unix_bind(line: Line) -> None:
    for index in range(1, len(line.words), 2):
        if line.known(index) and line.words[index] not in _UNIX_WORDS:
            message = f"'unix-bind' knows prefix, mode, uid, gid, user and group, not {line.words[index]!r}"
            line.fail("value", index, f"{message}; HAProxy refuses it")
            return


def _extra_files(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, f"{line.words[0]!r} needs at least one word; HAProxy refuses it")
    for index in range(1, len(line.words)):
        if line.known(index) and line.words[index] not in _EXTRA_FILES:
            message = (
                f"{line.words[0]!r} knows none, all, bundle, key, sctl, ocsp and issuer, not {line.words[index]!r}"
            )
            line.fail("value", index, f"{message}; HAProxy refuses it")
            return


def _once(line: Line) -> None:
    first = line.scope.seen[line.words[0]]
    if first is not line:
        message = f"{line.words[0]!r} stands here twice; HAProxy refuses the second one"
        line.fail("duplicate", 0, message, related=(("the first one", first.directive.span),))


GLOBAL_CHECKS: dict[str, Callable[[Line], None]] = {
    **dict.fromkeys(("ca-base", "crt-base", "key-base"), _once),
    "stats": _stats,
    "ssl-default-bind-options": _tls_options,
    "ssl-default-server-options": _tls_options,
    "cpu-map": _cpu_map,
    "set-var": _set_var,
    "set-var-fmt": _set_var,
    "h1-case-adjust": _case_adjust,
    "node": _node,
    "ssl-load-extra-files": _extra_files,
    "unix-bind": _unix_bind,
    "unsetenv": _unset_environment,
}
"""The check of each global directive that has one here."""

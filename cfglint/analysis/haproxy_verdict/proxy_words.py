"""Proxy directives with arguments of their own: ``balance``, ``cookie``, ``timeout``, ``stats`` and so on."""

from __future__ import annotations

from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.actions import check_rule
from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.conditions import check_condition, note_sample, read_sample
from cfglint.analysis.haproxy_verdict.formats import LOG, check_format
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.replies import check_error_code, check_http_error
from cfglint.analysis.haproxy_verdict.second_words import check_second, known_words
from cfglint.analysis.haproxy_verdict.servers import odd_character
from cfglint.analysis.haproxy_verdict.shapes import no_more_than, one_of
from cfglint.analysis.haproxy_verdict.values import ignored_behind, integer_of, leading_integer, time_of
from cfglint.syntax.haproxy_keywords import ALL, lookup, nearest

_FROM_3_2 = ALL & ~0b1111
_TIMEOUT_HELP = "write {0}s if seconds are meant, else {0}ms"


def _mode(line: Line) -> None:
    if not line.known(1) and not line.is_end(1):
        line.scope.mode = None
        return
    mode = line.get(1)
    row = lookup("mode", mode)
    if row is None:
        near = nearest("mode", mode)
        hint = f"did you mean {near!r}?" if near else "'tcp' and 'http' are the usual ones"
        message = f"{mode!r} is no mode; HAProxy refuses it" if mode else "'mode' needs a value; HAProxy refuses it"
        line.fail("value" if mode else "argument-missing", 1, message, help=hint)
        line.scope.mode = None
        return
    if row.where("r"):
        line.fail(
            "removed",
            1,
            f"'mode {mode}' was removed; HAProxy refuses it",
            row.where("r"),
            help="use 'http-request return'",
        )
    elif row.refused:
        line.fail("too-new", 1, f"HAProxy refuses 'mode {mode}' as unknown", row.refused)
    if mode in {"log", "spop"} and line.scope.kind == "frontend":
        line.fail("misplaced", 1, f"'mode {mode}' belongs to backends; HAProxy refuses it in a frontend")
    no_more_than(line, 2)
    line.scope.mode = mode


def _balance(line: Line) -> None:
    if line.is_end(1) or not line.known(1):
        return
    word = line.words[1]
    name, bracket, inside = word.partition("(")
    row = lookup("balance", name)
    if row is None or row.refused == ALL or (name == "hdr" and not bracket) or (bracket and name not in _BRACKETED):
        near = nearest("balance", name)
        hint = f"did you mean {near!r}?" if near else f"known: {', '.join(known_words('balance'))}"
        line.fail("value", 1, f"{word!r} is no balance algorithm; HAProxy refuses it", help=hint)
        return
    if row.refused:
        line.fail("too-new", 1, f"HAProxy refuses 'balance {name}' as unknown", row.refused)
    inside = inside.rstrip(")")
    if name == "hdr" and not inside:
        line.fail("argument-missing", 1, "'balance hdr()' needs the name of a header; HAProxy refuses it")
    elif name == "random" and bracket:
        draws = integer_of(inside)
        if draws is None or draws < 1:
            line.fail("value", 1, f"'balance random': {inside!r} is no number of draws (1 or more)")
    elif name == "hash":
        _hash(line)
    elif name in _MODIFIERS:
        _modifiers(line, name)


_BRACKETED = frozenset({"hdr", "random", "rdp-cookie"})
_MODIFIERS = {"uri": ("len", "depth", "whole", "path-only"), "url_param": ("check_post",), "hdr": ("use_domain_only",)}


def _hash(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, "'balance hash' needs an expression; HAProxy refuses it")
    elif line.known(2):
        if line.scope.kind == "defaults":
            return  # read only once a proxy inherits it
        sample, _ = read_sample(line, 2, len(line.words))
        if sample is not None:
            note_sample(line, sample, 2)


def _modifiers(line: Line, name: str) -> None:
    at = 2
    if name == "url_param":
        if line.is_end(2):
            line.fail("argument-missing", 2, "'balance url_param' needs the parameter's name; HAProxy refuses it")
            return
        at = 3
    while line.known(at):
        word = line.words[at]
        if word not in _MODIFIERS[name]:
            line.fail("value", at, f"{word!r} may not follow 'balance {name}': {', '.join(_MODIFIERS[name])} may")
            return
        if word in {"len", "depth"}:
            if leading_integer(line.get(at + 1)) < 1 and (line.known(at + 1) or line.is_end(at + 1)):
                line.fail("value", at + 1, f"'balance uri {word}' needs a number above 0; HAProxy refuses it")
                return
            at += 1
        elif word == "check_post":
            at += 1  # an old length, which HAProxy skips
        at += 1


def _cookie(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'cookie' needs a name; HAProxy refuses it")
        return
    at = 2
    modes: list[str] = []
    words: set[str] = set()
    while line.known(at):
        word = line.words[at]
        row = lookup("cookie", word)
        if row is None:
            near = nearest("cookie", word)
            hint = f"did you mean {near!r}?" if near else f"known: {', '.join(known_words('cookie'))}"
            line.fail("unknown", at, f"{word!r} is no option of 'cookie'; HAProxy refuses it", help=hint)
            return
        words.add(word)
        if word in {"rewrite", "insert", "prefix"}:
            modes.append(word)
        if row.arguments == "1":
            if line.is_end(at + 1):
                line.fail("argument-missing", at, f"'cookie': {word!r} needs a value; HAProxy refuses it")
                return
            if word in {"maxidle", "maxlife"} and line.known(at + 1):
                why = time_of(line.words[at + 1], "s")
                if isinstance(why, str):
                    line.fail("value", at + 1, f"'cookie': {word}: {why}; HAProxy refuses it")
                    return
            elif word == "domain" and line.known(at + 1) and odd_character(line.words[at + 1].replace(":", "/")):
                message = f"'cookie': {line.words[at + 1]!r} is no domain; HAProxy refuses it"
                line.fail("value", at + 1, message)
                return
            at += 1
        at += 1
    if len(set(modes)) > 1:
        line.fail("value", 2, f"'cookie': {' and '.join(modes)} exclude each other; HAProxy refuses it", last=at - 1)
    elif "preserve" in words and not words & {"insert", "indirect"} and not line.open:
        line.fail("value", 2, "'cookie': preserve needs insert or indirect; HAProxy refuses it", last=at - 1)


def _timeout(line: Line) -> None:
    if line.known(1) and lookup("timeout", line.words[1]) is None:
        old = {"contimeout": "connect", "clitimeout": "client", "srvtimeout": "server"}.get(line.words[1])
        if old:
            line.fail("removed", 1, f"'timeout {line.words[1]}' was removed in 2.1", help=f"use 'timeout {old}'")
            return
    if not check_second(line, "timeout"):
        return
    name = line.words[1]
    row = lookup("timeout", name)
    misfit = row is not None and not (("FE" in row.note and line.scope.front) or ("BE" in row.note and line.scope.back))
    if misfit:
        side = "frontends" if row is not None and "FE" in row.note else "backends"
        line.warn("misplaced", 1, f"'timeout {name}' only counts in {side}; HAProxy ignores it in a {line.scope.kind}")
    if line.is_end(2):
        line.fail("argument-missing", 2, f"'timeout {name}' needs a time; HAProxy refuses it")
        return
    if not line.known(2):
        return
    value = time_of(line.words[2])
    if isinstance(value, str):
        line.fail("value", 2, f"'timeout {name}': {value}; HAProxy refuses it")
        return
    if len(line.words) > 3:
        line.fail("argument-unexpected", 3, f"'timeout {name}' takes one time: HAProxy refuses {line.words[3]!r}")
        return
    rest = ignored_behind(line.words[2])
    if rest:
        read = line.words[2].removesuffix(rest)
        line.warn("value", 2, f"'timeout {name}': HAProxy reads {read} and ignores {rest!r} behind it")
    if line.words[2].isdigit() and 0 < value < 100:
        message = f"'timeout {name} {line.words[2]}' is {value} milliseconds, since it has no unit"
        line.warn("timeout-unit", 2, message, _FROM_3_2, help=_TIMEOUT_HELP.format(line.words[2]))


_STATS_VALUES = {"uri": "a path", "realm": "a name", "refresh": "a time", "auth": "user:password", "scope": "a proxy"}


def _stats(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'stats' needs a word behind it; HAProxy refuses it")
        return
    if line.known(1) and line.words[1] in {"socket", "timeout", "maxconn"}:
        line.fail("misplaced", 1, f"'stats {line.words[1]}' belongs to the global section; HAProxy refuses it here")
        return
    if not check_second(line, "stats"):
        return
    word = line.words[1]
    if word == "admin":
        if line.scope.kind == "defaults":
            line.fail("misplaced", 1, "'stats admin' is not possible in a defaults section; HAProxy refuses it")
        else:
            check_condition(line, 2, required=True)
    elif word == "http-request":
        if line.scope.kind == "defaults":
            line.fail("misplaced", 1, "'stats http-request' is not possible in a defaults section; HAProxy refuses it")
        else:
            check_rule(line, "http-request", 2)
    elif word in _STATS_VALUES:
        if line.is_end(2):
            line.fail("argument-missing", 2, f"'stats {word}' needs {_STATS_VALUES[word]}; HAProxy refuses it")
        elif word == "refresh" and line.known(2):
            why = time_of(line.words[2], "s")
            if isinstance(why, str):
                line.fail("value", 2, f"'stats refresh': {why}; HAProxy refuses it")


def _hash_type(line: Line) -> None:
    if not one_of(line, 1, ("consistent", "map-based"), "the hash type"):
        return
    if line.known(2):
        row = lookup("hash-function", line.words[2])
        if row is None or row.refused:
            message = f"{line.words[2]!r} is no hash function: sdbm, djb2, crc32 or wt6 is expected"
            line.fail("value", 2, message, row.refused if row else ALL)
            return
        if line.known(3) and line.words[3] != "avalanche":
            line.fail("value", 3, f"'hash-type': only 'avalanche' may stand there, not {line.words[3]!r}")


def _retry_on(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'retry-on' needs at least one word; HAProxy refuses it")
    for index in range(1, len(line.words)):
        if line.known(index):
            word = line.words[index]
            row = lookup("retry-on", word)
            if row is not None and row.refused:
                line.fail("too-new", index, f"HAProxy refuses 'retry-on {word}' as unknown", row.refused)
            if row is None:
                line.fail("value", index, f"'retry-on' does not know {word!r}: {', '.join(known_words('retry-on'))}")
                return
            if word == "none" and len(line.words) > 2:
                line.fail("value", index, "'retry-on none' excludes every other word; HAProxy refuses it")
                return


def _rate_limit(line: Line) -> None:
    readable = one_of(line, 1, ("sessions",), "what to limit") and (line.is_end(2) or line.known(2))
    if readable and integer_of(line.get(2)) is None:
        line.fail("value", 2, "'rate-limit sessions' needs a number of sessions a second; HAProxy refuses it")


def _persist(line: Line) -> None:
    if line.is_end(1) or (line.known(1) and not line.words[1].startswith("rdp-cookie")):
        line.fail("value", 1, "'persist' only knows 'rdp-cookie'; HAProxy refuses it")


def _error_file(line: Line) -> None:
    if line.is_end(2):
        line.fail("argument-missing", 2, f"{line.words[0]!r} needs a status code and a target; HAProxy refuses it")
        return
    if line.known(1) and not check_error_code(line, 1):
        return
    no_more_than(line, 3, ALL & ~0b11 if line.words[0].startswith("errorloc") else ALL & ~1)


def _error_files(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'errorfiles' needs the name of an http-errors section; HAProxy refuses it")
    elif line.known(1):
        line.refer("http-errors", line.words[1], 1)
        for index in range(2, len(line.words)):
            if line.known(index) and not check_error_code(line, index):
                return


def _compression(line: Line) -> None:
    if not check_second(line, "compression"):
        return
    word = line.words[1]
    if word.startswith(("algo", "type")) and line.is_end(2):
        line.fail("argument-missing", 2, f"'compression {word}' needs at least one value; HAProxy refuses it")
    elif word.startswith("algo"):
        for index in range(2, len(line.words)):
            if line.known(index) and lookup("compression-algo", line.words[index]) is None:
                line.fail(
                    "value", index, f"{line.words[index]!r} is no compression: identity, gzip, deflate, raw-deflate"
                )
                return


def _identifier(line: Line) -> None:
    if line.known(1):
        line.refer(line.words[0], line.words[1], 1)


def _email_alert(line: Line) -> None:
    if check_second(line, "email-alert") and line.is_end(2):
        message = f"'email-alert {line.words[1]}' needs a value; HAProxy refuses it"
        line.fail("argument-missing", 2, message, ALL if line.words[1] == "level" else _FROM_3_2)
    elif line.get(1) == "level" and line.known(2) and lookup("log-level", line.words[2]) is None:
        line.fail("value", 2, f"{line.words[2]!r} is no log level; HAProxy refuses it")


def _source(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'source' needs an address; HAProxy refuses it")
        return
    problem = read_address(line.words[1], "source").problem if line.known(1) else None
    if problem is not None:
        line.fail("address", 1, f"'source': {problem.message}; HAProxy refuses it", problem.fails)
    elif line.known(2) and line.words[2] not in {"usesrc", "interface"}:
        line.fail("value", 2, f"'source' knows 'usesrc' and 'interface' behind its address, not {line.words[2]!r}")
    elif line.get(2) and line.is_end(3):
        line.fail("argument-missing", 3, f"'source': {line.words[2]!r} needs a value; HAProxy refuses it")


def _format(line: Line) -> None:
    if line.scope.kind == "backend" and line.words[0] != "unique-id-format":
        return  # ignored there, once its words are counted
    if line.scope.kind == "defaults":
        line.refer("log-format", line.words[0], 1)  # read only once a proxy inherits it
    elif len(line.words) == 2:
        check_format(line, 1, LOG if line.words[0] != "unique-id-format" else None)


def _http_reuse(line: Line) -> None:
    if one_of(line, 1, ("never", "safe", "aggressive", "always"), "when to reuse"):
        no_more_than(line, 2)


def _external_check(line: Line) -> None:
    if not one_of(line, 1, ("command", "path"), "what of the external check"):
        return
    if line.is_end(2):
        line.fail("argument-missing", 2, f"'external-check {line.words[1]}' needs a value; HAProxy refuses it")
    no_more_than(line, 3)


def _balance_factor(line: Line) -> None:
    if line.known(1) and not (leading_integer(line.words[1]) == 0 or leading_integer(line.words[1]) > 100):
        line.fail(
            "value", 1, f"'hash-balance-factor' must be 0 or above 100, not {line.words[1]!r}; HAProxy refuses it"
        )


def _use_fcgi(line: Line) -> None:
    if line.known(1):
        line.refer("fcgi-app", line.words[1], 1)


PROXY_CHECKS: dict[str, Callable[[Line], None]] = {
    "balance": _balance,
    "compression": _compression,
    "cookie": _cookie,
    "email-alert": _email_alert,
    "errorfile": _error_file,
    "errorfiles": _error_files,
    "errorloc": _error_file,
    "errorloc302": _error_file,
    "errorloc303": _error_file,
    "error-log-format": _format,
    "external-check": _external_check,
    "hash-balance-factor": _balance_factor,
    "hash-type": _hash_type,
    "guid": _identifier,
    "http-error": check_http_error,
    "id": _identifier,
    "http-reuse": _http_reuse,
    "log-format": _format,
    "log-format-sd": _format,
    "mode": _mode,
    "persist": _persist,
    "rate-limit": _rate_limit,
    "retry-on": _retry_on,
    "source": _source,
    "stats": _stats,
    "timeout": _timeout,
    "unique-id-format": _format,
    "use-fcgi-app": _use_fcgi,
}
"""The check of each directive that has one here; it is called with lines of proxies only."""

"""Proxy directives that choose, filter, capture or remember: ``use_backend``, ``stick``, ``tcp-request`` and so on."""

from __future__ import annotations

from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.actions import check_rule
from cfglint.analysis.haproxy_verdict.conditions import check_condition, note_sample, read_sample
from cfglint.analysis.haproxy_verdict.filters import check_filter
from cfglint.analysis.haproxy_verdict.formats import check_format, check_where
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.newer_sections import LOG_STEPS, check_certificate_use
from cfglint.analysis.haproxy_verdict.replies import read_redirect
from cfglint.analysis.haproxy_verdict.second_words import check_second
from cfglint.analysis.haproxy_verdict.shapes import one_of
from cfglint.analysis.haproxy_verdict.values import time_of


def _redirect(line: Line) -> None:
    end = read_redirect(line, 1, (3, 7))
    if end is not None:
        check_condition(line, end, what="redirect")


def _capture(line: Line) -> None:
    words = line.words
    if line.known(1) and words[1] == "cookie":
        if line.is_end(4):  # HAProxy does not look at the word 'len'
            line.fail("argument-missing", 3, "'capture cookie' needs a name, 'len' and a length; HAProxy refuses it")
    elif line.known(1) and words[1] in {"request", "response"}:
        if line.get(2) == "header" and line.known(4) and words[4] == "len" and not line.is_end(5):
            return
        if all(line.known(index) or line.is_end(index) for index in (2, 3, 4)):
            message = f"'capture {words[1]}' needs 'header', a name, 'len' and a length; HAProxy refuses it"
            line.fail("argument-missing", min(len(words), 4), message)
    elif line.known(1) or line.is_end(1):
        line.fail("value", 1, "'capture' knows 'cookie', 'request header' and 'response header'; HAProxy refuses it")


def _declare(line: Line) -> None:
    if not one_of(line, 1, ("capture",), "what to declare"):
        return
    fits = one_of(line, 2, ("request", "response"), "the direction")
    if fits and line.get(3) != "len" and (line.known(3) or line.is_end(3)):
        line.fail("argument-missing", 3, "'declare capture' needs 'len' and a length; HAProxy refuses it")


def _monitor(line: Line) -> None:
    if one_of(line, 1, ("fail",), "what 'monitor' does"):
        check_condition(line, 2, required=True)


def _use_backend(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'use_backend' needs the name of a backend; HAProxy refuses it")
        return
    check_condition(line, 2, what="use_backend")
    if line.known(1):
        if "%" in line.words[1]:
            check_format(line, 1, (5, 5))
        else:
            line.refer("use_backend", line.words[1], 1)


def _default_backend(line: Line) -> None:
    if line.known(1):
        line.refer("default_backend", line.words[1], 1)


def _use_server(line: Line) -> None:
    if line.is_end(1):
        line.fail("argument-missing", 1, "'use-server' needs the name of a server; HAProxy refuses it")
        return
    check_condition(line, 2, required=True)
    if line.known(1) and "%" not in line.words[1]:
        line.refer("use-server", line.words[1], 1)


def _persistence_rule(line: Line) -> None:
    check_condition(line, 1, what=line.words[0], required=True)


def _stick(line: Line) -> None:
    if not check_second(line, "stick"):
        return
    word = line.words[1]
    if line.is_end(2):
        line.fail("argument-missing", 2, f"'stick {word}' needs an expression; HAProxy refuses it")
        return
    if not line.known(2):
        return
    sample, at = read_sample(line, 2, len(line.words))
    if sample is None:
        return
    note_sample(line, sample, 2)
    place = 14 if word == "store-response" else 9
    if not check_where(line, 2, sample, (place, place)):
        return
    table = ""
    if line.get(at) == "table":
        table, at = line.get(at + 1), at + 2
        if not line.known(at - 1):
            return
    line.refer("table", table, at - 1, sample.out)
    check_condition(line, at, what=f"stick {word}")


def _tcp_request(line: Line) -> None:
    head = line.words[0]
    if line.is_end(1):
        line.fail("argument-missing", 1, f"{head!r} needs a word behind it; HAProxy refuses it")
        return
    if not check_second(line, head):
        return
    word = line.words[1]
    if head == "tcp-response" and not line.scope.back:
        line.fail("misplaced", 1, "'tcp-response' belongs to backends; HAProxy refuses it in a frontend")
        return
    if word == "inspect-delay":
        why = time_of(line.get(2)) if line.known(2) or line.is_end(2) else 0
        if isinstance(why, str):
            line.fail("value", 2, f"'{head} inspect-delay': {why}; HAProxy refuses it")
        return
    if head == "tcp-request" and word in {"connection", "session"} and not line.scope.front:
        line.fail("misplaced", 1, f"'tcp-request {word}' belongs to frontends; HAProxy refuses it in a backend")
        return
    check_rule(line, f"{head} {word}", 2)


def _rule(line: Line) -> None:
    check_rule(line, line.words[0], 1)


def _quic_rule(line: Line) -> None:
    if check_second(line, "quic-initial"):
        check_condition(line, 2)


def _log_steps(line: Line) -> None:
    if line.is_end(1) or not line.known(1) or line.words[1] == "all":
        return
    for step in line.words[1].split(","):
        if step not in LOG_STEPS:
            line.fail("value", 1, f"'log-steps': {step!r} is no step: {', '.join(LOG_STEPS)} are; HAProxy refuses it")
            return


PROXY_RULE_CHECKS: dict[str, Callable[[Line], None]] = {
    "capture": _capture,
    "declare": _declare,
    "default_backend": _default_backend,
    "filter": check_filter,
    "force-be-switch": _persistence_rule,
    "force-persist": _persistence_rule,
    "http-after-response": _rule,
    "http-request": _rule,
    "http-response": _rule,
    "ignore-persist": _persistence_rule,
    "log-steps": _log_steps,
    "monitor": _monitor,
    "quic-initial": _quic_rule,
    "redirect": _redirect,
    "ssl-f-use": check_certificate_use,
    "stick": _stick,
    "tcp-request": _tcp_request,
    "tcp-response": _tcp_request,
    "use-server": _use_server,
    "use_backend": _use_backend,
}
"""The check of each of these directives; it is called with lines of proxies only."""

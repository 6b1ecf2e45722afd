"""Sections that 3.0 and later brought: crt-store, traces, log-profile, acme and healthcheck."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.formats import check_format
from cfglint.analysis.haproxy_verdict.health import check_health_rule
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.second_words import check_second
from cfglint.analysis.haproxy_verdict.shapes import no_more_than, one_of
from cfglint.syntax.haproxy_keywords import ALL, lookup

LOG_STEPS = (
    "accept", "request", "connect", "response", "close", "quic-init", "http-req", "http-res", "http-after-res",
    "tcp-req-conn", "tcp-req-sess", "tcp-req-cont", "tcp-res-cont",
)  # fmt: skip
"""What a log profile and ``log-steps`` call the steps of a session."""

_ON_STEPS = (*LOG_STEPS, "any", "error")
_TRACE_LEVELS = ("error", "user", "proto", "state", "data", "developer")
_TRACE_VERBOSITIES = frozenset({"quiet", "clean", "minimal", "simple", "advanced", "complete", "none", "default"})
_OF_ALL_SOURCES = frozenset({"sink", "level", "follow"})
_TRACE_WORDS = _OF_ALL_SOURCES | {"event", "lock", "pause", "start", "stop", "verbosity"}
_UP_TO_3_0 = 0b1111
_UP_TO_3_2 = 0b11111
_LOAD_WORDS = {
    "crt": 0, "alias": 0, "key": 0, "ocsp": 0, "issuer": 0, "sctl": 0, "ocsp-update": 0, "acme": _UP_TO_3_0,
    "domains": _UP_TO_3_0, "jwt": _UP_TO_3_2, "generate-dummy": _UP_TO_3_2,
}  # fmt: skip
"""What may follow ``load``, each with a value, and the branches that do not know it."""

_ON_OFF = frozenset({"ocsp-update", "jwt", "generate-dummy"})
_CHALLENGES = {"http-01": 0, "dns-01": 0, "dns-persist-01": _UP_TO_3_2}


def check_load(line: Line) -> None:
    """Check ``load`` of a crt-store."""
    _certificate(line, of_bind=False)


def check_certificate_use(line: Line) -> None:
    """Check ``ssl-f-use``, which takes what a bind line says about one certificate, too."""
    _certificate(line, of_bind=True)


def _certificate(line: Line, *, of_bind: bool) -> None:
    at, named = 1, False
    while line.known(at):
        word = line.words[at]
        row = lookup("crt-list", word) if of_bind else None
        if word not in _LOAD_WORDS and row is None:
            line.fail("unknown", at, f"{word!r} may not follow {line.words[0]!r}; HAProxy refuses it")
            return
        refused = row.refused if row is not None else _LOAD_WORDS[word]
        if refused:
            line.fail("too-new", at, f"HAProxy refuses {word!r} behind {line.words[0]!r} as unknown", refused)
        if word in _ON_OFF and not one_of(line, at + 1, ("on", "off"), f"the value of {word!r}"):
            return
        named |= word == "crt"
        at += 1 if row is not None and row.arguments == "0" else 2
    if not named and line.is_end(at):
        line.fail("argument-missing", at, f"{line.words[0]!r} needs 'crt' and a file; HAProxy refuses it")


def check_log_step(line: Line) -> None:
    """Check ``on`` of a log profile."""
    if not one_of(line, 1, _ON_STEPS, "the step behind 'on'"):
        return
    if line.is_end(2):
        line.fail("argument-missing", 2, "'on' needs drop, format or sd behind its step; HAProxy refuses it")
        return
    at = 2
    while line.known(at):
        word = line.words[at]
        if word == "drop":
            at += 1
        elif word not in {"format", "sd"}:
            line.fail("value", at, f"'on' knows drop, format and sd behind its step, not {word!r}; HAProxy refuses it")
            return
        elif line.is_end(at + 1):
            line.fail("argument-missing", at, f"{word!r} needs a log format; HAProxy refuses it")
            return
        else:
            check_format(line, at + 1, None)
            at += 2


def check_trace(line: Line) -> None:
    """Check ``trace`` of a traces section."""
    if line.is_end(1) or not line.known(1):
        return
    source = line.words[1]
    row = lookup("trace-source", source)
    if row is None:
        line.fail("unknown", 1, f"there is no trace source {source!r}; HAProxy refuses it")
        return
    if row.refused:
        line.fail("too-new", 1, f"HAProxy does not know the trace source {source!r}", row.refused)
    at = 2
    while line.known(at):
        word = line.words[at]
        if word not in (_OF_ALL_SOURCES if source == "all" else _TRACE_WORDS):
            line.fail("value", at, f"{word!r} may not follow 'trace {source}'; HAProxy refuses it")
            return
        if word == "level" and not line.is_end(at + 1):
            one_of(line, at + 1, _TRACE_LEVELS, "the trace level")
        elif word == "verbosity" and line.known(at + 1) and line.words[at + 1] not in _TRACE_VERBOSITIES:
            line.fail("value", at + 1, f"there is no trace verbosity {line.words[at + 1]!r}; HAProxy refuses it")
        at += 2


def check_challenge(line: Line) -> None:
    """Check ``challenge`` of an acme section."""
    if line.is_end(1):
        line.fail("argument-missing", 1, "'challenge' needs http-01 or dns-01; HAProxy refuses it")
        return
    if line.known(1):
        word = line.words[1]
        refused = _CHALLENGES.get(word.lower(), ALL)
        if refused:
            message = f"{word!r} is no challenge: http-01 or dns-01 is expected"
            line.fail("value" if refused == ALL else "too-new", 1, f"{message}; HAProxy refuses it", refused)
            return
        if word in _CHALLENGES:
            message = f"3.2.0 knows {word!r} in capital letters only, and refuses it"
            line.fail("value", 1, message, 1 << 4, until="3.2.1", help=f"write {word.upper()}")
    no_more_than(line, 2)


def check_health_type(line: Line) -> None:
    """Check ``type`` of a healthcheck section."""
    check_second(line, "healthcheck-type")


NEWER_CHECKS = {
    "acme": {"challenge": check_challenge},
    "crt-store": {"load": check_load},
    "healthcheck": {"type": check_health_type, "http-check": check_health_rule, "tcp-check": check_health_rule},
    "log-profile": {"on": check_log_step},
    "traces": {"trace": check_trace},
}
"""For each of these sections the checks of its words."""

"""``http-check`` and ``tcp-check`` rules."""

from __future__ import annotations

import re

from cfglint.analysis.haproxy_verdict.conditions import note_sample, read_sample
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.patterns import bad_regex
from cfglint.analysis.haproxy_verdict.second_words import check_second
from cfglint.analysis.haproxy_verdict.shapes import no_more_than
from cfglint.syntax.haproxy_keywords import nearest

_CONNECT_FLAGS = frozenset({"default", "send-proxy", "ssl", "via-socks4", "linger"})
_CONNECT_VALUES = frozenset({"port", "addr", "sni", "alpn", "proto", "comment"})
_HTTP_EXPECT = ("string", "rstring", "string-lf", "status", "rstatus", "hdr", "fhdr")
_TCP_EXPECT = ("string", "rstring", "string-lf", "binary", "rbinary", "binary-lf")
_EXPECT_OPTIONS = frozenset(
    {"min-recv", "comment", "ok-status", "error-status", "tout-status", "on-success", "on-error", "status-code"}
)
_SEND = {"meth": 1, "uri": 1, "uri-lf": 1, "ver": 1, "hdr": 2, "body": 1, "body-lf": 1, "comment": 1}
_CODES = re.compile(r"\d{3}(?:-\d{3})?(?:,\d{3}(?:-\d{3})?)*")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")


def check_health_rule(line: Line) -> None:
    """Check an ``http-check`` or ``tcp-check`` line."""
    head = line.words[0]
    if not check_second(line, head):
        return
    word = line.words[1]
    if word == "connect":
        _connect(line)
    elif word == "expect":
        _expect(line, _HTTP_EXPECT if head == "http-check" else _TCP_EXPECT)
    elif word == "send" and head == "http-check":
        _http_send(line)
    elif word.startswith("send") and head == "tcp-check":
        _tcp_send(line)
    elif word == "comment":
        if line.is_end(2):
            line.fail("argument-missing", 2, f"'{head} comment' needs a text; HAProxy refuses it")
    elif word in {"disable-on-404", "send-state"}:
        no_more_than(line, 2)
    elif word.startswith(("set-var", "unset-var")):
        _variable(line)


def _variable(line: Line) -> None:
    word = line.words[1]
    name = word.partition("(")[2]
    if not name.endswith(")") or len(name) == 1:
        line.fail("value", 1, f"{word!r}: the variable's name must follow in brackets; HAProxy refuses it")
    elif word.startswith("unset-var"):
        no_more_than(line, 2)
    elif line.is_end(2):
        line.fail("argument-missing", 2, f"'{line.words[0]} {word}' needs an expression; HAProxy refuses it")
    elif word.startswith("set-var(") and line.known(2):
        sample, _ = read_sample(line, 2, len(line.words))
        if sample is not None:
            note_sample(line, sample, 2)


def _connect(line: Line) -> None:
    at = 2
    while line.known(at):
        word = line.words[at]
        if word in _CONNECT_FLAGS:
            if word == "ssl":
                line.scope.facts.setdefault("checked by TLS", line)
            at += 1
        elif word in _CONNECT_VALUES:
            if line.is_end(at + 1):
                line.fail("argument-missing", at, f"'{line.words[0]} connect': {word!r} needs a value")
                return
            if word == "port" and line.known(at + 1) and not line.words[at + 1].isdigit():
                sample, _ = read_sample(line, at + 1, at + 2)
                if sample is None:
                    return
            at += 2
        else:
            line.fail("unknown", at, f"{word!r} is no argument of '{line.words[0]} connect'; HAProxy refuses it")
            return


def _http_send(line: Line) -> None:
    at = 2
    while line.known(at):
        word = line.words[at]
        count = _SEND.get(word)
        if count is None:
            near = nearest("http-check", word)
            hint = f"known: {', '.join(_SEND)}" if not near else ""
            line.fail("unknown", at, f"{word!r} is no argument of 'http-check send'; HAProxy refuses it", help=hint)
            return
        if line.is_end(at + count):
            what = "a name and a value" if count == 2 else "a value"
            line.fail("argument-missing", at, f"'http-check send': {word!r} needs {what}; HAProxy refuses it")
            return
        at += count + 1


def _tcp_send(line: Line) -> None:
    word = line.words[1]
    if line.is_end(2):
        line.fail("argument-missing", 2, f"'tcp-check {word}' needs something to send; HAProxy refuses it")
        return
    if word == "send-binary" and line.known(2) and not _HEX.fullmatch(line.words[2]):
        line.fail("value", 2, f"{line.words[2]!r} is no string of hexadecimal digits, two for each byte")
        return
    if line.known(3) and line.words[3] != "comment":
        line.fail(
            "argument-unexpected",
            3,
            f"'tcp-check {word}' takes one word: HAProxy refuses {line.words[3]!r} behind it",
            help="put the whole text in quotes",
        )


def _expect(line: Line, kinds: tuple[str, ...]) -> None:
    at = 2
    matched = False
    while line.known(at):
        word = line.words[at]
        if word in _EXPECT_OPTIONS:
            if line.is_end(at + 1):
                line.fail("argument-missing", at, f"'{line.words[0]} expect': {word!r} needs a value")
                return
            at += 2
            continue
        negated = word.startswith("!")
        if word == "!":
            at += 1
            word = line.get(at)
        kind = word.lstrip("!") if negated else word
        if matched or kind not in kinds:
            _bad_expectation(line, at, word, kinds, matched=matched)
            return
        end = _pattern(line, at, kind)
        if end is None:
            return
        matched = True
        at = end
    if not matched and line.is_end(at):
        line.fail(
            "argument-missing", at, f"'{line.words[0]} expect' needs one of {', '.join(kinds)}; HAProxy refuses it"
        )


def _bad_expectation(line: Line, at: int, word: str, kinds: tuple[str, ...], *, matched: bool) -> None:
    if matched:
        message = f"'{line.words[0]} expect' has its pattern already: HAProxy refuses {word!r}"
        line.fail("argument-unexpected", at, message, help="put a pattern with blanks in quotes")
    else:
        message = f"'{line.words[0]} expect' cannot look for {word!r}; HAProxy refuses it"
        line.fail("unknown", at, message, help=f"known: {', '.join(kinds)}")


def _pattern(line: Line, at: int, kind: str) -> int | None:
    if line.is_end(at + 1):
        line.fail("argument-missing", at, f"'{line.words[0]} expect {kind}' needs a pattern; HAProxy refuses it")
        return None
    if kind in {"hdr", "fhdr"}:
        return _header_pattern(line, at, kind)
    if line.known(at + 1):
        text = line.words[at + 1]
        why = ""
        if kind == "status" and not _CODES.fullmatch(text):
            why = f"{text!r} is no list of status codes and ranges"
        elif kind in {"rstring", "rstatus", "rbinary"}:
            why = bad_regex(text)
        elif kind == "binary" and not _HEX.fullmatch(text):
            why = f"{text!r} is no string of hexadecimal digits, two for each byte"
        if why:
            line.fail("value", at + 1, f"'{line.words[0]} expect {kind}': {why}; HAProxy refuses it")
            return None
    return at + 2


def _header_pattern(line: Line, at: int, kind: str) -> int | None:
    if line.get(at + 1) not in {"name", "name-lf"}:
        if line.known(at + 1):
            line.fail("argument-missing", at + 1, f"'http-check expect {kind}' needs 'name' and the header's name")
        return None
    at += 2
    if line.get(at) == "-m":
        at += 2
    at += 1
    while line.get(at) in {"value", "value-lf", "full"}:
        at += 1 if line.words[at] == "full" else 2
        if line.get(at - 1) == "-m":
            at += 2
    return at

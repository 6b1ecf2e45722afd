"""The arguments of replies (``deny``, ``tarpit``, ``return``) and of redirections."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.formats import check_format
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.values import leading_integer
from cfglint.syntax.haproxy_keywords import ALL

_UP_TO_3_0 = 0b1111
_ERROR_CODES = dict.fromkeys(
    (200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 425, 429, 500, 501, 502, 503, 504), 0
) | {414: _UP_TO_3_0, 422: 1, 431: _UP_TO_3_0}
"""Status codes that HAProxy has error messages for, and the branches that have none for them."""

_REDIRECT_FLAGS = {"drop-query": ALL, "append-slash": ALL, "ignore-empty": ALL & ~1, "keep-query": ALL & ~0b1111}
"""Words of a redirection that take no value, and the branches that know them."""

_REDIRECT_CODES = ("301", "302", "303", "307", "308")
_WITH_VALUE = frozenset({"content-type", "file", "lf-file", "errorfile", "errorfiles"})
_TEXTS = frozenset({"string", "lf-string"})
_BODIES = _TEXTS | {"file", "lf-file", "errorfile", "errorfiles", "default-errorfiles"}


def check_error_code(line: Line, index: int) -> bool:
    """Report a status code that HAProxy has no error message for; True when every branch has one."""
    refused = _ERROR_CODES.get(leading_integer(line.words[index]), ALL)
    if refused:
        message = f"HAProxy has no error message for status {line.words[index]!r}; it refuses the line"
        line.fail("value" if refused == ALL else "too-new", index, message, refused)
    return not refused


def check_http_error(line: Line) -> None:
    """Check an ``http-error`` line: a reply for one status code."""
    end = read_reply(line, 1, None, "http-error")
    if end is None:
        return
    if line.known(end):
        line.fail("value", end, f"{line.words[end]!r} is no argument of 'http-error'; HAProxy refuses it")
        return
    at = next((index for index in range(1, end) if line.get(index) == "status"), 0)
    if at and line.known(at + 1):
        check_error_code(line, at + 1)
    elif not at and line.is_end(end) and line.plain:
        line.fail("argument-missing", 1, "'http-error' needs 'status' and a code; HAProxy refuses it")


def read_reply(line: Line, at: int, where: tuple[int, int] | None, action: str) -> int | None:
    """Read a reply's arguments.

    Returns:
        The index behind them, or None when the rest cannot be read.
    """
    typed = False
    text: int | None = None
    body = ""
    while line.known(at):
        word = line.words[at]
        if word == "deny_status" and action in {"return", "http-error"}:
            break
        if word in _BODIES:
            if body:
                line.fail("value", at, f"{word!r}: {body!r} says already what the reply holds; HAProxy refuses it")
                return None
            body = word
        if word in {"status", "deny_status"}:
            if line.is_end(at + 1):
                line.fail("argument-missing", at, f"{word!r} needs a status code; HAProxy refuses it")
                return None
            if line.known(at + 1) and not _status_fits(line, at + 1, action):
                return None
            at += 2
        elif word in _WITH_VALUE or word in _TEXTS:
            if line.is_end(at + 1):
                line.fail("argument-missing", at, f"{word!r} needs a value; HAProxy refuses it")
                return None
            typed |= word == "content-type"
            if word in _TEXTS:
                text = at
            if word == "lf-string":
                check_format(line, at + 1, where)
            elif word == "errorfiles" and line.known(at + 1):
                line.refer("http-errors", line.words[at + 1], at + 1)
            at += 2
        elif word == "hdr":
            if line.is_end(at + 2):
                line.fail("argument-missing", at, "'hdr' needs a name and a value; HAProxy refuses it")
                return None
            check_format(line, at + 2, where)
            at += 3
        elif word == "default-errorfiles":
            at += 1
        else:
            break
    if text is not None and not typed and line.known(text + 1) and line.words[text + 1]:
        line.fail("argument-missing", text, "a reply with a body needs a content-type; HAProxy refuses it")
    return at


def _status_fits(line: Line, index: int, action: str) -> bool:
    code = leading_integer(line.words[index])
    low = 200
    if low <= code <= 599:
        return True
    line.fail("value", index, f"{action!r}: {line.words[index]!r} is no status code between 200 and 599")
    return False


def read_redirect(line: Line, at: int, where: tuple[int, int] | None) -> int | None:
    """Read a redirection's arguments.

    Returns:
        The index behind them, or None when the rest cannot be read.
    """
    target = False
    while at < len(line.words):
        if not line.known(at):
            return None
        word = line.words[at]
        if word in {"location", "prefix", "scheme"}:
            if not _value(line, at):
                return None
            target = True
            check_format(line, at + 1, where)
            at += 2
        elif word == "code":
            if not _value(line, at):
                return None
            if line.known(at + 1) and line.words[at + 1] not in _REDIRECT_CODES:
                message = f"{line.words[at + 1]!r} is no redirection code: 301, 302, 303, 307 or 308"
                line.fail("value", at + 1, message)
                return None
            at += 2
        elif word in {"set-cookie", "set-cookie-fmt", "clear-cookie"}:
            if not _value(line, at):
                return None
            at += 2
        elif word in _REDIRECT_FLAGS:
            if _REDIRECT_FLAGS[word] != ALL:
                message = f"HAProxy refuses {word!r} of a redirection as unknown"
                line.fail("too-new", at, message, ALL & ~_REDIRECT_FLAGS[word])
            at += 1
        elif word in {"if", "unless"}:
            break
        else:
            line.fail("value", at, f"{word!r} is no argument of a redirection; HAProxy refuses it")
            return None
    if not target and not line.open:
        line.fail("argument-missing", at, "a redirection needs 'location', 'prefix' or 'scheme'; HAProxy refuses it")
        return None
    return at


def _value(line: Line, at: int) -> bool:
    if line.is_end(at + 1):
        line.fail("argument-missing", at, f"{line.words[at]!r} needs a value; HAProxy refuses it")
        return False
    return True

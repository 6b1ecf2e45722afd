"""Rule lines (``http-request``, ``tcp-request content`` and their kin): action, arguments, condition."""

from __future__ import annotations

import re

from cfglint.analysis.haproxy_verdict.action_arguments import (
    WHERE,
    Reader,
    expression,
    nothing,
    number_or_expression,
    set_variable,
    set_variable_by_format,
    size_or_expression,
    take,
    time_or_expression,
    typed_expression,
    unset_variable,
    words_of,
)
from cfglint.analysis.haproxy_verdict.conditions import check_condition
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.replies import read_redirect, read_reply
from cfglint.analysis.haproxy_verdict.values import integer_of, leading_integer, time_of
from cfglint.syntax.haproxy_keywords import ALL, lookup, nearest
from cfglint.syntax.haproxy_rules import parse_action

_SLOT = re.compile(r"[0-9]{1,9}$")
_UP_TO_3_2 = 0b11111
_BY_INDEX = frozenset({"sc-inc-gpc", "sc-add-gpc", "sc-set-gpt"})


def check_rule(line: Line, place: str, start: int) -> None:
    """Check a rule line.

    Args:
        line: the line.
        place: the rule set, e.g. ``http-request`` or ``tcp-request content``.
        start: index of the action.
    """
    if line.is_end(start):
        line.fail("argument-missing", start, f"{place!r} needs an action; HAProxy refuses it")
        return
    if not line.known(start):
        return
    action = line.words[start]
    row = lookup(place, action)
    if row is None or row.refused == ALL:
        if action.startswith("lua."):
            line.refer("lua", action, start)
            return
        near = nearest(place, action)
        hint = f"did you mean {near!r}?" if near else ""
        line.fail("unknown", start, f"{action!r} is no action of {place!r}; HAProxy refuses it", help=hint)
        return
    if row.refused:
        line.fail("too-new", start, f"HAProxy refuses '{place} {action}' as unknown", row.refused)
    reader = _READERS.get(row.word)
    if reader is None:
        return
    end = reader(line, start + 1, place)
    if end is not None:
        check_condition(line, end, what=f"{place} {action}")


def _delete_header(line: Line, at: int, _place: str) -> int | None:
    if not take(line, at, "the header's name"):
        return None
    at += 1
    if line.get(at) == "-m":
        if line.known(at + 1) and line.words[at + 1] not in {"str", "beg", "end", "sub", "reg"}:
            line.fail("value", at + 1, f"-m {line.words[at + 1]!r}: only str, beg, end, sub and reg may follow")
        at += 2
    return at


def _track(line: Line, at: int, place: str) -> int | None:
    number = line.words[at - 1][len("track-sc") :]
    if not number.isdigit():
        line.fail("value", at - 1, f"{line.words[at - 1]!r}: the number of a stick counter must follow track-sc")
        return None
    end, out = typed_expression(line, at, place)
    if end is None:
        return None
    table = ""
    if line.get(end) == "table":
        if not take(line, end + 1, "the table's name"):
            return None
        if not line.known(end + 1):
            return end + 2
        table = line.words[end + 1]
        end += 2
    line.refer("table", table, end - 1, out)
    return end


def _counter(line: Line, at: int, _place: str) -> int | None:
    action = parse_action(line.words[at - 1])
    inside = action.inner or ""
    if not action.closed or (inside and not all(part.strip().isdigit() for part in inside.split(","))):
        line.fail("value", at - 1, f"{line.words[at - 1]!r}: numbers are expected in the brackets")
        return None
    if action.name in _BY_INDEX and "," not in inside:
        message = (
            f"{line.words[at - 1]!r} needs two numbers in brackets, the index and the stick counter; HAProxy refuses it"
        )
        line.fail("argument-missing", at - 1, message)
        return None
    return at


def _counter_value(line: Line, at: int, place: str) -> int | None:
    if _counter(line, at, place) is None:
        return None
    return at if line.is_end(at) else number_or_expression(line, at, place)


def _log_level(line: Line, at: int, _place: str) -> int | None:
    if not take(line, at, "a level"):
        return None
    if line.known(at):
        level = line.words[at]
        if level != "silent" and lookup("log-level", level) is None:
            line.fail("value", at, f"{level!r} is no log level: silent, emerg, alert, crit, err, warning, notice, …")
    return at + 1


def _word(line: Line, at: int, _place: str) -> int | None:
    return at + 1 if take(line, at, "a value") else None


def _spoe_group(line: Line, at: int, _place: str) -> int | None:
    if not take(line, at, "the engine's name") or not take(line, at + 1, "the group's name"):
        return None
    if line.known(at):
        line.refer("spoe-engine", line.words[at], at)
    return at + 2


def _capture(line: Line, at: int, place: str) -> int | None:
    end = expression(line, at, place)
    if end is None:
        return None
    if line.get(end) not in {"len", "id"}:
        if line.known(end) or line.is_end(end):
            line.fail(
                "argument-missing", end, "'capture' needs 'len' and a length, or 'id' and a slot, behind its expression"
            )
        return None
    if (
        line.get(end) == "len"
        and (line.known(end + 1) or line.is_end(end + 1))
        and leading_integer(line.get(end + 1)) < 1
    ):
        line.fail("value", end + 1, "'capture': the length must be above 0")
        return None
    if line.get(end) == "id":
        return end + 2 if _slot(line, end, place) else None
    return end + 2


def _slot(line: Line, at: int, place: str) -> bool:
    """Check ``id N`` of a capture rule."""
    if place.startswith("tcp-"):
        line.fail("value", at, f"'{place} capture' needs 'len' and a length, 'id' is not possible; HAProxy refuses it")
        return False
    if line.is_end(at + 1) or (line.known(at + 1) and not _SLOT.match(line.words[at + 1])):
        line.fail("value", at, "'capture': the number of a slot must follow 'id'; HAProxy refuses it")
        return False
    if line.known(at + 1):
        direction = "request" if place == "http-request" else "response"
        line.refer("capture", f"{direction} {line.words[at + 1]}", at + 1)
    return True


def _cache(line: Line, at: int, _place: str) -> int | None:
    if not take(line, at, "the cache's name"):
        return None
    if line.known(at):
        line.refer("cache", line.words[at], at)
    return at + 1


def _resolve(line: Line, at: int, place: str) -> int | None:
    parts = (parse_action(line.words[at - 1]).inner or "").split(",")
    if len(parts) < 2:
        line.fail("value", at - 1, "'do-resolve' needs (variable,resolvers[,ipv4|ipv6]) behind it")
        return None
    line.refer("resolvers", parts[1].strip(), at - 1)
    return expression(line, at, place)


_TIMEOUTS = {
    "server": (ALL, "backend"),
    "tunnel": (ALL, "backend"),
    "client": (ALL & ~0b111, "frontend"),
    "connect": (ALL & ~_UP_TO_3_2, "backend"),
    "queue": (ALL & ~_UP_TO_3_2, "backend"),
    "tarpit": (ALL & ~_UP_TO_3_2, ""),
}
"""What ``set-timeout`` sets: the branches that know it, and the side that it needs."""


def _which_timeout(line: Line, at: int) -> bool:
    word = line.words[at]
    known, side = _TIMEOUTS.get(word, (0, ""))
    if known != ALL:
        message = f"'set-timeout' knows {', '.join(_TIMEOUTS)}, not {word!r}; HAProxy refuses it"
        if known:
            message = f"HAProxy refuses 'set-timeout {word}' as unknown"
        line.fail("too-new" if known else "value", at, message, ALL & ~known)
    if known and ((side == "backend" and not line.scope.back) or (side == "frontend" and not line.scope.front)):
        message = f"'set-timeout {word}' needs a {side}, which {line.scope.label} is not; HAProxy refuses it"
        line.fail("misplaced", at, message, known)
        return False
    return known != 0


def _timeout(line: Line, at: int, place: str) -> int | None:
    if not take(line, at, "which timeout") or not take(line, at + 1, "the time"):
        return None
    if line.known(at) and not _which_timeout(line, at):
        return None
    if line.known(at + 1) and line.words[at + 1][:1].isdigit():
        value = time_of(line.words[at + 1])
        if isinstance(value, str) or not value:
            why = value or f"{line.words[at + 1]!r} must be above 0"
            line.fail("value", at + 1, f"'set-timeout': {why}; HAProxy refuses it")
        return at + 2
    return expression(line, at + 1, place)


def _service(line: Line, at: int, _place: str) -> int | None:
    if not take(line, at, "the service's name"):
        return None
    if line.known(at):
        line.refer("service", line.words[at], at)
    return at + 1


def _body(line: Line, at: int, _place: str) -> int | None:
    if line.get(at) != "time" or line.is_end(at + 1):
        if line.known(at) or line.is_end(at):
            line.fail("argument-missing", at, "'wait-for-body' needs 'time' and a duration; HAProxy refuses it")
        return None
    if line.known(at + 1):
        why = time_of(line.words[at + 1])
        if isinstance(why, str):
            line.fail("value", at + 1, f"'wait-for-body': {why}")
            return None
    return at + 4 if line.get(at + 2) == "at-least" else at + 2


def _on_off(line: Line, at: int, _place: str) -> int | None:
    if not take(line, at, "'on' or 'off'"):
        return None
    if line.known(at) and line.words[at] not in {"on", "off"}:
        line.fail("value", at, f"{line.words[at - 1]!r} takes 'on' or 'off', not {line.words[at]!r}")
    return at + 1


def _status(line: Line, at: int, _place: str) -> int | None:
    if not take(line, at, "a status code"):
        return None
    if line.known(at):
        code = integer_of(line.words[at])
        if code is None or not 100 <= code <= 999:
            line.fail("value", at, f"{line.words[at]!r} is no status code between 100 and 999")
    return at + 3 if line.get(at + 1) == "reason" else at + 1


def _realm(line: Line, at: int, _place: str) -> int | None:
    if line.get(at) != "realm":
        return at
    return at + 2 if take(line, at + 1, "the realm's name") else None


def _reset(line: Line, at: int, _place: str) -> int | None:
    if line.get(at) != "rst-ttl":
        return at
    line.fail("too-new", at, "HAProxy refuses 'silent-drop rst-ttl' as unknown", 0b11)
    return at + 2


def _layer4(line: Line, at: int, place: str) -> int | None:
    if line.get(at) != "layer4":
        if line.known(at) or line.is_end(at):
            line.fail("value", at, f"{place} {line.words[at - 1]!r} needs the word 'layer4' behind it")
        return None
    return at + 1


def _reply(line: Line, at: int, place: str) -> int | None:
    return read_reply(line, at, WHERE.get(place), line.words[at - 1])


def _attach(line: Line, at: int, place: str) -> int | None:
    if not take(line, at, "the name of a server"):
        return None
    line.refer("experimental", line.words[at - 1], at - 1)
    if line.known(at):
        line.refer("server", line.words[at], at)
    return expression(line, at + 2, place) if line.get(at + 1) == "name" else at + 1


def _redirect(line: Line, at: int, place: str) -> int | None:
    return read_redirect(line, at, WHERE.get(place))


def _bandwidth(line: Line, at: int, place: str) -> int | None:
    if not take(line, at, "the filter's name"):
        return None
    if line.known(at):
        line.refer("bwlim", line.words[at], at)
    at += 1
    while line.get(at) in {"limit", "period"}:
        end = (
            time_or_expression(line, at + 1, place)
            if line.words[at] == "period"
            else size_or_expression(line, at + 1, place)
        )
        if end is None:
            return None
        at = end
    return at


def _experimental(line: Line, at: int, _place: str) -> int | None:
    line.refer("experimental", line.words[at - 1], at - 1)
    return None


def _log_now(line: Line, at: int, _place: str) -> int | None:
    if line.get(at) != "profile":
        return at
    line.fail("too-new", at, "HAProxy refuses 'do-log profile' as unknown", _UP_TO_3_2)
    return at + 2


_READERS: dict[str, Reader] = {
    **dict.fromkeys(("allow", "accept", "reject", "close", "disable-l7-retry", "wait-for-handshake"), nothing),
    **dict.fromkeys(("dgram-drop", "send-retry"), nothing),
    **dict.fromkeys(("add-header", "set-header", "early-hint"), words_of("name", "format")),
    **dict.fromkeys(("replace-header", "replace-value"), words_of("name", "regex", "format")),
    **dict.fromkeys(("replace-path", "replace-pathq", "replace-uri"), words_of("regex", "format")),
    **dict.fromkeys(("set-method", "set-path", "set-pathq", "set-query", "set-uri"), words_of("format")),
    **dict.fromkeys(("add-acl", "del-acl", "del-map"), words_of("format")),
    "set-map": words_of("format", "format"),
    "del-header": _delete_header,
    **dict.fromkeys(("deny", "tarpit", "return"), _reply),
    "attach-srv": _attach,
    "redirect": _redirect,
    "auth": _realm,
    "set-var": set_variable,
    "set-var-fmt": set_variable_by_format,
    "unset-var": unset_variable,
    "track-sc": _track,
    **dict.fromkeys(("sc-inc-gpc0", "sc-inc-gpc1", "sc-inc-gpc"), _counter),
    **dict.fromkeys(("sc-add-gpc", "sc-set-gpt0", "sc-set-gpt"), _counter_value),
    "set-log-level": _log_level,
    "set-nice": _word,
    **dict.fromkeys(("set-tos", "set-mark", "set-fc-mark", "set-fc-tos", "set-bc-mark"), number_or_expression),
    **dict.fromkeys(("set-bc-tos", "set-retries"), number_or_expression),
    **dict.fromkeys(("set-src", "set-dst", "set-src-port", "set-dst-port"), expression),
    **dict.fromkeys(("set-priority-class", "set-priority-offset"), expression),
    "capture": _capture,
    **dict.fromkeys(("cache-use", "cache-store"), _cache),
    "do-resolve": _resolve,
    "set-timeout": _timeout,
    "pause": time_or_expression,
    "use-service": _service,
    "wait-for-body": _body,
    "strict-mode": _on_off,
    "send-spoe-group": _spoe_group,
    "set-status": _status,
    "set-bandwidth-limit": _bandwidth,
    "silent-drop": _reset,
    **dict.fromkeys(("expect-proxy", "expect-netscaler-cip"), _layer4),
    "normalize-uri": _experimental,
    "do-log": _log_now,
}

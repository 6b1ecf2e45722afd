"""``option`` lines of proxies, with ``no`` and ``default`` in front."""

from __future__ import annotations

import re
from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.defect import Kind
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.patterns import is_network
from cfglint.analysis.haproxy_verdict.shapes import no_more_than, one_of
from cfglint.syntax.haproxy_keywords import ALL, lookup, nearest

_FROM_3_2 = ALL & ~0b1111
_UP_TO_3_0 = ALL & ~_FROM_3_2
_IN_3_2 = 0b10000
_DEFAULT_MISCOUNTED = 0b1011
"""2.4, 2.6 and 3.0 count an option's own name as an argument behind ``default``; the last releases of others do not."""
_NEGATABLE = frozenset(
    {"httpclose", "http-server-close", "http-keep-alive", "redispatch", "http-restrict-req-hdr-names"}
)
_NEVER_DEFAULT = frozenset({"http-keep-alive", "http-server-close", "httpclose"})
_NOT_NEGATED = {
    "forwarded": 0b11, "http-use-htx": ALL & ~1, "transparent": 0, "use-small-buffers": 0,
    **dict.fromkeys(_NEGATABLE, 0),
}  # fmt: skip
"""The branches that refuse ``no`` before these options, which HAProxy's own list does not hold."""

_READ_WHERE_IGNORED = frozenset({"httplog", "tcplog", "httpslog", "mysql-check", "pgsql-check"})
_FORWARDED = frozenset({"proto", "host", "by", "by_port", "for", "for_port"})
_HIDDEN = re.compile(r"\r?\n.*\S", re.DOTALL)


def check_option(line: Line) -> None:
    """Check an ``option`` line of a proxy."""
    if line.is_end(1):
        line.fail("argument-missing", 1, "'option' needs a name behind it; HAProxy refuses it")
        return
    if not line.known(1):
        return
    name = line.words[1]
    row = lookup("option", name)
    if row is None:
        _unknown(line, name)
        return
    removed, refused = row.where("r"), row.refused
    use = row.notes.get("use", "")
    if removed:
        since = row.notes.get("removed", "")
        message = f"'option {name}' was removed in {since}; HAProxy refuses it"
        hint = f"use {use!r}" if use else "remove the line"
        line.fail("removed", 1, message, removed, warns=row.where("d"), since=since, help=hint)
        return
    if refused:
        kind: Kind = "removed" if row.versions[0] in "kdi" else "too-new"
        line.fail(kind, 1, f"HAProxy refuses 'option {name}' as unknown", refused)
        if refused == ALL:
            return
    deprecated = row.where("d")
    if deprecated:
        line.warn(
            "deprecated", 1, f"'option {name}' is deprecated", deprecated, help=f"use 'option {use}'" if use else ""
        )
    listed = "listed" in row.note
    if line.prefix and not _prefix(line, name, listed=listed, replaced=deprecated):
        return
    if row.arguments == "0" and no_more_than(line, 2):
        return
    if _misfits(line, row.note, name, listed=listed, replaced=deprecated):
        return
    check = _CHECKS.get(name)
    if check is not None:
        check(line)


def _unknown(line: Line, name: str) -> None:
    near = nearest("option", name)
    hint = f"did you mean 'option {near}'?" if near else ""
    line.fail("unknown", 1, f"there is no option {name!r}; HAProxy refuses it", help=hint)


def _prefix(line: Line, name: str, *, listed: bool, replaced: int) -> bool:
    """Report ``no`` or ``default`` where the option does not take it; True when some branch reads the line."""
    if line.prefix == "default":
        bars = name in _NEVER_DEFAULT or not (listed or name == "transparent")
        refusing = ALL if bars else _DEFAULT_MISCOUNTED | replaced
    else:
        refusing = replaced if listed else _NOT_NEGATED.get(name, ALL)
    if name == "use-small-buffers" or (name in _NEGATABLE and name not in _NEVER_DEFAULT):
        refusing = 0
    if refusing:
        line.fail("value", 1, f"'{line.prefix} option {name}' is not possible; HAProxy refuses it", refusing)
    return refusing != ALL


def _misfits(line: Line, note: str, name: str, *, listed: bool, replaced: int) -> bool:
    """Report an option that does not count in this kind of proxy; `replaced` are branches with another name for it."""
    if name == "abortonclose" and line.scope.kind == "frontend":
        message = "'option abortonclose' only counts in backends up to 3.2; HAProxy 3.2 refuses it in a frontend"
        line.fail("misplaced", 1, message, _IN_3_2, warns=_UP_TO_3_0, help="move it, or remove it")
        return True
    words = note.split(";", maxsplit=1)[0].split()
    if (line.scope.front and "FE" in words) or (line.scope.back and "BE" in words) or not {"FE", "BE"} & set(words):
        return False
    side = "frontends" if "FE" in words else "backends"
    message = f"'option {name}' only counts in {side}: a {line.scope.kind} ignores it"
    if listed:
        message += ", and from 3.2 on HAProxy refuses it"
        line.fail("misplaced", 1, message, _FROM_3_2 & ~replaced, warns=ALL, help="move it, or remove it")
        return True
    line.warn("misplaced", 1, message, help="move it, or remove it")
    return name not in _READ_WHERE_IGNORED


def _log_option(line: Line) -> None:
    if line.known(2) and line.words[2] != "clf":
        line.fail("value", 2, f"'option {line.words[1]}' only knows 'clf' behind it, not {line.words[2]!r}")
    elif line.known(2) and line.words[1] == "tcplog":
        line.fail("too-new", 2, "HAProxy refuses 'clf' behind 'option tcplog'", _UP_TO_3_0)


def _forwarded_for(line: Line) -> None:
    name = line.words[1]
    allowed = ("except", "header", "if-none") if name == "forwardfor" else ("except", "header")
    at = 2
    while line.known(at):
        word = line.words[at]
        if word not in allowed:
            line.fail("value", at, f"'option {name}' knows {', '.join(allowed)}, not {word!r}; HAProxy refuses it")
            return
        if word == "if-none":
            at += 1
            continue
        if line.is_end(at + 1):
            line.fail("argument-missing", at, f"'option {name} {word}' needs a value; HAProxy refuses it")
            return
        if word == "except" and line.known(at + 1) and not is_network(line.words[at + 1]):
            line.fail("value", at + 1, f"'option {name} except': {line.words[at + 1]!r} is no address or network")
            return
        at += 2


def _forwarded(line: Line) -> None:
    at = 2
    while line.known(at):
        word = line.words[at]
        name = word.removesuffix("-expr")
        if name not in _FORWARDED or word == "proto-expr":
            message = f"'option forwarded' knows {', '.join(sorted(_FORWARDED))}, not {word!r}; HAProxy refuses it"
            line.fail("value", at, message)
            return
        if name != word and line.is_end(at + 1):
            line.fail("argument-missing", at, f"'option forwarded {word}' needs an expression; HAProxy refuses it")
            return
        at += 1 if name == word else 2


def _http_check(line: Line) -> None:
    for index in range(2, len(line.words)):
        hidden = index == 4 and _HIDDEN.search(line.words[index])
        if hidden and line.known(index):
            line.fail(
                "hidden-headers",
                index,
                "headers hidden behind the version of 'option httpchk' are no longer sent: from 2.7 on HAProxy refuses"
                " the line, and before it warns",
                ALL & ~0b11,
                warns=0b11,
                since="2.7",
                help=_send_lines(line),
            )
            return
    if len(line.words) > 5:
        message = f"'option httpchk' takes a method, a path and a version: HAProxy refuses {line.words[5]!r}"
        line.fail("argument-unexpected", 5, message, ALL & ~_FROM_3_2)


def _send_lines(line: Line) -> str:
    version, *headers = [part for part in re.split(r"\r?\n", line.words[4]) if part]
    pairs = [header.partition(":") for header in headers if ":" in header]
    sent = "".join(f" hdr {name.strip()} {_quoted(value.strip())}" for name, _, value in pairs)
    method, path = line.words[2], line.words[3]
    return f"write 'option httpchk' and 'http-check send meth {method} uri {path} ver {version.strip()}{sent}'"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _mysql(line: Line) -> None:
    if line.known(2) and line.words[2] != "user":
        line.fail("value", 2, f"'option mysql-check' only knows 'user', not {line.words[2]!r}")
    elif line.known(2) and line.is_end(3):
        line.fail("argument-missing", 3, "'option mysql-check user' needs a name; HAProxy refuses it")
    elif line.known(4) and line.words[4] not in {"post-41", "pre-41"}:
        line.fail("value", 4, f"'option mysql-check user': post-41 or pre-41 may follow, not {line.words[4]!r}")


def _pgsql(line: Line) -> None:
    if (line.get(2) != "user" or line.is_end(3)) and (line.known(2) or line.is_end(2)):
        line.fail("argument-missing", 2, "'option pgsql-check' needs 'user' and a name; HAProxy refuses it")


def _smtp(line: Line) -> None:
    no_more_than(line, 4)


def _restrict(line: Line) -> None:
    one_of(line, 2, ("preserve", "reject", "delete"), "what to do with odd header names")


def _external(line: Line) -> None:
    line.refer("external-check", "", 1)


_CHECKS: dict[str, Callable[[Line], None]] = {
    "external-check": _external,
    "forwarded": _forwarded,
    "forwardfor": _forwarded_for,
    "http-restrict-req-hdr-names": _restrict,
    "httpchk": _http_check,
    "httplog": _log_option,
    "mysql-check": _mysql,
    "originalto": _forwarded_for,
    "pgsql-check": _pgsql,
    "smtpchk": _smtp,
    "tcplog": _log_option,
}

"""First words: is it known in this section, allowed there, removed, too new?"""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.line import PROXIES, Line
from cfglint.syntax.haproxy_keywords import ALL, Keyword, is_complete, keywords, lookup, nearest, places

_NEGATABLE = frozenset(
    {"option", "log", "busy-polling", "set-dumpable", "strict-limits", "insecure-fork-wanted", "numa-cpu-mapping"}
)
_UNNAMED_BARRED = frozenset(
    {"acl", "http-request", "http-response", "http-after-response", "tcp-request", "tcp-response", "quic-initial"}
)
_SECTIONS = (
    "global",
    *PROXIES,
    "peers",
    "resolvers",
    "userlist",
    "mailers",
    "cache",
    "ring",
    "log-forward",
    "fcgi-app",
)
_SKIPPED = frozenset({"stick", "log-steps", "quic-initial"})
"""Where they do not count, HAProxy does not read what follows; of other words it does."""

_HAND_READ = frozenset({
    "acl", "backlog", "balance", "bind", "capture", "cookie", "default-server", "default_backend",
    "description", "disabled", "dispatch", "dynamic-cookie-key", "email-alert", "enabled", "error-log-format",
    "filter", "force-persist", "fullconn", "gid", "hash-balance-factor", "hash-type", "http-after-response",
    "http-request", "http-response", "http-reuse", "http-send-name-header", "id", "ignore-persist",
    "load-server-state-from-file", "log", "log-format", "log-format-sd", "log-send-hostname", "log-tag",
    "max-session-srv-conns", "maxconn", "mode", "monitor", "monitor-net", "monitor-uri", "node", "option",
    "persist", "redirect", "retries", "server", "server-state-file-name", "server-template", "source",
    "spread-checks", "stick", "stick-table", "transparent", "uid", "ulimit-n", "unique-id-format",
    "unique-id-header", "use-server", "use_backend",
})  # fmt: skip
"""Words that even the versions which overlook global and proxy words in a userlist refuse there."""

_USERLIST_BUG = ALL & ~0b11111


def is_always_placed(kind: str, word: str) -> bool:
    """True when every version takes a word in a kind of section, without a remark, whatever the section's name."""
    row = lookup(kind, word)
    return row is not None and row.plain and not (kind == "defaults" and word in _UNNAMED_BARRED)


def check_placement(line: Line) -> bool:
    """Report a first word that its section does not take; True when the rest of the line is worth a look."""
    if not line.known(0):
        return False
    word, kind = line.words[0], line.scope.kind
    if line.prefix and word not in _NEGATABLE:
        line.fail(
            "value",
            0,
            f"{line.prefix!r} cannot stand before {word!r}: only option, log and a few global words take it; HAProxy"
            " refuses it",
        )
        return False
    row = lookup(kind, word)
    if row is None:
        _unknown(line, word, kind)
        return False
    if kind == "defaults" and not line.scope.name and word in _UNNAMED_BARRED and row.where("n") != ALL:
        line.fail(
            "misplaced",
            0,
            f"{word!r} may only stand in a defaults section that has a name; HAProxy refuses it",
            help="give the section a name: defaults NAME (2.6 and later)",
        )
        return False
    return row.plain or _judge(line, row)


def _judge(line: Line, row: Keyword) -> bool:
    word, kind = row.word, line.scope.kind
    removed, barred, unknown = row.where("r"), row.where("n"), row.where(".-")
    use = row.notes.get("use", "")
    if removed:
        since = row.notes.get("removed", "")
        message = f"{word!r} was removed in {since}: HAProxy refuses the line" if since else f"{word!r} was removed"
        hint = f"use {use!r}" if use else ""
        line.fail("removed", 0, message, removed, warns=row.where("d"), help=hint, since=since)
        if not barred:
            return removed != ALL and _old(row)
    if barred:
        elsewhere = [
            place for place in _SECTIONS if (other := lookup(place, word)) and other.where("kd") and place != kind
        ]
        message = f"{word!r} may not stand in a {kind} section; HAProxy refuses it"
        barred |= unknown
        line.fail("misplaced", 0, message, barred, help=f"it belongs to: {', '.join(elsewhere)}" if elsewhere else "")
        return barred != ALL
    if "build" in row.notes:
        _not_built(line, row.notes["build"])
        return False
    if unknown and unknown != ALL:
        gone = row.versions[-1] == "." and row.versions[0] != "."
        message = f"HAProxy refuses {word!r} as unknown"
        line.fail("removed" if gone or not row.where("kd") & (1 << 6) else "too-new", 0, message, unknown,
                  help=f"use {use!r}" if use else "")  # fmt: skip
    deprecated, ignored = row.where("d"), row.where("i")
    if deprecated:
        line.warn("deprecated", 0, f"{word!r} is deprecated", deprecated, help=f"use {use!r}" if use else "")
    if ignored:
        message = f"{word!r} has no meaning in a {kind}: HAProxy ignores the line"
        line.warn("misplaced", 0, message, ignored, help="move it to where it counts, or remove it")
        return word not in _SKIPPED
    return True


def _not_built(line: Line, feature: str) -> None:
    """Report a word that only a HAProxy with a library of its own knows."""
    message = (
        f"only a HAProxy built with {feature} knows {line.words[0]!r}: those of the distributions and the official"
        " images are not, and refuse it"
    )
    line.fail("unknown", 0, message, help="haproxy -vv lists what yours is built with; ignore this line if it is there")


def _old(row: Keyword) -> bool:
    return bool(row.where("kd"))


def _unknown(line: Line, word: str, kind: str) -> None:
    where = f"in a {kind} section" if kind in PROXIES or kind == "global" else f"in section {kind!r}"
    if kind not in places():
        return
    if kind == "userlist" and word not in _HAND_READ and (lookup("global", word) or lookup("listen", word)):
        message = f"{word!r} has no meaning {where}; HAProxy refuses it, but from 3.4 on it overlooks the mistake"
        line.fail("misplaced", 0, message, ALL & ~_USERLIST_BUG, warns=_USERLIST_BUG)
        return
    elsewhere = [place for place in _SECTIONS if (row := lookup(place, word)) is not None and row.where("kd")]
    if not is_complete(kind):
        line.warn("unverified", 0, f"{word!r} is not known {where}; HAProxy may refuse it", mild=True)
    elif elsewhere:
        message = f"{word!r} may not stand {where}; HAProxy refuses it"
        line.fail("misplaced", 0, message, help=f"it belongs to: {', '.join(elsewhere)}")
    else:
        near = nearest(kind, word)
        hint = f"did you mean {near!r}?" if near else _hint(word)
        line.fail("unknown", 0, f"{word!r} is no word that HAProxy knows {where}; it refuses the line", help=hint)


def _hint(word: str) -> str:
    if word.startswith(("{%", "{{", "<%", "{#")):
        return "this is a template: check what it gives, not the template itself"
    if "\u00a0" in word:
        return "there is a no-break space in the word: replace it by a plain one"
    if any(row.word == word for row in keywords("section")):
        return "it opens a section, so it must be the first word of its line"
    return ""

"""The word behind a directive's first one, held against the table of its place."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.defect import Kind
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.syntax.haproxy_keywords import ALL, keywords, lookup, nearest


def known_words(place: str) -> tuple[str, ...]:
    """The words of a place, for messages."""
    return tuple(row.word for row in keywords(place) if row.known)


def check_second(line: Line, place: str, index: int = 1) -> bool:
    """Check a word against the table of a place; True when it is known to every branch or hidden."""
    if line.is_end(index):
        line.fail("argument-missing", index, f"{line.words[0]!r} needs a word behind it; HAProxy refuses it")
        return False
    if not line.known(index):
        return False
    word = line.words[index]
    row = lookup(place, word)
    if row is None or row.refused == ALL:
        near = nearest(place, word)
        hint = f"did you mean {near!r}?" if near else f"known: {', '.join(known_words(place))}"
        line.fail("unknown", index, f"{word!r} may not follow {line.words[0]!r}; HAProxy refuses it", help=hint)
        return False
    if row.refused:
        kind: Kind = "too-new" if row.versions[-1] in "kd?" else "removed"
        use = row.notes.get("use", "")
        message = f"HAProxy refuses '{line.words[0]} {word}' as unknown"
        line.fail(kind, index, message, row.refused, help=f"use {use!r}" if use else "")
    return True

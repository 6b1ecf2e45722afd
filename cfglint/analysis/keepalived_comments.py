"""Where a comment character cuts a value of keepalived.conf in the middle of a word."""

from __future__ import annotations

from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Statement

COMMENT_CHARACTERS = "#!"


def cut_by_comment(config: KeepalivedConfig, statement: Statement) -> Span | None:
    """The text that is lost because ``#`` or ``!`` follows a statement's last word without a blank.

    Only what stands there as it is written can be judged: a value that came through a definition gives None, and so
    does a quoted word.
    """
    last = statement.words[-1]
    span = last.span
    source = config.tree.file_at.get(span.path)
    if source is None or last.quoted or span.line != span.end_line:
        return None
    raw = source.line(span.line)
    start, end = span.column - 1, span.end_column - 1
    if raw[start:end].rstrip("\\") != last.text.rstrip("\\"):
        return None
    if raw[end : end + 1] == "\\":
        end += 1
    if raw[end : end + 1] not in set(COMMENT_CHARACTERS):
        return None
    return source.span(span.line, end, len(raw.rstrip()))

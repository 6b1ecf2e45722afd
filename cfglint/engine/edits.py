"""Applying edits to texts: replacements of characters, never a re-rendering."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cfglint.engine.finding import Edit, Fix
from cfglint.source import SourceFile, Span


class EditError(Exception):
    """An edit points outside of its file's text, or two edits overlap."""


def offsets(source: SourceFile, span: Span) -> tuple[int, int]:
    """Where a span begins and ends in a file's text, in characters from 0.

    Raises:
        EditError: the file has no such place.
    """
    return _offset(source, span.line, span.column), _offset(source, span.end_line, span.end_column)


def _offset(source: SourceFile, line: int, column: int) -> int:
    count = len(source.lines)
    if line == count + 1 and column == 1:
        return len(source.text)
    if not 1 <= line <= count or not 1 <= column <= len(source.lines[line - 1]) + 1:
        raise EditError(f"{source.path}:{line}:{column}: there is no such place")
    return sum(len(text) for text in source.lines[: line - 1]) + column - 1


def apply_edits(source: SourceFile, edits: Iterable[Edit]) -> str:
    """A file's text after some edits.

    Raises:
        EditError: an edit points outside of the text, or two overlap.
    """
    places = sorted((*offsets(source, edit.span), edit.text) for edit in edits)
    parts: list[str] = []
    last = 0
    for start, end, text in places:
        if start < last or end < start:
            raise EditError(f"{source.path}: edits overlap")
        parts += [source.text[last:start], text]
        last = end
    return "".join([*parts, source.text[last:]])


def without_conflicts(fixes: Sequence[Fix]) -> list[int]:
    """The numbers of fixes that can be applied together: of those that touch the same text, the first one.

    A fix is taken whole or not at all, in every file that it edits.
    """
    taken: dict[str, list[Edit]] = {}
    chosen: list[int] = []
    for number, fix in enumerate(fixes):
        if all(not _conflicts(edit, taken.get(edit.span.path, ())) for edit in fix.edits):
            chosen.append(number)
            for edit in fix.edits:
                taken.setdefault(edit.span.path, []).append(edit)
    return chosen


def _conflicts(edit: Edit, others: Iterable[Edit]) -> bool:
    start, end = _ends(edit.span)
    for other in others:
        first, last = _ends(other.span)
        if start < last and first < end:
            return True
        if start == first and end == last:
            return True
    return False


def _ends(span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    return (span.line, span.column), (span.end_line, span.end_column)

"""Code frames: the lines a finding is about, with carets under what is meant, one frame a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cfglint.engine.finding import Finding
from cfglint.report.cells import printable, show_line, width, wrap
from cfglint.report.masking import MaskedLine, mask_line
from cfglint.report.secret_patterns import Region
from cfglint.report.styled import Line
from cfglint.source import SourceFile, Span

SHORTEST = 24
"""Cells of code that are shown however narrow the terminal is."""

MARGIN = 8
"""Cells of code kept on both sides of the carets when a long line is cut."""

ELLIPSIS = "…"

SecretRegions = Mapping[tuple[str, int], Sequence[Region]]
"""Regions that a model marks as secret, by path and line (from 1)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One place to point at.

    Attributes:
        span: the place.
        label: a few words, already printable and masked.
        primary: drawn with ``^`` instead of ``-``.
    """

    span: Span
    label: str
    primary: bool


@dataclass(frozen=True, slots=True)
class FrameContext:
    """What frames are drawn from.

    Attributes:
        sources: every file read, by its shown path.
        secrets: what the models know to be secret.
        width: cells a line may take.
    """

    sources: Mapping[str, SourceFile]
    secrets: SecretRegions
    width: int


def marks_of(finding: Finding) -> list[Mark]:
    """The places of a finding, the primary one first."""
    return [
        Mark(finding.at, finding.label, primary=True),
        *(Mark(related.span, related.message, primary=False) for related in finding.related),
    ]


def draw_frames(marks: Sequence[Mark], context: FrameContext) -> list[Line]:
    """The frames of all places, one a file, in the order in which the files first appear."""
    by_path: dict[str, list[Mark]] = {}
    for mark in marks:
        by_path.setdefault(mark.span.path, []).append(mark)
    numbers = [mark.span.line for mark in marks if _has_line(mark.span, context)]
    gutter = len(str(max(numbers, default=1)))
    lines: list[Line] = []
    drawn = False
    for path, group in by_path.items():
        arrow = "-->" if group[0].primary else ":::"
        whole = [mark for mark in group if not _has_line(mark.span, context)]
        inside = [mark for mark in group if _has_line(mark.span, context)]
        lines.append(_place(gutter, arrow, (inside or whole)[0].span))
        lines += [_note(gutter, mark) for mark in whole if mark.label]
        if inside:
            lines += [_bar(gutter), *_frame(path, inside, gutter, context)]
            drawn = True
    if drawn:
        lines.append(_bar(gutter))
    return lines


def _has_line(span: Span, context: FrameContext) -> bool:
    source = context.sources.get(span.path)
    return source is not None and 1 <= span.line <= len(source.lines)


def _place(gutter: int, arrow: str, span: Span) -> Line:
    return [(" " * gutter, ""), (arrow, "gutter"), (" ", ""), (printable(str(span)), "path")]


def _bar(gutter: int) -> Line:
    return [(" " * gutter + " |", "gutter")]


def _note(gutter: int, mark: Mark) -> Line:
    return [(" " * gutter + " = ", "gutter"), (mark.label, "")]


def _frame(path: str, marks: list[Mark], gutter: int, context: FrameContext) -> list[Line]:
    source = context.sources[path]
    room = max(SHORTEST, context.width - gutter - 3)
    lines: list[Line] = []
    previous = 0
    for number in sorted({mark.span.line for mark in marks}):
        if previous and number > previous + 1:
            lines.append([("." * max(3, gutter), "gutter")])
        previous = number
        on_line = [mark for mark in marks if mark.span.line == number]
        masked = mask_line(source.line(number), context.secrets.get((path, number), ()))
        text, underlines = _marked_line(masked, on_line, room)
        lines.append([(f"{number:>{gutter}} | ", "gutter"), (text, "")])
        lines += [[(" " * gutter + " | ", "gutter"), *underline] for underline in underlines]
    return lines


def _marked_line(masked: MaskedLine, marks: list[Mark], room: int) -> tuple[str, list[Line]]:
    """One line of code, cut to the room there is, and the carets with their labels."""
    shown = show_line(masked.text)
    ranges: list[tuple[int, int, Mark]] = []
    for mark in marks:
        last = masked.length if mark.span.end_line > mark.span.line else mark.span.end_column - 1
        start = shown.starts[masked.offset(min(mark.span.column - 1, masked.length))]
        end = shown.starts[masked.offset(min(last, masked.length), end=True)]
        ranges.append((start, max(end, start + 1), mark))
    text, shift, limit = _cut(shown.text, ranges[0][0], ranges[0][1], room)
    lines: list[Line] = []
    for start, end, mark in sorted(ranges, key=lambda entry: (not entry[2].primary, -entry[0])):
        left = min(max(start - shift, 0), limit)
        right = min(max(end - shift, left + 1), limit + 1)
        carets = ("^" if mark.primary else "-") * (right - left)
        lines += _underline(left, carets, _label(mark), "primary" if mark.primary else "related", room)
    return text, lines


def _label(mark: Mark) -> str:
    extra = f"to line {mark.span.end_line}" if mark.span.end_line > mark.span.line else ""
    return ", ".join(part for part in (mark.label, extra) if part)


def _underline(left: int, carets: str, label: str, style: str, room: int) -> list[Line]:
    """Carets, with the label behind them, or below them where it does not fit."""
    first: Line = [(" " * left, ""), (carets, style)]
    if not label:
        return [first]
    if left + len(carets) + 1 + width(label) <= room:
        return [[*first, (" " + label, style)]]
    below = wrap(label, room)
    indent = max(0, min(left, room - max(width(part) for part in below)))
    return [first, *([(" " * indent, ""), (part, style)] for part in below)]


def _cut(text: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """Cut a long line around the carets.

    Returns:
        the text; the cells by which everything moved left; the cells that the text takes.
    """
    total = width(text)
    if total <= room:
        return text, 0, total
    wanted = min(end, start + room - 2 * MARGIN)
    first = 0 if wanted + MARGIN <= room - 1 else max(0, min(start - MARGIN, wanted + MARGIN - room + 2))
    kept: list[str] = []
    cell = taken = 0
    budget = room - (1 if first else 0) - 1
    begin = first
    for character in text:
        size = width(character)
        if cell < first:
            cell += size
            begin = cell
            continue
        if taken + size > budget:
            break
        kept.append(character)
        taken += size
        cell += size
    tail = ELLIPSIS if cell < total else ""
    head = ELLIPSIS if first else ""
    return head + "".join(kept) + tail, begin - len(head), len(head) + taken

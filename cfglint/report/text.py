"""The report for people: each finding with code frames of every file it is about, then what was looked at."""

from __future__ import annotations

from collections.abc import Sequence

from cfglint.engine.finding import SEVERITIES, Finding
from cfglint.engine.result import Result
from cfglint.report.cells import printable, width, wrap
from cfglint.report.coverage import counts, extent, grouped_unchecked, left_out, pairing
from cfglint.report.frames import FrameContext, draw_frames, marks_of
from cfglint.report.options import RenderOptions
from cfglint.report.prepare import Safe, make_safe
from cfglint.report.styled import Line, render_lines

MAX_FRAMES = 8
"""Places of one finding that are drawn; the rest are counted (JSON has all of them)."""

MAX_UNCHECKED = 15
"""Reasons listed below "Not looked at"; the rest are counted (JSON has all of them)."""

NAME_COLUMN = 24
"""Cells up to which names stand before their sentence instead of above it."""


def render(result: Result, options: RenderOptions | None = None) -> str:
    """The whole report, worst findings first."""
    options = options or RenderOptions()
    safe = make_safe(result)
    context = FrameContext(result.sources, safe.secrets, options.width)
    lines: list[Line] = []
    for finding, *same in _folded(sorted(safe.findings, key=lambda finding: SEVERITIES.index(finding.level))):
        lines += [*finding_lines(finding, context, [entry.at.line for entry in same]), []]
    lines += _closing(result, safe, options.width)
    return render_lines(lines, colour=options.colour)


def _folded(findings: list[Finding]) -> list[list[Finding]]:
    """Findings with those that say the very same about other lines of the same file, in the order of the first ones."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        alone = bool(finding.related) or finding.at.is_whole_file
        same = (finding.rule, finding.level, finding.at.path, finding.message, finding.help, finding.fix is None)
        groups.setdefault((number,) if alone else same, []).append(finding)
    return list(groups.values())


def finding_lines(finding: Finding, context: FrameContext, more: Sequence[int] = ()) -> list[Line]:
    """One finding with its frames and notes.

    Args:
        finding: with safe texts.
        context: the files and the room there is.
        more: further lines of the file that the same is true of.
    """
    head = f"{finding.level}[{finding.rule}]: "
    first, *rest = wrap(head + finding.message, context.width, "  ")
    lines: list[Line] = [[(first[: len(head)].rstrip(), finding.level), (first[len(head.rstrip()) :], "message")]]
    lines += [[(line, "message")] for line in rest]
    marks = marks_of(finding)
    lines += draw_frames(marks[:MAX_FRAMES], context)
    if len(marks) > MAX_FRAMES:
        lines += _note("also", f"{len(marks) - MAX_FRAMES} more places (--format json lists them)", context.width)
    if more:
        lines += _note("also", f"line{'s' if len(more) > 1 else ''} {', '.join(map(str, more))}", context.width)
    if finding.fails_check:
        check = {"haproxy": "haproxy -c", "keepalived": "keepalived -t"}[finding.fails_check]
        lines += _note("check", f"`{check}` fails because of this", context.width)
    if finding.help:
        lines += _note("help", finding.help, context.width)
    if finding.fix is not None:
        option = "--fix" if finding.fix.safe else "--unsafe-fixes"
        lines += _note("fix", f"{finding.fix.title} (`cfglint check {option}` does it)", context.width)
    return [*lines, *_note("more", f"cfglint explain {finding.rule}", context.width)]


def _note(kind: str, text: str, room: int) -> list[Line]:
    indent = " " * (6 + len(kind)) if room >= 60 else " " * 4
    first, *rest = wrap(f"{kind}: {text}", room - 4, indent[4:])
    style = "help" if kind in {"help", "fix"} else "quiet"
    return [[("  = ", "gutter"), (first, style)], *([("    " + line, style)] for line in rest)]


def _closing(result: Result, safe: Safe, room: int) -> list[Line]:
    lines: list[Line] = []
    lines += _block("Compared", pairing(result.fleet), room)
    unchecked = grouped_unchecked(safe.unchecked, result.fleet)
    if len(unchecked) > MAX_UNCHECKED:
        more = len(unchecked) - MAX_UNCHECKED
        unchecked = [*unchecked[:MAX_UNCHECKED], ("…", f"and {more} more (--format json lists them)")]
    lines += _block("Not looked at", unchecked, room)
    lines += _block("Could not be checked", [(fault.where, fault.why) for fault in safe.faults], room, "error")
    lines += _summary(result, room)
    hidden = left_out(result)
    return [*lines, *([(part, "quiet")] for part in wrap(hidden, room))] if hidden else lines


def _block(title: str, entries: list[tuple[str, str]], room: int, style: str = "message") -> list[Line]:
    """A headline with one entry a name: in columns where there is room, else the sentence below the name."""
    if not entries:
        return []
    lines: list[Line] = [[(title, style)]]
    column = max(width(name) for name, _ in entries)
    for name, sentence in entries:
        if column <= NAME_COLUMN and room >= column + 40:
            first, *rest = wrap(sentence, room - column - 4)
            lines.append([("  ", ""), (name, "path"), (" " * (column - width(name) + 2), ""), (first, "")])
            lines += [[(" " * (column + 4) + line, "")] for line in rest]
        else:
            lines += [[("  ", ""), (line, "path")] for line in wrap(f"{name}:", room - 2)]
            lines += [[("    " + line, "")] for line in wrap(sentence, room - 4)]
    return [*lines, []]


def _summary(result: Result, room: int) -> list[Line]:
    found = counts(result)
    looked = f" ({extent(result)})"
    if not found:
        words = "Not everything could be checked" if result.faults else "No findings"
        return [[(line, "error" if result.faults else "good")] for line in wrap(printable(words + looked), room)]
    line: Line = []
    for number, (severity, words) in enumerate(found):
        line += [(", " if number else "", ""), (words, severity)]
    if width("".join(text for text, _ in line)) + width(looked) <= room:
        return [[*line, (looked, "")]]
    return [line, *([(part, "")] for part in wrap(looked.strip(), room))]

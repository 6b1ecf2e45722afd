"""What fixes change, as a unified diff; secrets are masked on every line of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from cfglint.report.cells import shown_character
from cfglint.report.masking import mask_line
from cfglint.report.options import RenderOptions
from cfglint.report.styled import Line, render_lines
from cfglint.source import SourceFile


def render(changes: Iterable[tuple[SourceFile, SourceFile]], options: RenderOptions | None = None) -> str:
    """The diff of each file.

    Args:
        changes: a file before and after; both have the same path.
        options: whether it is coloured.
    """
    options = options or RenderOptions()
    lines: list[Line] = []
    for before, after in changes:
        path = _safe(before.path)
        found = difflib.unified_diff(before.lines, after.lines, f"a/{path}", f"b/{path}", lineterm="")
        for number, text in enumerate(found):
            if number < 2 or text.startswith("@@"):
                lines.append([(text, "gutter")])
                continue
            lines.append(_changed(text.removesuffix("\n")))
            if not text.endswith("\n"):
                lines.append([("\\ No newline at end of file", "quiet")])
    return render_lines(lines, colour=options.colour, exact=True)


def _changed(text: str) -> Line:
    style = {"+": "added", "-": "removed"}.get(text[:1], "")
    return [(text[:1] + _safe(mask_line(text[1:]).text), style)]


def _safe(text: str) -> str:
    return "".join(character if character == "\t" else shown_character(character) for character in text)

"""Lines of styled text: what a report is made of before it is known whether colours can be shown."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

Piece = tuple[str, str]
"""A text and a style's name: one of `STYLES`, or empty."""

Line = list[Piece]

STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold cyan",
    "message": "bold",
    "path": "bold",
    "gutter": "blue",
    "primary": "bold red",
    "related": "bold blue",
    "help": "green",
    "quiet": "dim",
    "good": "bold green",
    "removed": "red",
    "added": "green",
}


def plain(lines: Iterable[Line], *, exact: bool = False) -> str:
    """The lines as text without any styling, each with its line end; blanks at their ends only stay if ``exact``."""
    texts = ("".join(text for text, _ in line) for line in lines)
    return "".join(f"{text if exact else text.rstrip()}\n" for text in texts)


def coloured(lines: Iterable[Line], *, exact: bool = False) -> str:
    """The same with terminal colours. No text is taken as markup, and nothing is wrapped."""
    from rich.console import Console  # noqa: PLC0415 - costs 50 ms, and only a terminal needs it
    from rich.text import Text  # noqa: PLC0415

    stream = StringIO()
    console = Console(
        file=stream,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        width=10_000,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for line in lines:
        text = Text()
        for piece, style in line:
            text.append(piece, STYLES.get(style, ""))
        if not exact:
            text.rstrip()
        console.print(text, soft_wrap=True)
    return stream.getvalue()


def render_lines(lines: Iterable[Line], *, colour: bool, exact: bool = False) -> str:
    """The lines as text, with or without colours."""
    return coloured(lines, exact=exact) if colour else plain(lines, exact=exact)

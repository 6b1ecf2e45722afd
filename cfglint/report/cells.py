"""How text looks on a terminal: what each character shows as, and how many cells it takes.

Configuration text is not trusted: a control character would drive the terminal, a direction mark would reorder the
line, and a byte that is not UTF-8 cannot be printed. Each is shown as an escape instead.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

TAB_STOP = 4
"""Cells between tab stops in code frames."""

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def shown_character(character: str) -> str:
    r"""What one character is shown as: itself, or an escape like ``\x1b`` or ``\u202e``."""
    if " " <= character <= "~" or unicodedata.category(character) not in _UNPRINTABLE:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def printable(text: str) -> str:
    """A text with everything that a terminal would act on shown as an escape; line ends and tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if character in "\t\n" else shown_character(character) for character in text)


def width(text: str) -> int:
    """Cells that a printable text takes: East Asian wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A configuration line as it is printed.

    Attributes:
        text: the printable text, tabs expanded.
        starts: for every character of the original, and for its end, the cell (from 0) where it starts.
    """

    text: str
    starts: tuple[int, ...]


def show_line(line: str) -> ShownLine:
    """Make a configuration line printable, remembering where each character went."""
    parts: list[str] = []
    starts: list[int] = []
    cell = 0
    for character in line:
        starts.append(cell)
        shown = " " * (TAB_STOP - cell % TAB_STOP) if character == "\t" else shown_character(character)
        parts.append(shown)
        cell += width(shown)
    return ShownLine("".join(parts), (*starts, cell))


def wrap(text: str, room: int, indent: str = "") -> list[str]:
    """Break a sentence into lines of at most ``room`` cells; a word that is longer stays whole.

    No line begins with ``::``, which a CI job that reads the output would take as a command.

    Args:
        text: printable text.
        room: cells a line may take, the indent included.
        indent: what every line but the first starts with.
    """
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        candidate = f"{current} {word}" if current else word
        prefix = indent if lines else ""
        if current and width(prefix) + width(candidate) > room and not word.startswith("::"):
            lines.append(prefix + current)
            current = word
        else:
            current = candidate
    lines.append((indent if lines else "") + current)
    return lines

r"""Files of sections and ``Key=value`` lines: NetworkManager keyfiles, systemd-networkd units.

Sections and keys may repeat, and each one counts, so everything is kept in order. ``#`` and ``;`` start comment lines;
a ``\`` at a line's end joins the next one, in systemd's files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

KINDS = {"ini-line": "a line that is neither a section nor an assignment"}
"""The kinds of problems this reader reports."""


@dataclass(frozen=True, slots=True)
class IniEntry:
    """One assignment.

    Attributes:
        key: as written, trimmed.
        value: as written, trimmed, joined lines with a blank between them.
        span: the line; of joined lines the first.
        value_span: the value in its first line; the key where it is empty.
    """

    key: str
    value: str
    span: Span
    value_span: Span


@dataclass(eq=False)
class IniSection:
    """One section, with its assignments in order."""

    name: str
    span: Span
    entries: list[IniEntry] = field(default_factory=list)

    def get(self, key: str) -> IniEntry | None:
        """The last assignment of a key, or None."""
        return next((entry for entry in reversed(self.entries) if entry.key == key), None)

    def text(self, key: str) -> str:
        """The last value of a key; empty without one."""
        found = self.get(key)
        return found.value if found is not None else ""

    def all(self, key: str) -> list[IniEntry]:
        """Every assignment of a key that counts: an empty value takes back those before it."""
        found: list[IniEntry] = []
        for entry in self.entries:
            if entry.key == key:
                found = [*found, entry] if entry.value else []
        return found


@dataclass(eq=False)
class IniFile:
    """One file: its sections in order; sections of one name stay apart."""

    source: SourceFile
    sections: list[IniSection] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)

    def named(self, name: str) -> Iterator[IniSection]:
        """The sections of a name."""
        return (section for section in self.sections if section.name == name)

    def merged(self, name: str) -> IniSection:
        """All sections of a name as one."""
        parts = list(self.named(name))
        span = parts[0].span if parts else self.source.whole
        return IniSection(name, span, [entry for part in parts for entry in part.entries])


def parse_ini(source: SourceFile, *, joins_lines: bool = False) -> IniFile:
    """Read one file; a line that cannot be read is a problem and the rest is still read.

    Args:
        source: the file.
        joins_lines: a backslash at a line's end joins the next line, as systemd reads it.
    """
    result = IniFile(source)
    section: IniSection | None = None
    number = 0
    while number < len(source.lines):
        number += 1
        text = source.line(number)
        stripped = text.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if stripped.startswith("[") and stripped.endswith("]"):
            section = IniSection(stripped[1:-1].strip(), source.line_span(number))
            result.sections.append(section)
            continue
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or section is None:
            message = "the line is neither a [section] nor Key=value below one; it is ignored"
            problem = SyntaxProblem(source.line_span(number), "ini-line", message, severity="warning")
            result.problems.append(problem)
            continue
        written = value.strip()
        start = len(key) + 1 + len(value) - len(value.lstrip()) if written else text.index(key.strip())
        end = start + len(written) if written else start + len(key.strip())
        entry_span, value_span = source.line_span(number), source.span(number, start, end)
        while joins_lines and written.endswith("\\") and number < len(source.lines):
            number += 1
            following = source.line(number).strip()
            if not following.startswith(("#", ";")):
                written = f"{written[:-1].rstrip()} {following}"
        section.entries.append(IniEntry(key.strip(), written.rstrip("\\").rstrip(), entry_span, value_span))
    return result

"""haproxy.cfg as a tree: sections, directives, words."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the daemon sees it.

    Attributes:
        text: with quotes and escapes resolved; environment variables as written.
        span: where it is written, quotes included.
    """

    text: str
    span: Span


@dataclass(eq=False)
class Directive:
    """One line that is neither blank nor a comment.

    Attributes:
        line_number: from 1.
        words: at least one.
        span: from its first to its last word.
        section: the section it stands in; None before the first one.
    """

    line_number: int
    words: list[Word]
    span: Span
    section: Section | None = field(repr=False)

    @property
    def keyword(self) -> str:
        """Its first word."""
        return self.words[0].text


@dataclass(eq=False)
class Section:
    """A section: its header line and what follows up to the next header.

    Attributes:
        kind: ``global``, ``defaults``, ``frontend``, …
        name: the second word of the header, or empty.
        header: the line that opens it.
        directives: its lines.
    """

    kind: str
    name: str
    header: Directive
    directives: list[Directive] = field(default_factory=list)


@dataclass(eq=False)
class HaproxyTree:
    """One file.

    Attributes:
        source: the file.
        sections: in order.
        problems: what does not read.
    """

    source: SourceFile
    sections: list[Section]
    problems: list[SyntaxProblem]


def parse_haproxy(source: SourceFile) -> HaproxyTree:
    """Read one file; it cannot fail: what does not read is a problem of the tree."""
    return HaproxyTree(source, [], [])

"""keepalived.conf, step one: a flat, lossless tree of physical lines, which can be edited word by word.

The grammar is ``grammars/keepalived.lark``: a token is one line, or all plain lines between two others, so reading
cannot fail and takes linear time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal, NamedTuple

from lark import Lark, Token, Transformer

from cfglint.source import SourceFile, Span
from cfglint.syntax.grammars import load_grammar

LineKind = Literal["blank", "comment", "definition", "condition", "sequence", "include", "statement"]
_BLANK = " \t\r\f\v"
_KINDS: dict[str, LineKind] = {
    "COMMENTS": "comment",
    "DEFINITION": "definition",
    "CONDITION": "condition",
    "SEQUENCE": "sequence",
    "INCLUDE": "include",
    "PLAIN": "statement",
}


class PhysicalLine(NamedTuple):
    r"""One line as it stands in the file.

    Attributes:
        number: from 1.
        kind: which step of the reading looks at it first; ``@id`` lines are ``condition`` whatever follows.
        text: without its end.
        end: the line end: ``\n``, ``\r\n``, or empty for a last line without one.
    """

    number: int
    kind: LineKind
    text: str
    end: str


@dataclass(eq=False)
class LineTree:
    """All lines of one file.

    Attributes:
        source: the file.
        lines: in order; their texts and ends joined are the file.
    """

    source: SourceFile
    lines: list[PhysicalLine]
    _edits: dict[tuple[int, int, int], str] = field(default_factory=dict, repr=False)

    def replace_word(self, span: Span, text: str) -> None:
        """Put another text in the place of a word; only that word's characters change when the file is written.

        Spans of other words stay valid, whatever has been replaced before. A second replacement of the same word wins.

        Args:
            span: the word as it stands in the file as read; quotes belong to it if they are to go.
            text: what stands there instead, without a line end.

        Raises:
            ValueError: the span is not inside one line of this file, crosses an earlier replacement, or the text
                holds a line end.
        """
        if span.path != self.source.path or span.line != span.end_line or not 1 <= span.line <= len(self.lines):
            raise ValueError(f"{span} is not a word of {self.source.path}")
        start, end = span.column - 1, span.end_column - 1
        if not 0 <= start <= end <= len(self.lines[span.line - 1].text):
            raise ValueError(f"{span} reaches beyond its line")
        if "\n" in text:
            raise ValueError("a word cannot hold a line end")
        for line, other_start, other_end in self._edits:
            crosses = start < other_end and other_start < end
            if line == span.line and crosses and (start, end) != (other_start, other_end):
                raise ValueError(f"{span} crosses another replacement")
        self._edits[span.line, start, end] = text

    def write(self) -> str:
        """The file's text with every replacement made."""
        changes: dict[int, list[tuple[int, int, str]]] = {}
        for (number, start, end), text in self._edits.items():
            changes.setdefault(number, []).append((start, end, text))
        parts: list[str] = []
        for line in self.lines:
            text = line.text
            for start, end, replacement in sorted(changes.get(line.number, ()), reverse=True):
                text = text[:start] + replacement + text[end:]
            parts += (text, line.end)
        return "".join(parts)


def read_lines(source: SourceFile) -> LineTree:
    """Read one file into its lines; it cannot fail."""
    lines = _parser().parse(source.text)
    return LineTree(source, lines)  # type: ignore[arg-type]  # the transformer makes a list of lines, not a lark tree


class _ToLines(Transformer[Token, list[PhysicalLine]]):
    """Builds the lines while the parser runs, so that no tree of the parser's own is made."""

    def start(self, tokens: list[Token]) -> list[PhysicalLine]:
        """The whole file."""
        lines: list[PhysicalLine] = []
        for token in tokens:
            kind = _KINDS[token.type]
            texts = token.split("\n")
            last = texts.pop()
            for number, text in enumerate(texts, len(lines) + 1):
                bare, end = (text[:-1], "\r\n") if text.endswith("\r") else (text, "\n")
                lines.append(PhysicalLine(number, kind if bare.strip(_BLANK) else "blank", bare, end))
            if last:
                lines.append(PhysicalLine(len(lines) + 1, kind if last.strip(_BLANK) else "blank", last, ""))
        return lines


@cache
def _parser() -> Lark:
    return load_grammar("keepalived", _ToLines())

"""The tree of a haproxy.cfg: sections, directives, words.

It is lossless: `HaproxyTree.write` gives the exact text, and `HaproxyTree.replace_word` changes one word's characters
and nothing else. Lines are split into words when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from cfglint.source import BOM, SourceFile, Span
from cfglint.syntax.haproxy_quoting import quote_word
from cfglint.syntax.haproxy_words import MAX_WORDS, RawWord, Reference, WordProblem, simple_texts, split_line
from cfglint.syntax.problem import SyntaxProblem

Line: TypeAlias = "Directive | str"


class Word:
    """One word as the daemon sees it.

    Attributes:
        text: with quotes and escapes resolved; environment variables as written.
        references: the environment variables in the text; empty for most words.
    """

    __slots__ = ("_directive", "_end", "_start", "references", "text")

    text: str
    references: tuple[Reference, ...]

    def __init__(self, directive: Directive, raw: RawWord) -> None:
        self._directive = directive
        self.text, self._start, self._end, self.references = raw

    @property
    def span(self) -> Span:
        """Where it is written, quotes included."""
        directive = self._directive
        return directive.source.span(directive.line_number, self._start, self._end)

    @property
    def raw(self) -> RawWord:
        """The word with its offsets in the line."""
        return RawWord(self.text, self._start, self._end, self.references)

    def __repr__(self) -> str:
        return f"Word({self._start}, {self._end})"  # the text may be a secret


class Directive:
    """One line that is neither blank nor a comment.

    Attributes:
        raw: the line as written, with its end.
        line_number: from 1.
        problem: why the line does not split into words, or None.
    """

    __slots__ = ("_plain", "_texts", "_words", "line_number", "owner", "problem", "raw")

    owner: Section | HaproxyTree

    def __init__(self, raw: str, line_number: int, *, plain: bool = False) -> None:
        self.raw = raw
        self.line_number = line_number
        self._plain = plain  # blanks alone separate the words
        self._texts: list[str] | None = None
        self._words: list[Word] | None = None
        self.problem: WordProblem | None = None

    @property
    def section(self) -> Section | None:
        """The section it stands in (of a header: the one it opens); None before the first one."""
        owner = self.owner
        return owner if isinstance(owner, Section) else None

    @property
    def source(self) -> SourceFile:
        """The file it stands in."""
        return self.owner.source

    @property
    def texts(self) -> list[str]:
        """The texts of its words: cheaper than `words` where no span is needed."""
        texts = self._texts
        if texts is None:
            raw = self.raw
            texts = (
                (raw.split("#", 1)[0] if "#" in raw else raw).split()
                if self._plain
                else [word.text for word in self.words]
            )
            self._texts = texts
        return texts

    @property
    def words(self) -> list[Word]:
        """Its words, at least one."""
        if self._words is None:
            self.split()
        return self._words or []

    @property
    def keyword(self) -> str:
        """Its first word."""
        return self.texts[0]

    @property
    def span(self) -> Span:
        """From its first to its last word."""
        return self.span_of(0, -1)

    def span_of(self, first: int, last: int | None = None) -> Span:
        """The span of its words from ``first`` to ``last``, both included.

        Args:
            first: index from 0; beyond the end means the last word.
            last: the same; negative counts from the end; None means only the first one.
        """
        words = self.words
        start = words[min(first, len(words) - 1)].raw.start
        end = words[min(first if last is None else last, len(words) - 1)].raw.end
        return self.source.span(self.line_number, start, end)

    def check(self) -> None:
        """Note what is wrong with the line, however odd it is."""
        self._texts = self.texts if self._plain else simple_texts(self.raw)
        if self._texts is None or len(self._texts) > MAX_WORDS:
            self.split()

    def split(self) -> None:
        """Split the line into words with their places."""
        found, self.problem = split_line(self.raw)
        self._words = [Word(self, word) for word in found]

    def change(self, raw: str) -> None:
        """Take another text for the line; `HaproxyTree.replace_word` calls this."""
        self.raw = raw
        self._plain = False
        self._texts = None
        self.split()

    def __repr__(self) -> str:
        return f"Directive({self.line_number}, {self.keyword!r})"


class Section:
    """A section: its header line and what follows up to the next header.

    Attributes:
        kind: ``global``, ``defaults``, ``frontend``, …
        header: the line that opens it.
        directives: its lines, without the header.
        source: the file it stands in.
    """

    __slots__ = ("directives", "header", "kind", "source")

    def __init__(self, header: Directive, source: SourceFile) -> None:
        self.kind = header.keyword.removeprefix(BOM)
        self.header = header
        self.directives: list[Directive] = []
        self.source = source

    @property
    def name(self) -> str:
        """The second word of the header, or empty."""
        texts = self.header.texts
        return texts[1] if len(texts) > 1 else ""

    def __repr__(self) -> str:
        return f"Section({self.kind!r}, {self.name!r})"


class HaproxyTree:
    """One file.

    Attributes:
        source: the file.
        lines: everything in order: directives (headers too), and texts for blank, comment and scope lines.
        sections: in order.
        prologue: the directives before the first section.
        problems: what does not read.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.lines: list[Line] = []
        self.sections: list[Section] = []
        self.prologue: list[Directive] = []
        self.problems: list[SyntaxProblem] = []

    @property
    def directives(self) -> Iterator[Directive]:
        """Every directive in order, headers included."""
        return (line for line in self.lines if isinstance(line, Directive))

    def write(self) -> str:
        """The file's text, with every replacement made so far."""
        return "".join(line if isinstance(line, str) else line.raw for line in self.lines)

    def replace_word(self, directive: Directive, index: int, text: str) -> None:
        """Replace one word; every other character of the file stays. Sections are not read anew.

        Args:
            directive: a directive of this tree.
            index: which of its words, from 0.
            text: what the word shall read as; quotes or escapes are added where HAProxy needs them.

        Raises:
            IndexError: it has no such word.
            ValueError: the text holds a NUL.
        """
        word = directive.words[index].raw
        directive.change(directive.raw[: word.start] + quote_word(text) + directive.raw[word.end :])

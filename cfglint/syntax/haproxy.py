"""haproxy.cfg as a tree: sections, directives, words.

The tree is lossless: `HaproxyTree.write` gives the exact text, and `HaproxyTree.replace_word` changes one word's
characters and nothing else. Lines are split into words when somebody asks for them.

Kinds of problems: those of `WordProblem`, ``missing-final-newline``, ``byte-order-mark`` and ``bad-scope``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TypeAlias, cast

from lark import Lark, Token, Transformer

from cfglint.source import SourceFile, Span
from cfglint.syntax.collector import collector_off
from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_words import BLANKS, RawWord, Reference, WordProblem, quote_word, split_line
from cfglint.syntax.problem import SyntaxProblem

SECTION_KINDS = frozenset(
    [
        *("global", "defaults", "frontend", "backend", "listen"),
        *("peers", "resolvers", "mailers", "userlist", "cache", "ring", "http-errors", "fcgi-app", "program"),
        *("log-forward", "log-profile", "traces", "crt-store", "acme", "healthcheck", "namespace_list"),
    ]
)
"""The words that open a section in any supported version."""

_PLAIN = re.compile(r"[\t -!$-&(-\[\]-~]*(?:#[^\n]*)?\r?\n?")
_TOKEN = re.compile(r"[^ \t\r\n]+")
_SCOPE_NAME = re.compile(r"[A-Za-z0-9_.:-]+")
_LONG = 128
"""A line shorter than this cannot have more than 64 words."""

Line: TypeAlias = "Directive | str"
SectionParts: TypeAlias = "tuple[Directive, list[Line]]"


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
        if self._texts is None:
            self._texts = self._bare.split() if self._plain else [word.text for word in self.words]
        return self._texts

    @property
    def words(self) -> list[Word]:
        """Its words, at least one."""
        if self._words is None:
            if self._plain:
                self._words = [Word(self, RawWord(word[0], *word.span())) for word in _TOKEN.finditer(self._bare)]
            else:
                self.split()
        return self._words or []

    @property
    def _bare(self) -> str:
        """A plain line without its comment."""
        raw = self.raw
        return raw.split("#", 1)[0] if "#" in raw else raw

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

    def split(self) -> None:
        """Split the line into words, however odd it is, and note what is wrong with it."""
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
        self.kind = header.keyword
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


def parse_haproxy(source: SourceFile) -> HaproxyTree:
    """Read one file; it cannot fail: what does not read is a problem of the tree."""
    tree = HaproxyTree(source)
    if not source.text:
        return tree
    with collector_off():
        # The parser's result is what `_Builder.start` returns.
        prologue, *sections = cast("list[list[Line] | SectionParts]", _parser().parse(source.text))
        _adopt(tree, tree, cast("list[Line]", prologue), tree.prologue)
        for header, lines in cast("list[SectionParts]", sections):
            section = Section(header, source)
            tree.sections.append(section)
            header.owner = section
            tree.lines.append(header)
            _note_problem(tree, header)
            _adopt(tree, section, lines, section.directives)
    if source.has_bom:
        tree.problems.insert(0, _byte_order_mark(source))
    if not source.text.endswith("\n"):
        tree.problems.append(_missing_newline(source))
    return tree


def _adopt(tree: HaproxyTree, owner: Section | HaproxyTree, lines: list[Line], directives: list[Directive]) -> None:
    tree.lines += lines
    for line in lines:
        if isinstance(line, Directive):
            line.owner = owner
            directives.append(line)
            if line.problem is not None:
                _note_problem(tree, line)
        elif isinstance(line, Token):
            _check_scope(tree, line)


def _note_problem(tree: HaproxyTree, directive: Directive) -> None:
    problem = directive.problem
    if problem is not None:
        span = tree.source.span(directive.line_number, problem.start, problem.end)
        tree.problems.append(
            SyntaxProblem(span, problem.kind, problem.message, problem.expected, fails_check="haproxy")
        )


def _check_scope(tree: HaproxyTree, line: Token) -> None:
    name, closed, _ = line.strip(BLANKS)[1:].partition("]")
    if not closed or not _SCOPE_NAME.fullmatch(name):
        tree.problems.append(
            SyntaxProblem(
                tree.source.line_span(line.line or 0),
                "bad-scope",
                "a line that starts with [ is a scope, and this one has no valid name in its brackets",
                expected="[name], made of letters, digits, - _ . and :",
                fails_check="haproxy",
            )
        )


def _byte_order_mark(source: SourceFile) -> SyntaxProblem:
    return SyntaxProblem(
        source.span(1, 0, 1),
        "byte-order-mark",
        "the file starts with a UTF-8 byte order mark, which HAProxy takes for a part of the first word",
        expected="the file without it",
        fails_check="haproxy",
    )


def _missing_newline(source: SourceFile) -> SyntaxProblem:
    last = len(source.lines)
    end = len(source.lines[-1])
    return SyntaxProblem(
        source.span(last, end, end),
        "missing-final-newline",
        "the last line does not end with a newline, so HAProxy takes the file for truncated and refuses it",
        expected="a newline",
        fails_check="haproxy",
    )


class _Builder(Transformer[Token, object]):
    """Builds the tree's parts while Lark reads; its methods have the names of the grammar's terminals and rules."""

    def PLAIN(self, token: Token) -> Directive:  # noqa: N802
        directive = Directive(token.value, token.line or 0, plain=True)
        if len(token) > _LONG:
            directive.split()
        return directive

    def ODD(self, token: Token) -> Directive:  # noqa: N802
        directive = Directive(token.value, token.line or 0)
        directive.split()
        return directive

    def HEADER(self, token: Token) -> Directive:  # noqa: N802
        return self.PLAIN(token) if _PLAIN.fullmatch(token) else self.ODD(token)

    def BLANK(self, token: Token) -> str:  # noqa: N802
        return str(token.value)

    def section(self, children: list[Line]) -> SectionParts:
        return children.pop(0), children  # type: ignore[return-value]  # the header is always a directive

    def prologue(self, children: list[Line]) -> list[Line]:
        return children

    def start(self, children: list[list[Line] | SectionParts]) -> list[list[Line] | SectionParts]:
        return children


def _open_section(token: Token) -> Token:
    r"""A keyword like ``"global"`` or ``glo\bal`` opens a section too."""
    words, _ = split_line(str(token))
    return Token.new_borrow_pos("HEADER", str(token), token) if words[0].text in SECTION_KINDS else token


@cache
def _parser() -> Lark:
    return load_grammar("haproxy", _Builder(), {"ODD": _open_section})

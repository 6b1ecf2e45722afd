"""nftables text as statements: words, strings and brace groups with their places.

Problem kinds: ``nft-unbalanced`` (a brace or quote without its partner: nft then loads nothing of the file).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from cfglint.source import SourceFile, Span
from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.problem import SyntaxProblem

MAX_DEPTH = 40
"""Brace groups within brace groups; nftables itself needs four."""

_WORD = re.compile(r"[!=<>]=|<<|>>|[,=<>&|^()!]|[^\s,=<>&|^()!]+")
_ADDRESS_AND_PORT = re.compile(r"\[[0-9A-Fa-f:.]+\](:.*)?")
_SPLIT_AT_COLON = re.compile(r"([^:\[\]]*):([^:\[\]]*)")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, operator or string.

    Attributes:
        text: without quotes.
        line: from 1.
        quoted: it was a string.
    """

    text: str
    line: int
    quoted: bool = False


@dataclass(eq=False)
class Group:
    """What stands between braces.

    Attributes:
        pieces: as read.
        line: of the opening brace, from 1.
        end_line: of the closing one.
    """

    pieces: list[Piece]
    line: int
    end_line: int

    @cached_property
    def statements(self) -> list[Statement]:
        """The statements of a block: they end at a newline or a semicolon."""
        return split_statements(self.pieces)

    @cached_property
    def items(self) -> list[Item]:
        """Words and groups of a set, where line ends mean nothing."""
        return [item for piece in self.pieces if not isinstance(piece, End) for item in _items(piece)]

    @property
    def commas(self) -> int:
        """How many commas stand directly inside, without splitting into words: a bound for the elements."""
        return sum(piece.text.count(",") for piece in self.pieces if isinstance(piece, Text))


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text that is not split into words yet."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class End:
    """A newline or semicolon."""

    line: int


Piece = Text | Word | Group | End
Item = Word | Group


@dataclass(eq=False)
class Statement:
    """One statement: words and groups up to a newline or semicolon."""

    pieces: list[Piece]
    _items: list[Item] | None = field(default=None, repr=False)

    @property
    def items(self) -> list[Item]:
        """Its words and groups."""
        if self._items is None:
            self._items = [item for piece in self.pieces for item in _items(piece)]
        return self._items

    @property
    def line(self) -> int:
        """Its first line."""
        first = self.pieces[0]
        return first.line


@dataclass(eq=False)
class NftFile:
    """One file.

    Attributes:
        source: its text.
        statements: of the top level; empty when the file does not read.
        problems: what does not.
    """

    source: SourceFile
    statements: list[Statement]
    problems: list[SyntaxProblem]


def looks_like_nftables(source: SourceFile) -> bool:
    """True when a file's first statement is one of nft's."""
    for line in source.text.splitlines()[:400]:
        words = line.split()
        if words and not words[0].startswith("#"):
            return words[0] in {"table", "add", "flush", "define", "include", "create", "destroy", "delete", "redefine"}
    return False


def read_nftables(source: SourceFile) -> NftFile:
    """Read a file; nft loads a file as a whole or not at all, so one unbalanced brace costs everything."""
    text = source.text if source.text.endswith("\n") else source.text + "\n"
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        line = error.line if error.line > 0 else len(source.lines)
        problem = SyntaxProblem(
            source.line_span(min(line, max(1, len(source.lines)))),
            "nft-unbalanced",
            "a brace or quote without its partner",
            lost="nft loads nothing of the file",
        )
        return NftFile(source, [], [problem])
    try:
        pieces = _pieces(tree.children, 0)
    except RecursionError:
        span = Span(source.path)
        return NftFile(source, [], [SyntaxProblem(span, "nft-unbalanced", "braces are nested too deep")])
    return NftFile(source, split_statements(pieces), [])


def split_statements(pieces: list[Piece]) -> list[Statement]:
    """Cut a list of pieces at its ends."""
    found: list[Statement] = []
    here: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, End):
            if here:
                found.append(Statement(here))
            here = []
        else:
            here.append(piece)
            if isinstance(piece, Group) and _closes_statement(here):
                found.append(Statement(here))
                here = []
    if here:
        found.append(Statement(here))
    return found


def _closes_statement(pieces: list[Piece]) -> bool:
    """A block ends its statement (``table ip t { … }``); a set inside a rule does not."""
    first = pieces[0]
    if not isinstance(first, Text):
        return False
    word = first.text.split(maxsplit=1)[0]
    return word in {"table", "chain", "set", "map", "flowtable"}


@cache
def _parser() -> Lark:
    return load_grammar("nftables")


def _pieces(children: list[Token | Tree[Token]], depth: int) -> list[Piece]:
    if depth > MAX_DEPTH:
        raise RecursionError
    found: list[Piece] = []
    for child in children:
        if isinstance(child, Token):
            line = child.line or 0
            if child.type == "TEXT":
                found.append(Text(str(child), line))
            elif child.type == "STRING":
                found.append(Word(child[1:-1], line, quoted=True))
            elif child.type == "END":
                found.append(End(line))
        else:
            opening, closing = child.children[0], child.children[-1]
            first = opening.line if isinstance(opening, Token) else 0
            last = closing.line if isinstance(closing, Token) else 0
            found.append(Group(_pieces(child.children[1:-1], depth + 1), first or 0, last or 0))
    return found


def _items(piece: Piece) -> list[Item]:
    if isinstance(piece, Text):
        return [Word(text, piece.line) for text in split_words(piece.text)]
    return [] if isinstance(piece, End) else [piece]


def split_words(text: str) -> list[str]:
    """Words and operators of a run of text; ``a:b`` is three words unless it is an address."""
    words: list[str] = []
    for found in _WORD.finditer(text):
        word = found.group()
        if ":" not in word or len(word) == 1:
            words.append(word)
            continue
        split = _SPLIT_AT_COLON.fullmatch(word)
        if split is not None:
            words += [part for part in (split[1], ":", split[2]) if part]
        elif _ADDRESS_AND_PORT.fullmatch(word):
            address, _, port = word.partition("]")
            words.append(address[1:])
            words += [":", port[1:]] if port else []
        else:
            words.append(word)
    return words

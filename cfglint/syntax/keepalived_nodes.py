"""The nodes of a keepalived.conf tree: words, statements, blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.source import Span
from cfglint.syntax.keepalived_text import BARE_WORD, Text, Via, shown, split_words


class Word:
    """One word as the daemon sees it.

    Attributes:
        text: without its quotes.
        quoted: it was in double quotes.
    """

    __slots__ = ("_end", "_piece", "_start", "quoted", "text")

    def __init__(self, text: str, piece: Text, start: int, end: int, *, quoted: bool = False) -> None:
        self.text = shown(text) if piece.hidden else text
        self.quoted = quoted
        self._piece = piece
        self._start = start
        self._end = end

    @property
    def span(self) -> Span:
        """Where it is written, quotes included; through a definition, the place that used the definition."""
        piece = self._piece
        if piece.places is not None:
            return piece.span(self._start, self._end)
        line, before = piece.line, piece.shift + 1
        return Span(piece.source.path, line, before + self._start, line, before + self._end)

    def __repr__(self) -> str:
        return f"Word({self.text!r})"


@dataclass(eq=False, slots=True)
class Statement:
    """One logical line: a keyword and its arguments.

    Attributes:
        words: at least one.
        piece: the line they were cut from.
        parent: the block it stands in; None at the top level.
    """

    words: list[Word]
    piece: Text = field(repr=False)
    parent: Block | None = field(default=None, repr=False)

    @property
    def keyword(self) -> str:
        """Its first word."""
        return self.words[0].text

    @property
    def span(self) -> Span:
        """From its first to its last word."""
        return self.span_from(0)

    def span_from(self, index: int) -> Span:
        """From one word (from 0) to its last word."""
        return self.piece.span(self.words[index]._start, self.words[-1]._end)  # noqa: SLF001  # words of this very line

    @property
    def via(self) -> Via:
        """Definitions and includes it came through, innermost last, each with a few words."""
        return self.piece.via

    @property
    def unsure(self) -> str:
        """Why the daemon may read something else here (a condition on an id that is not known); empty if it cannot."""
        return self.piece.unsure

    @property
    def text(self) -> str:
        """The logical line, for values that the daemon cuts in its second way (`split_quoted`)."""
        return shown(self.piece.text) if self.piece.hidden else self.piece.text


@dataclass(eq=False, slots=True)
class Block(Statement):
    """A statement with a body in braces.

    Attributes:
        children: the statements and blocks that the daemon reads as its body; of a value block, its lines.
        unknown: lines in its body whose keyword the daemon does not know there.
        meant: keywords that its author wrote and the daemon does not read here: misspelt, a second statement of a line,
            without a value.
        damaged: why its body is not what its author wrote (a misspelt block closed it early, say); empty if it is.
        skipped: why the daemon skips the whole block (a second one of its name, say); empty when it reads it.
        end: the ``}`` that closes it; None when it is missing.
    """

    children: list[Statement] = field(default_factory=list)
    unknown: list[Statement] = field(default_factory=list)
    meant: list[str] = field(default_factory=list)
    damaged: str = ""
    skipped: str = ""
    end: Span | None = None


def words_of(piece: Text) -> list[Word]:
    """Cut a logical line into words."""
    text = piece.text
    if '"' in text:
        return [Word(word, piece, start, end, quoted=quoted) for word, start, end, quoted in split_words(text)]
    return [Word(match[0], piece, match.start(), match.end()) for match in BARE_WORD.finditer(text)]

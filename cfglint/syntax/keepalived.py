"""keepalived.conf as a tree of blocks and statements, after conditions, definitions and includes."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the daemon sees it.

    Attributes:
        text: without its quotes.
        span: where it is written; through a definition, the place that used the definition.
        quoted: it was in double quotes.
    """

    text: str
    span: Span
    quoted: bool = False


@dataclass(eq=False)
class Statement:
    """One logical line: a keyword and its arguments.

    Attributes:
        words: at least one.
        span: from its first to its last word.
        via: definitions and includes it came through, innermost last, each with a few words.
        parent: the block it stands in; None at the top level.
    """

    words: list[Word]
    span: Span
    via: tuple[tuple[str, Span], ...] = ()
    parent: Block | None = None

    @property
    def keyword(self) -> str:
        """Its first word."""
        return self.words[0].text


@dataclass(eq=False)
class Block(Statement):
    """A statement with a body in braces."""

    children: list[Statement] = field(default_factory=list)


@dataclass(eq=False)
class KeepalivedTree:
    """A whole configuration for one node.

    Attributes:
        children: the top level's statements and blocks, in the daemon's order.
        problems: what does not read.
        files: every file read, the main one first.
    """

    children: list[Statement]
    problems: list[SyntaxProblem]
    files: list[SourceFile]


def read_keepalived_tree(source: SourceFile, tree: NodeTree, config_id: str) -> KeepalivedTree:
    """Read a file with its includes for one node."""
    del tree, config_id
    return KeepalivedTree([], [], [source])

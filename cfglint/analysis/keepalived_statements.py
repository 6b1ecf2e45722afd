"""keepalived.conf's statements by place, and how a release's own check (``keepalived -t``) takes what is found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal
from weakref import WeakKeyDictionary

from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.node import Node
from cfglint.model.version import Version
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, Statement
from cfglint.syntax.keepalived_keywords import Keyword, Release, find_keyword, keyword_tree

Index = dict[tuple[str, ...], list[Statement]]

_indexes: WeakKeyDictionary[KeepalivedConfig, Index] = WeakKeyDictionary()
_named: WeakKeyDictionary[KeepalivedConfig, dict[Span, Block]] = WeakKeyDictionary()

TEMPLATE = re.compile(r"\{\{|\{%|<%|\$\{")
"""An expression that a template engine should have replaced."""

VALUE = "*"
"""Stands in a path for the lines of a block of values, whatever their first word."""


def statements(config: KeepalivedConfig, *path: str) -> Sequence[Statement]:
    """The statements of one kind, in the daemon's order.

    Args:
        config: one node's configuration.
        path: the keywords of the enclosing blocks and the statement's own; `VALUE` for the lines of a block of values.
    """
    return _index(config).get(path, ())


def all_statements(config: KeepalivedConfig) -> Iterator[tuple[tuple[str, ...], Statement]]:
    """Every statement with its path."""
    for path, found in _index(config).items():
        for statement in found:
            yield path, statement


def within(block: Block, *path: str) -> Iterator[Statement]:
    """The statements below one block; the path is relative to it, `VALUE` fits any word."""
    if not path:
        yield block
        return
    for child in block.children:
        if path[0] not in {child.keyword, VALUE}:
            continue
        if len(path) == 1:
            yield child
        elif isinstance(child, Block):
            yield from within(child, *path[1:])


def keyword_of(path: tuple[str, ...], node: Node) -> Keyword | None:
    """The keyword table's entry for a statement's path, as the node's release reads it."""
    return _entry(path, release_of(node))


@lru_cache(maxsize=4096)
def _entry(path: tuple[str, ...], release: Release | None) -> Keyword | None:
    entry = find_keyword(path[:-1], path[-1])
    return entry.in_release(release) if entry is not None and entry.known_in(release) else None


def name_of(statement: Statement) -> str:
    """The name of a block, e.g. of a vrrp_instance: its second word; empty when it has none."""
    return statement.words[1].text if len(statement.words) > 1 else ""


def place_of(statement: Statement) -> str:
    """The blocks around a statement as people name them, outermost first: ``vrrp_instance VI_1, authentication``."""
    names: list[str] = []
    block = statement.parent
    while block is not None:
        names.insert(0, f"{block.keyword} {name_of(block)}".rstrip())
        block = block.parent
    return ", ".join(names) or "the top level"


def subject_of(node: Node, statement: Statement) -> tuple[str, ...]:
    """The symbolic path of a statement: node, names of the blocks around it (or their keywords), keyword."""
    names = [statement.keyword]
    block = statement.parent
    while block is not None:
        names.insert(0, name_of(block) or block.keyword)
        block = block.parent
    return (node.name, *names)


def is_open(statement: Statement) -> bool:
    """True when a condition or an unrendered template leaves open what the daemon reads there."""
    piece = statement.piece
    if piece.unsure:
        return True
    text = piece.text
    # Hardly any line holds one of these, and this is asked many times of each.
    if not piece.hidden and "{" not in text and "<" not in text and "$" not in text:
        return False
    return any(TEMPLATE.search(word.text) for word in statement.words)


def owner(statement: Statement) -> Block | None:
    """The top-level block that a statement stands in, itself for one; None when it is no block."""
    current = statement
    while current.parent is not None:
        current = current.parent
    return current if isinstance(current, Block) else None


def rest_of_block(config: KeepalivedConfig, span: Span) -> Span | None:
    """The lines after a place in its top-level block, the closing brace included; None outside of any block."""
    for child in config.tree.children:
        if not isinstance(child, Block) or child.end is None:
            continue
        start, end = child.words[0].span, child.end
        if start.path == span.path == end.path and start.line <= span.line < end.line:
            return Span(span.path, span.line + 1, 1, end.line, end.end_column)
    return None


def release_of(node: Node) -> Release | None:
    """The keepalived release a node is checked for, as numbers; None means every supported one."""
    return node.target.keepalived.parts if node.target.keepalived is not None else None


def holds(node: Node, since: str = "", before: str = "") -> bool | None:
    """Whether a span of releases covers the node's target.

    Args:
        node: its target counts.
        since: the first release, included; empty for all older ones.
        before: the first release no more included; empty for all newer ones.

    Returns:
        True or False for a node with a target; without one None, unless the span has no ends: then True.
    """
    target = node.target.keepalived
    if target is None:
        return None if since or before else True
    return not ((since and target < Version.parse(since)) or (before and target >= Version.parse(before)))


def fails_check(node: Node, since: str = "", before: str = "") -> Literal["keepalived"] | None:
    """``keepalived`` when the check of the node's release fails over a finding that those releases report.

    Before 2.2 the status says nothing, and the daemon's message counts instead.
    """
    return "keepalived" if holds(node, since, before) else None


def block_named_at(config: KeepalivedConfig, span: Span) -> Block | None:
    """The block whose name (its second word) stands at a place: the one that a model object was made of."""
    named = _named.get(config)
    if named is None:
        named = {}
        for _, found in all_statements(config):
            if isinstance(found, Block) and len(found.words) > 1:
                named[found.words[1].span] = found
        _named[config] = named
    return named.get(span)


def _index(config: KeepalivedConfig) -> Index:
    index = _indexes.get(config)
    if index is None:
        index = {}
        _collect(config.tree.children, _Place((), keyword_tree()), index)
        _indexes[config] = index
    return index


class _Place:
    """One path of the index with its statements and what stands below it."""

    __slots__ = ("below", "entry", "found", "path")

    def __init__(self, path: tuple[str, ...], entry: Keyword | None) -> None:
        self.path = path
        self.entry = entry
        self.found: list[Statement] = []
        self.below: dict[str, _Place] = {}


def _collect(children: Sequence[Statement], place: _Place, index: Index) -> None:
    values = place.entry is not None and place.entry.kind == "values"
    for statement in children:
        own = VALUE if values else statement.words[0].text
        below = place.below.get(own)
        if below is None:
            entry = place.entry.children.get(own) if place.entry is not None else None
            below = place.below[own] = _Place((*place.path, own), entry)
            index[below.path] = below.found
        below.found.append(statement)
        # Blocks nest as deep as the keyword table does, so this cannot go deep.
        if isinstance(statement, Block) and (below.entry is not None or values):
            _collect(statement.children, below, index)

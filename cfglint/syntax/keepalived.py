"""keepalived.conf as a tree of blocks and statements, after conditions, definitions and includes.

Three steps, as the daemon's own order asks: physical lines (`cfglint.syntax.keepalived_lines`), logical lines for one
node (`cfglint.syntax.keepalived_expand`), blocks (`cfglint.syntax.keepalived_blocks`).

Kinds of problems: ``unknown-keyword``, ``unknown-block``, ``unexpected-brace``, ``missing-open``, ``missing-close``,
``extra-close``, ``orphaned-body``, ``second-statement``, ``unmatched-quote``, ``line-too-long``, ``bad-repetition``,
``include-missing``, ``include-cycle``, ``too-much``.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from functools import cached_property

from cfglint.source import SourceFile, Span
from cfglint.syntax.collector import collector_off
from cfglint.syntax.keepalived_blocks import Built, build_blocks
from cfglint.syntax.keepalived_conditions import Condition
from cfglint.syntax.keepalived_definitions import Definition
from cfglint.syntax.keepalived_expand import Expander
from cfglint.syntax.keepalived_lines import LineTree
from cfglint.syntax.keepalived_nodes import Block, Statement, Word
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree

__all__ = ["Block", "Condition", "KeepalivedTree", "Statement", "Word", "read_keepalived_tree"]

NEWEST = (2, 4, 3)
"""The release that is read for when none is asked for."""

MAX_IDS = 4
"""Ids of nodes that a file is read for where the node's own is not known."""


@dataclass(eq=False)
class KeepalivedTree:
    """A whole configuration for one node.

    Attributes:
        children: the top level's statements and blocks, in the daemon's order.
        problems: what does not read.
        files: every file read, the main one first.
        lines: the same files as lossless line trees.
        unknown: lines at the top level whose keyword the daemon does not know there.
        conditions: every ``@id`` line.
        id_unknown: conditions name ids, and the node's is none of them: what they decide is marked as unsure.
        placeholders: template expressions (``{{ vip }}``, ``${VIP}``) that nobody rendered.
        definitions: every ``$NAME`` definition as it stands at the end.
        incomplete: each reason why lines are missing that the daemon has, with its place.
        included: paths below the node's root of the files read by includes.
    """

    children: list[Statement]
    problems: list[SyntaxProblem]
    files: list[SourceFile]
    lines: list[LineTree] = field(default_factory=list)
    unknown: list[Statement] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    id_unknown: bool = False
    placeholders: list[Span] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    incomplete: list[tuple[str, Span]] = field(default_factory=list)
    included: list[str] = field(default_factory=list)

    def conditions_in(self, block: Block) -> list[Condition]:
        """The ``@id`` lines within a block's own lines."""
        return [self.conditions[index] for index in _within(self._condition_lines, block)]

    def incomplete_in(self, block: Block) -> list[tuple[str, Span]]:
        """The reasons of `incomplete` within a block's own lines."""
        return [self.incomplete[index] for index in _within(self._incomplete_lines, block)]

    @cached_property
    def file_at(self) -> dict[str, SourceFile]:
        """The files read, by path."""
        return {file.path: file for file in self.files}

    @cached_property
    def _condition_lines(self) -> _Lines:
        return _by_path([condition.span for condition in self.conditions])

    @cached_property
    def _incomplete_lines(self) -> _Lines:
        return _by_path([span for _, span in self.incomplete])


_Lines = dict[str, list[tuple[int, int]]]
"""For each path the lines of some places, sorted, each with its index."""


def _by_path(spans: list[Span]) -> _Lines:
    found: _Lines = {}
    for index, span in enumerate(spans):
        found.setdefault(span.path, []).append((span.line, index))
    for lines in found.values():
        lines.sort()
    return found


def _within(lines: _Lines, block: Block) -> list[int]:
    start, end = block.words[0].span, block.end
    known = lines.get(start.path, [])
    last = end.line if end is not None and end.path == start.path else sys.maxsize
    first = bisect_left(known, (start.line, 0))
    return [index for _, index in known[first : bisect_left(known, (last + 1, 0))]]


def read_keepalived_tree(
    source: SourceFile,
    tree: NodeTree,
    config_id: str,
    release: tuple[int, ...] | None = None,
    *,
    id_is_certain: bool = False,
) -> KeepalivedTree:
    """Read a file with its includes for one node.

    Args:
        source: the main file.
        tree: the node's directory, for includes.
        config_id: the node's id for ``@id`` lines; empty when it is not known.
        release: the daemon's release, e.g. ``(2, 2, 7)``; None means the newest known one.
        id_is_certain: the id is the node's, even if no condition names it; else it only counts where one does.
    """
    with collector_off():
        return _read_for(source, tree, config_id, release or NEWEST, id_is_certain=id_is_certain)


def _read_for(
    source: SourceFile, tree: NodeTree, config_id: str, release: tuple[int, ...], *, id_is_certain: bool
) -> KeepalivedTree:
    expander, built = _read(source, tree, config_id, "", release)
    conditions = expander.found.conditions
    id_unknown = (
        bool(conditions) and not id_is_certain and config_id not in {condition.config_id for condition in conditions}
    )
    if id_unknown:
        # Read as one of the nodes that are named, so that blocks keep their shape; what depends on it is marked.
        named = next((entry.config_id for entry in conditions if not entry.negated), conditions[0].config_id)
        why = f"it depends on the node's id, which is not known to be {named}"
        expander, built = _read(source, tree, named, why, release)
    found = expander.found
    problems = found.problems + built.problems
    if id_unknown and any(condition.opens for condition in conditions):
        problems += _orphaned_elsewhere(source, tree, conditions, release)
    return KeepalivedTree(
        built.children,
        problems,
        [line_tree.source for line_tree in found.files],
        found.files,
        built.unknown,
        found.conditions,
        id_unknown,
        found.placeholders,
        found.definitions,
        found.incomplete + built.lost,
        found.included,
    )


def _read(
    source: SourceFile, tree: NodeTree, config_id: str, unsure: str, release: tuple[int, ...]
) -> tuple[Expander, Built]:
    expander = Expander(source, tree, config_id, unsure, release)
    return expander, _build(expander, release)


def _build(expander: Expander, release: tuple[int, ...]) -> Built:
    pieces = list(expander.lines())
    return build_blocks(pieces, release, expander.found.dropped)


def _orphaned_elsewhere(
    source: SourceFile, tree: NodeTree, conditions: list[Condition], release: tuple[int, ...]
) -> list[SyntaxProblem]:
    """Bodies that lose their first line on some node, while the node's own id is not known.

    Each id that is named is tried, and another one where only one is named: such a condition is about two sorts of
    nodes, or it would not be there.
    """
    named = list(dict.fromkeys(condition.config_id for condition in conditions))
    found: dict[Span, SyntaxProblem] = {}
    for config_id in named[:MAX_IDS] if len(named) > 1 else [""]:
        where = f"where the node's id is {config_id}" if config_id else f"where the node's id is not {named[0]}"
        _, built = _read(source, tree, config_id, "", release)
        for problem in built.problems:
            if problem.kind == "orphaned-body":
                message = f"{where}, {problem.message}"
                found.setdefault(problem.span, replace(problem, message=message, severity="warning", fails_check=None))
    return list(found.values())

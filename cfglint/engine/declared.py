"""Bringing together what discovery found and what the settings declare about nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cfglint.model.declared import DeclaredNode
from cfglint.model.discovery import Discovered
from cfglint.tree import NodeTree


def match_declared(found: Discovered, declared: Sequence[DeclaredNode]) -> list[DeclaredNode | None]:
    """Apply declarations to what was discovered.

    Where a node is declared to own certain files of a directory, the nodes found there give way to the declared ones.
    Names that are declared replace the found ones, unless another node has them.

    Args:
        found: what discovery found; its trees and names are changed.
        declared: the nodes of the settings.

    Returns:
        for each tree of ``found``, its declaration or None.
    """
    made: dict[int, DeclaredNode] = {}
    own_files = [node for node in declared if node.files is not None]
    for root in dict.fromkeys(node.root for node in own_files):
        places = [number for number, tree in enumerate(found.trees) if tree.root.resolve() == root]
        if places:
            made |= _replace(found, places, [node for node in own_files if node.root == root])
    roots = Counter(tree.root.resolve() for tree in found.trees)
    matched = [made.get(id(tree)) or _of(tree, declared, roots) for tree in found.trees]
    names = list(found.names)
    for number, node in enumerate(matched):
        if node is not None and node.name and node.name not in {*names[:number], *names[number + 1 :]}:
            names[number] = node.name
    found.names = names
    return matched


def _replace(found: Discovered, places: list[int], nodes: list[DeclaredNode]) -> dict[int, DeclaredNode]:
    """Put declared nodes with files of their own in the place of the nodes that were found in a directory.

    Returns:
        each new tree's node, by the tree's id; two nodes may share a file that their ids tell apart.
    """
    old = found.trees[places[0]]
    made = [(replace(old, only=node.files, problems=[], _cache={}), node) for node in nodes]
    names = [node.name or "+".join(sorted(node.files or ())) for node in nodes]
    kept = [number for number in range(len(found.trees)) if number not in places]
    found.trees = [*(found.trees[number] for number in kept), *(tree for tree, _ in made)]
    found.names = [*(found.names[number] for number in kept), *names]
    return {id(tree): node for tree, node in made}


def _of(tree: NodeTree, declared: Sequence[DeclaredNode], roots: Counter[Path]) -> DeclaredNode | None:
    """The declaration of a directory, also where only one of its files was given."""
    root = tree.root.resolve()
    if roots[root] > 1:
        return None
    return next((node for node in declared if node.root == root and node.files is None), None)

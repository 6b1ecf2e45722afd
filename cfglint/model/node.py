"""One host: its files and what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cfglint.model.addresses import HostAddresses
from cfglint.model.firewall import Firewall
from cfglint.model.haproxy import HaproxyConfig
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.kernel import KernelSettings
from cfglint.model.version import Target
from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree

Role = Literal["balancer", "real-server", "unknown"]


@dataclass(frozen=True, slots=True, eq=False)
class NodeFile:
    """One file of a node that was read.

    Attributes:
        kind: what it is to the host, e.g. ``keepalived``, ``haproxy``, ``sysctl``, ``iptables``, ``ifcfg``.
        relative: its path below the node's directory.
        source: its text.
    """

    kind: str
    relative: str
    source: SourceFile


@dataclass(frozen=True, slots=True, eq=False)
class FileProblem:
    """A syntax problem and the file it is in: the object that syntax rules look at."""

    problem: SyntaxProblem
    kind: str
    node: Node

    @property
    def span(self) -> Span:
        """The text that is wrong."""
        return self.problem.span


@dataclass(eq=False)
class Node:
    """One host's configuration.

    Attributes:
        name: the shortest path suffix that tells it from the other nodes.
        tree: its directory.
        role: balancer (has keepalived.conf or haproxy.cfg), real-server (only kernel, address or firewall files).
        files: everything that was read, in order of discovery.
        target: the daemon versions it is checked for.
        keepalived: its Keepalived configuration, or None without one.
        haproxy: its HAProxy configuration, or None without one.
        kernel: its kernel settings.
        addresses: its interfaces, addresses and routes.
        firewall: its rule sets.
        problems: syntax problems of every file.
    """

    name: str
    tree: NodeTree
    role: Role
    files: list[NodeFile]
    target: Target
    keepalived: KeepalivedConfig | None
    haproxy: HaproxyConfig | None
    kernel: KernelSettings
    addresses: HostAddresses
    firewall: Firewall
    problems: list[FileProblem] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Its directory as given on the command line."""
        return self.tree.shown or "."

    @property
    def span(self) -> Span:
        """The span that means the node as a whole: where something missing is reported."""
        return Span(self.path)

    def files_of(self, kind: str) -> list[NodeFile]:
        """The files of one kind."""
        return [file for file in self.files if file.kind == kind]

    def __repr__(self) -> str:
        return f"Node({self.name!r})"

"""What is known of a host's packet filters: the files read, and the tables they make."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_rules import Table
from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem


@dataclass(frozen=True, slots=True, eq=False)
class FirewallFile:
    """One file that was read: its kind (``iptables``, ``firewalld`` …), its place below the node, its text."""

    kind: str
    relative: str
    source: SourceFile


@dataclass(eq=False)
class World:
    """One way in which the host may be set up: the tables that are then loaded together.

    Attributes:
        label: what sets it apart, e.g. ``with FirewallBackend=nftables``; empty when it is the only one.
        tables: all of them must let a packet through.
    """

    label: str
    tables: list[Table] = field(default_factory=list)


@dataclass(eq=False)
class Firewall:
    """The rule sets of one node.

    Attributes:
        files: paths (as shown) of the files read; empty when the node has none: then nothing is known.
        root: the node's directory as shown.
        sources: the files read, with their kinds.
        worlds: how the host may be set up; more than one when the files leave a choice open.
        open_choice: what the files leave open when there are several worlds.
        choice_span: the text, or file, that leaves it open.
        problems: what does not read in the files.
        not_followed: commands of scripts that are left out: text and reason, with their place.
    """

    files: list[str] = field(default_factory=list)
    root: str = "."
    sources: list[FirewallFile] = field(default_factory=list)
    worlds: list[World] = field(default_factory=list)
    open_choice: str = ""
    choice_span: Span | None = None
    problems: list[SyntaxProblem] = field(default_factory=list)
    not_followed: list[tuple[str, Span]] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """True when the node has at least one firewall file."""
        return bool(self.files)

"""What the settings declare about nodes and clusters, because no directory tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cfglint.model.node import Role
from cfglint.model.version import Target


@dataclass(frozen=True, slots=True)
class DeclaredNode:
    """What is declared about one node.

    Attributes:
        root: its directory, resolved.
        files: the only files of that directory that are its own; None means all.
        name: what it is called; None leaves it to discovery.
        role: what it does; None leaves it to its files.
        config_id: for ``@id`` lines of keepalived.conf; None leaves it to its hostname file or name.
        target: the daemon versions it runs; None means those of the whole run.
        variables: environment variables that HAProxy is started with.
    """

    root: Path
    files: frozenset[str] | None = None
    name: str | None = None
    role: Role | None = None
    config_id: str | None = None
    target: Target | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeclaredCluster:
    """Nodes that belong together.

    Attributes:
        name: what the cluster is called in reports.
        nodes: the balancers' names.
        real_servers: the names of the nodes behind them.
    """

    name: str
    nodes: tuple[str, ...]
    real_servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """All declarations of one run."""

    nodes: tuple[DeclaredNode, ...] = ()
    clusters: tuple[DeclaredCluster, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

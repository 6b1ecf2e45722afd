"""From the paths a user gives to node directories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cfglint.model.layout import ETC_FOLDERS, keepalived_variants, kind_by_name, kind_of, looks_like_node
from cfglint.tree import NodeTree, ReadProblem

MAX_DEPTH = 4
"""Levels of folders below a given parent that are searched for node directories."""

MAX_FOLDERS = 50_000
"""Folders looked into for one run; a tree with more is not a folder of nodes."""


@dataclass(eq=False)
class Discovered:
    """What the given paths hold.

    Attributes:
        trees: node directories, in the order given, each once.
        names: the nodes' names, in the same order.
        problems: paths that do not exist, cannot be read, or hold no node.
        skipped: folders and files of a given parent that belong to no node, with the reason.
    """

    trees: list[NodeTree] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    problems: list[ReadProblem] = field(default_factory=list)
    skipped: list[ReadProblem] = field(default_factory=list)


def discover(paths: Sequence[str]) -> Discovered:
    """Find the node directories in the paths a user gave: node directories, files, or parents of node directories."""
    found = Discovered()
    files: dict[Path, list[Path]] = {}
    budget = [MAX_FOLDERS]
    for given in paths:
        path = Path(given)
        try:
            if not path.exists():
                why = "is a dangling or looping symbolic link" if path.is_symlink() else "no such file or directory"
                found.problems.append(ReadProblem(given, why))
            elif path.is_dir():
                before = len(found.trees)
                _expand(path, found, MAX_DEPTH, budget)
                if len(found.trees) == before:
                    found.problems.append(ReadProblem(given, _no_node(path)))
            else:
                files.setdefault(path.parent, []).append(path)
        except OSError as error:
            found.problems.append(ReadProblem(given, f"cannot be read: {(error.strerror or str(error)).lower()}"))
    for folder, members in files.items():
        _file_nodes(folder, members, found)
    _deduplicate(found)
    roots = tuple(path.resolve() for path in map(Path, paths) if path.is_dir())
    for tree in found.trees:
        tree.given = roots
    found.names = shortest_names(found.trees)
    return found


def _expand(path: Path, found: Discovered, depth: int, budget: list[int]) -> None:
    """Add a node directory, or the node directories below it."""
    tree = NodeTree(path, _shown(path))
    variants = keepalived_variants(tree)
    is_node = looks_like_node(tree)
    inner = Discovered()
    if depth > 0 and not (path / "etc").is_dir():
        _search_below(path, inner, depth, budget)
    if inner.trees and not (is_node and _is_whole_host(tree)):
        if is_node or variants:
            names = ", ".join(_loose_files(tree)[:5])
            reason = f"stands beside node directories and belongs to none of them: {names}"
            inner.skipped.append(ReadProblem(_shown(path), reason))
        found.trees += inner.trees
    elif variants:
        found.trees += [NodeTree(path, _shown(path), frozenset({name})) for name in variants]
    elif is_node:
        found.trees.append(tree)
        inner.skipped = []
    found.skipped += inner.skipped
    found.problems += inner.problems


def _search_below(path: Path, inner: Discovered, depth: int, budget: list[int]) -> None:
    """Look for node directories among the folders of a directory."""
    for child in _children(path, inner):
        budget[0] -= 1
        if budget[0] < 0:
            inner.problems.append(ReadProblem(_shown(path), f"holds more than {MAX_FOLDERS} folders"))
            break
        if child.name.startswith((".", "_")):
            if looks_like_node(NodeTree(child, _shown(child))):
                reason = f"its name starts with {child.name[0]!r}; name it on the command line to check it"
                inner.skipped.append(ReadProblem(_shown(child), reason))
        elif child.name not in _ETC_NAMES:
            _expand(child, inner, depth - 1, budget)


_ETC_NAMES = frozenset(
    (
        "keepalived",
        "haproxy",
        "sysctl.d",
        "firewalld",
        "iptables",
        "nftables",
        "nftables.d",
        "ufw",
        "sysconfig",
        "network",
        "network-scripts",
        "NetworkManager",
        "systemd",
        "netplan",
        "zones",
        "services",
        "policies",
        "ipsets",
        "scripts",
        "errors",
        "certs",
        "ssl",
        "conf.d",
    )
)
"""Folders that belong to a host's own configuration, so never node directories of their own."""


def _is_whole_host(tree: NodeTree) -> bool:
    """True when the directory itself holds a Keepalived configuration."""
    return any(tree.exists(f"{folder}/keepalived/keepalived.conf".lstrip("/")) for folder in ETC_FOLDERS) or (
        tree.exists("keepalived.conf")
    )


def _children(path: Path, found: Discovered) -> list[Path]:
    try:
        return sorted(child for child in path.iterdir() if child.is_dir() and not child.is_symlink())
    except OSError as error:
        found.problems.append(ReadProblem(_shown(path), f"cannot be listed: {(error.strerror or '').lower()}"))
        return []


def _loose_files(tree: NodeTree) -> list[str]:
    return [name for name in tree.files(".") if kind_of(name) is not None]


def _no_node(path: Path) -> str:
    try:
        empty = not any(path.iterdir())
    except OSError as error:
        return f"cannot be listed: {(error.strerror or str(error)).lower()}"
    if empty:
        return "no node found: the directory is empty"
    return "no node found: no keepalived.conf, haproxy.cfg, sysctl, interface or firewall file in it or below it"


def _file_nodes(folder: Path, members: Sequence[Path], found: Discovered) -> None:
    """Files of one folder make one node, unless two of them are the same daemon's main file."""
    main = [member for member in members if kind_by_name(member.name) == "keepalived"]
    shown = _shown(folder) if members[0].as_posix() != members[0].name else ""
    names = [member.name for member in dict.fromkeys(members)]
    if len(main) > 1 or (not main and len(names) > 1 and all(kind_by_name(name) == "haproxy" for name in names)):
        found.trees += [NodeTree(folder, shown, frozenset({name})) for name in names]
    else:
        found.trees.append(NodeTree(folder, shown, frozenset(names)))


def _deduplicate(found: Discovered) -> None:
    seen: set[tuple[Path, frozenset[str] | None]] = set()
    kept: list[NodeTree] = []
    for tree in found.trees:
        key = (tree.root.resolve(), tree.only)
        if key not in seen:
            seen.add(key)
            kept.append(tree)
    found.trees = kept


def _shown(path: Path) -> str:
    return path.as_posix()


def shortest_names(trees: Sequence[NodeTree]) -> list[str]:
    """The shortest path suffixes that tell the nodes apart; single files of one folder are told apart by file name."""
    parts = [_name_parts(tree, trees) for tree in trees]
    names: list[str] = []
    for own in parts:
        for length in range(1, len(own) + 1):
            suffix = own[-length:]
            if sum(other[-length:] == suffix for other in parts) == 1:
                break
        names.append("/".join(suffix))
    return names


def _name_parts(tree: NodeTree, trees: Sequence[NodeTree]) -> list[str]:
    folder = [part for part in tree.root.resolve().parts if part != "/"] or ["root"]
    same_folder = sum(other.root == tree.root for other in trees)
    if tree.only is not None and same_folder > 1:
        return [*folder, *sorted(tree.only)[:1]]
    return folder

"""From a node's directory to its model."""

from __future__ import annotations

from collections.abc import Mapping

from cfglint.model.addresses import read_host_addresses
from cfglint.model.build_haproxy import build_haproxy
from cfglint.model.build_keepalived import build_keepalived
from cfglint.model.declared import DeclaredNode
from cfglint.model.firewall import read_firewall
from cfglint.model.haproxy import HaproxyConfig
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.kernel import read_kernel_settings
from cfglint.model.layout import ETC_FOLDERS, STALE, find, kind_by_text, kind_of
from cfglint.model.node import FileProblem, Node, NodeFile, Role
from cfglint.model.version import Target
from cfglint.source import SourceFile
from cfglint.tree import NodeTree, ReadProblem


def build_node(
    name: str, tree: NodeTree, target: Target, declared: DeclaredNode | None = None, variables: Mapping[str, str] = {}
) -> Node:
    """Read everything that a node's directory holds.

    Args:
        name: what users call it.
        tree: its directory.
        target: the daemon versions it is checked for.
        declared: what the settings declare about it.
        variables: environment variables that HAProxy is started with on every node.
    """
    main = _main_files(tree)
    stated_id = (declared and declared.config_id) or host_name(tree)
    keepalived = _keepalived(
        stated_id or config_id(name), tree, main.get("keepalived", []), target, certain=bool(stated_id)
    )
    known = {**variables, **(declared.variables if declared else {})}
    haproxy = _haproxy(tree, main.get("haproxy", []), target, known)
    kernel = read_kernel_settings(tree)
    addresses = read_host_addresses(tree)
    firewall = read_firewall(tree)
    files = [
        NodeFile(main_kind(main, relative) or kind_of(relative) or "other", relative, source)
        for relative, source in tree.read_so_far()
    ]
    role = (declared and declared.role) or _role(keepalived, haproxy, files)
    node = Node(name, tree, role, files, target, keepalived, haproxy, kernel, addresses, firewall)
    for config in (keepalived, haproxy):
        if config is not None:
            config.node = node
    node.problems = _problems(node)
    return node


def main_kind(main: dict[str, list[str]], relative: str) -> str | None:
    """The daemon whose main file a path is, or None."""
    return next((kind for kind, names in main.items() if relative in names), None)


def _main_files(tree: NodeTree) -> dict[str, list[str]]:
    """The daemons' main files: in their usual places, or the files that were given themselves."""
    if tree.only is None:
        return {kind: found for kind in ("keepalived", "haproxy") if (found := find(tree, kind))}
    main: dict[str, list[str]] = {}
    for relative in sorted(tree.only):
        kind = kind_of(relative)
        if kind is None:
            source = tree.read(relative)
            kind = kind_by_text(source.text) if source is not None else None
            if source is not None and kind is None:
                why = "is not recognised: neither its name nor its text says which daemon reads it"
                tree.problems.append(ReadProblem(tree.shown_path(relative), why))
        if kind in {"keepalived", "haproxy"}:
            main.setdefault(kind, []).append(relative)
    return main


def _keepalived(
    own_id: str, tree: NodeTree, places: list[str], target: Target, *, certain: bool
) -> KeepalivedConfig | None:
    for relative in places:
        source = tree.read(relative)
        if source is not None:
            return build_keepalived(source, tree, own_id, target.keepalived, id_is_certain=certain)
    return None


def _haproxy(tree: NodeTree, places: list[str], target: Target, variables: Mapping[str, str]) -> HaproxyConfig | None:
    sources = [source for relative in places if (source := tree.read(relative)) is not None]
    return build_haproxy(sources, target.haproxy, variables) if sources else None


def host_name(tree: NodeTree) -> str:
    """The host name up to its first dot, from the node's ``hostname`` file; empty without one."""
    for relative in find(tree, "hostname"):
        source = tree.read(relative)
        words = source.text.split() if source is not None else []
        if words:
            return words[0].split(".")[0]
    return ""


def config_id(name: str) -> str:
    """The id that ``@id`` lines of keepalived.conf are held against where no host name is known: the node's name."""
    return name.rsplit("/", 1)[-1].split(".", maxsplit=1)[0]


def _role(keepalived: KeepalivedConfig | None, haproxy: HaproxyConfig | None, files: list[NodeFile]) -> Role:
    if keepalived is not None or haproxy is not None:
        return "balancer"
    kinds = {file.kind for file in files}
    return "real-server" if kinds & {"sysctl", "ifcfg", "route", "interfaces", *_NETWORK_KINDS} else "unknown"


_NETWORK_KINDS = ("networkmanager", "networkd", "netplan", "captured")


def _problems(node: Node) -> list[FileProblem]:
    """Every syntax problem of the node, with the kind of file it is in."""
    found: list[FileProblem] = []
    if node.keepalived is not None:
        found += [FileProblem(problem, "keepalived", node) for problem in node.keepalived.problems]
    if node.haproxy is not None:
        found += [FileProblem(problem, "haproxy", node) for problem in node.haproxy.problems]
    for kind, problems in (
        ("sysctl", node.kernel.problems),
        ("addresses", node.addresses.problems),
        ("firewall", node.firewall.problems),
    ):
        found += [FileProblem(problem, kind, node) for problem in problems]
    return found


def sources_of(node: Node) -> dict[str, SourceFile]:
    """Every file of a node that was read so far, by its shown path."""
    return {source.path: source for _, source in node.tree.read_so_far()}


def unread_files(node: Node) -> list[str]:
    """Files beside the ones that were read, in the folders where a node's own files stand, that nothing looked at.

    Copies that editors and packages leave (``.bak``, ``~``, ``.rpmnew``) are not listed: no daemon reads them.
    """
    if node.tree.only is not None:
        return []
    read = {relative for relative, _ in node.tree.read_so_far()}
    return [
        name
        for folder in (".", *(f"{etc}/{own}".lstrip("/") for etc in ETC_FOLDERS for own in ("keepalived", "haproxy")))
        for name in node.tree.files(folder)
        if name not in read and not STALE.search(name)
    ]

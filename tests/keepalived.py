"""Reading keepalived.conf in tests: from a text, or from files of a node."""

from __future__ import annotations

from pathlib import Path

from cfglint.model.build_keepalived import build_keepalived
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.version import Version
from cfglint.model.vrrp import VrrpInstance
from cfglint.source import SourceFile
from cfglint.syntax.keepalived import Block, KeepalivedTree, Statement, read_keepalived_tree
from cfglint.tree import NodeTree

EMPTY = Path(__file__).parent


def read(
    text: str, config_id: str = "lb1", release: tuple[int, ...] | None = None, *, certain: bool = False
) -> KeepalivedTree:
    """The tree of a text without includes; the id counts as the node's if it is certain or a condition names it."""
    source, tree = SourceFile("keepalived.conf", text), NodeTree(EMPTY, "")
    return read_keepalived_tree(source, tree, config_id, release, id_is_certain=certain)


def read_node(
    folder: Path, files: dict[str, str], main: str = "keepalived.conf", config_id: str = "lb1"
) -> KeepalivedTree:
    """The tree of a node directory made of files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    tree = NodeTree(folder, "lb1")
    source = tree.read(main)
    assert source is not None
    return read_keepalived_tree(source, tree, config_id)


def build(text: str, config_id: str = "lb1", version: str | None = None) -> KeepalivedConfig:
    """The model of a text without includes."""
    target = Version.parse(version) if version else None
    return build_keepalived(SourceFile("keepalived.conf", text), NodeTree(EMPTY, ""), config_id, target)


def instance(body: str, before: str = "", version: str | None = None, config_id: str = "lb1") -> VrrpInstance:
    """The one vrrp_instance made of some lines."""
    config = build(f"{before}\nvrrp_instance VI_1 {{\n{body}\n}}\n", config_id, version)
    return config.instances[0]


def outline(nodes: list[Statement]) -> list[object]:
    """Words and nesting only: a statement is a string, a block a pair of string and list."""
    return [
        (" ".join(word.text for word in node.words), outline(node.children))
        if isinstance(node, Block)
        else " ".join(word.text for word in node.words)
        for node in nodes
    ]


def kinds(tree: KeepalivedTree) -> list[str]:
    """The kinds of its problems."""
    return [problem.kind for problem in tree.problems]

"""From a node's keepalived.conf to its model."""

from __future__ import annotations

from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.version import Version
from cfglint.source import SourceFile
from cfglint.syntax.keepalived import read_keepalived_tree
from cfglint.tree import NodeTree


def build_keepalived(source: SourceFile, tree: NodeTree, config_id: str, target: Version | None) -> KeepalivedConfig:
    """Read keepalived.conf as the daemon of one node does.

    Args:
        source: the main file.
        tree: the node's directory, for includes.
        config_id: the node's id, for ``@id`` lines: its host name up to the first dot.
        target: the keepalived version; None means every supported one.
    """
    del target
    blocks = read_keepalived_tree(source, tree, config_id)
    return KeepalivedConfig(source, blocks, source.whole)

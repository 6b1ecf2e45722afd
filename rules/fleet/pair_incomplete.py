"""The rule ``fleet/pair-incomplete``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Severity, Unchecked, rule
from cfglint.engine.wording import listing
from cfglint.model.cluster import Cluster
from cfglint.model.layout import find
from cfglint.model.node import Node

FILES: tuple[tuple[str, str, str, Severity], ...] = (
    ("keepalived", "keepalived.conf", "it takes part in no election, so no VIP ever moves to it", "error"),
    ("haproxy", "haproxy.cfg", "when a VIP moves to it, nothing listens there", "error"),
    ("sysctl", "sysctl file", "the kernel settings of its peer may be missing there when a VIP moves to it", "warning"),
)
"""Kind of file, what people call it, what its absence means, how bad that is."""


def _has(node: Node, kind: str) -> bool:
    if kind == "keepalived":
        return node.keepalived is not None or bool(find(node.tree, kind))
    if kind == "haproxy":
        return node.haproxy is not None or bool(find(node.tree, kind))
    return bool(node.files_of(kind)) or node.tree.only is not None


@rule(
    severity="error",
    sources=["keepalived.conf(5), haproxy(1): each daemon reads only its own host's file"],
)
def pair_incomplete(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    """A node of a cluster lacks a file that its peer has.

    Why it hurts: without keepalived.conf the node is no standby; without haproxy.cfg a VIP that moves to it finds
    nobody listening; without the sysctl settings of its peer HAProxy may not even start there.

    When it stays silent: for a file that no node of the cluster has, or every one; for real servers; for sysctl files
    of nodes that were given as single files. A missing sysctl file is a warning: the copy may be incomplete.

    What to do: install the file on the node, or, when only the copy lacks it, add it to the copy.
    """
    for kind, called, follows, severity in FILES:
        having = [node for node in cluster.nodes if _has(node, kind)]
        if not having:
            continue
        for node in cluster.nodes:
            if _has(node, kind):
                continue
            files = having[0].files_of(kind)
            yield Finding(
                at=node.span,
                subject=(cluster.name, node.name, kind),
                severity=severity,
                message=(
                    f"{node.name} has no {called}, {listing(peer.name for peer in having)} "
                    f"{'has' if len(having) == 1 else 'have'} one: {follows}"
                ),
                related=[Related(f"{having[0].name} has it", files[0].source.whole)] if files else [],
                help=f"looked for it in {node.path}, its etc folder and the usual places below them",
                nodes=[node.name, *(peer.name for peer in having)],
            )

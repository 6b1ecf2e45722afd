"""The rule ``vrrp/sync-group-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.sync_groups import Bond, bonds, members_on, move_together, torn_by
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import listing
from cfglint.model.cluster import Cluster
from cfglint.model.node import Node


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: a sync group on one node only"],
)
def sync_group_mismatch(cluster: Cluster) -> Iterator[Finding]:
    """One node moves several virtual routers together in a `vrrp_sync_group`, another moves each on its own.

    Why it hurts: after the loss of one link the node without the group gives up one address and keeps the other. A
    node with the group takes over only when it wants all its members: it keeps waiting, and one address is on nobody.

    When it stays silent: where every node ties the same virtual routers together, whatever the groups are called; for
    a node that lacks one of them (that is reported itself). Where no single lost link tears the addresses apart as
    things are, it is a warning.

    What to do: write the same vrrp_sync_group on every node.
    """
    seen: set[tuple[str, ...]] = set()
    for bond in bonds(cluster):
        for other in cluster.nodes:
            members = members_on(bond.routers, other)
            if other is bond.node or len(members) < len(bond.routers) or move_together(members):
                continue
            key = (*sorted(bond.names), other.name)
            if key not in seen:
                seen.add(key)
                yield _finding(cluster, bond, other)


def _finding(cluster: Cluster, bond: Bond, other: Node) -> Finding:
    torn = torn_by(cluster, bond.routers)
    follows = f": {torn}" if torn is not None else ": no single lost link parts them today, but priorities decide that"
    return Finding(
        at=bond.group.span,
        subject=(cluster.name, "sync_group", *sorted(bond.names)),
        severity="error" if torn is not None else "warning",
        message=(
            f"{listing(bond.names)} move together on {bond.node.name} (sync group {bond.group.name}), but each on its "
            f"own on {other.name}{follows}"
        ),
        label=f"only on {bond.node.name}",
        related=[
            Related(f"not in one group on {other.name}", member.span) for member in members_on(bond.routers, other)
        ],
        help=f"write the same vrrp_sync_group on {other.name}",
        nodes=(bond.node.name, other.name),
    )

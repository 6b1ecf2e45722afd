"""The rule ``vrrp/mcast-group-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import disagreement
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import both_hold, names
from cfglint.model.cluster import VrrpGroup


@rule(
    severity="error",
    yields_to=("vrrp/transport-mismatch",),
    sources=["elections observed with keepalived 2.2.7 and 2.4.3: different vrrp_mcast_group4"],
)
def mcast_group_mismatch(group: VrrpGroup) -> Iterator[Finding]:
    """Members of one virtual router send their adverts to different multicast groups.

    Why it hurts: a node hears only the group that it sends to. Nobody hears the others and no log line says so: each
    becomes MASTER and holds the VIP.

    When it stays silent: where the groups are equal, also by default (224.0.0.18, ff02::12); for unicast.

    What to do: use one `vrrp_mcast_group4` (or 6) in the global_defs of every node, or none.
    """
    if any(member.is_unicast for member in group.members):
        return
    found = disagreement(group, lambda member: member.multicast_group.value)
    if found is None:
        return
    odd, usual = found.first, found.usual
    yield Finding(
        at=odd.multicast_group.span,
        subject=(*group.key, "multicast_group"),
        message=(
            f"{odd.node.name} sends the adverts of {group.name} to {odd.multicast_group.value}, {usual.node.name} to "
            f"{usual.multicast_group.value}: no node hears the other, so {both_hold(group)}"
        ),
        label=f"{odd.multicast_group.value} on {odd.node.name}",
        related=[
            Related(f"{member.multicast_group.value} on {member.node.name}", member.multicast_group.span)
            for member in (usual, *found.odd[1:])
        ],
        help="use one multicast group on every node",
        nodes=names(group.members),
    )

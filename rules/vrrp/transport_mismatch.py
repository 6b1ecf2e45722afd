"""The rule ``vrrp/transport-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import disagreement
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import both_hold, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance


def _transport(member: VrrpInstance) -> str | Unknown:
    return member.damaged if member.damaged is not None else ("unicast" if member.is_unicast else "multicast")


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3"],
)
def transport_mismatch(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Some members of one virtual router send unicast adverts, others multicast.

    Why it hurts: a multicast node does not take adverts that are sent to its own address, and a unicast node never
    joins the group. No node hears the other, without a log line; each becomes MASTER and holds the VIP.

    When it stays silent: where every member lists unicast_peer, or none does; `unicast_src_ip` alone means multicast.

    What to do: list the other nodes in unicast_peer on every node, or on none.
    """
    found = disagreement(group, _transport)
    if found is None:
        return
    odd, usual = found.first, found.usual
    yield Finding(
        at=odd.unicast_peer_span,
        subject=(*group.key, "unicast_peer"),
        message=(
            f"{odd.node.name} sends {_transport(odd)} adverts for {group.name}, {usual.node.name} {_transport(usual)} "
            f"ones: neither hears the other, so {both_hold(group)}"
        ),
        label=f"{_transport(odd)} on {odd.node.name}",
        related=[
            Related(f"{_transport(member)} on {member.node.name}", member.unicast_peer_span)
            for member in (usual, *found.odd[1:])
        ],
        help="list the other nodes' addresses in unicast_peer on every node, or remove it from every node",
        nodes=names(group.members),
    )

"""The rule ``vrrp/vrid-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import disagreement
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import both_hold, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance


def _vrid(member: VrrpInstance) -> int | Unknown:
    return Unknown("no valid VRID") if member.vrid.value is None else member.vrid.value


@rule(
    severity="error",
    sources=[
        "RFC 9568 §5.2.3",
        "elections observed with keepalived 2.0.20 to 2.4.3: other VRIDs never reach an instance",
    ],
)
def vrid_mismatch(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Members of one virtual router use different `virtual_router_id`.

    Why it hurts: a node drops adverts of another VRID before any instance sees them, without a log line. No node
    hears the other, each becomes MASTER, and all of them hold the VIP: clients reach one or the other by chance.

    When it stays silent: for instances that share no VIP, name or VRID; for different VRIDs of different virtual
    routers; where a VRID is missing or invalid (another rule says so) or not known.

    What to do: decide which VRID is right (it must be free on the segment) and use it on every node.
    """
    found = disagreement(group, _vrid)
    if found is None:
        return
    odd, usual = found.first, found.usual
    yield Finding(
        at=odd.vrid.span,
        subject=(*group.key, "virtual_router_id"),
        message=(
            f"{odd.node.name} uses virtual_router_id {odd.vrid.value} for {group.name}, {usual.node.name} uses "
            f"{usual.vrid.value}: neither hears the other's adverts, so {both_hold(group)}"
        ),
        label=f"{odd.vrid.value} on {odd.node.name}",
        related=[
            Related(f"{member.vrid.value} on {member.node.name}", member.vrid.span)
            for member in (usual, *found.odd[1:])
        ],
        help="use one virtual_router_id on every node of the virtual router; it must be unused on this segment",
        nodes=names(group.members),
    )

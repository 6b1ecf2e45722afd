"""The rule ``vrrp/vip-excluded-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import disagreement
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import in_order, listing, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance
from cfglint.source import Span


def _excluded(group: VrrpGroup, member: VrrpInstance) -> frozenset[Address] | Unknown:
    """The excluded addresses, without those that another member lists as ordinary VIPs: that is another rule's."""
    if member.damaged is not None:
        return member.damaged
    for vip in member.excluded_vips:
        if isinstance(vip.address, Unknown):
            return vip.address
    ordinary = frozenset[Address]().union(*(other.addresses for other in group.members))
    return member.all_addresses - member.addresses - ordinary


def _place(member: VrrpInstance, addresses: frozenset[Address]) -> Span:
    return next((vip.span for vip in member.excluded_vips if vip.address in addresses), member.span)


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: excluded addresses are not in adverts"],
)
def vip_excluded_mismatch(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Members of one virtual router list different addresses in `virtual_ipaddress_excluded`.

    Why it hurts: these addresses are not in the adverts, so no node ever complains. After a failover an address that
    the new MASTER does not list is simply gone.

    When it stays silent: for another order or prefix length; for an address that a member lists in
    virtual_ipaddress (vrrp/vip-set-mismatch reports that); where an address is not known.

    What to do: list the same addresses on every node.
    """
    found = disagreement(group, lambda member: _excluded(group, member))
    if found is None:
        return
    odd, usual = found.first, found.usual
    here, there = (_excluded(group, member) for member in (odd, usual))
    if isinstance(here, Unknown) or isinstance(there, Unknown):
        return
    sides = [
        f"{listing(in_order(extra))} only on {member.node.name}"
        for member, extra in ((odd, here - there), (usual, there - here))
        if extra
    ]
    yield Finding(
        at=_place(odd, here - there),
        subject=(*group.key, "virtual_ipaddress_excluded"),
        message=(
            f"the excluded VIPs of {group.name} differ: {'; '.join(sides)}: nothing complains, and while the node "
            "that lacks an address is MASTER, that address is on no node"
        ),
        label=f"on {odd.node.name}",
        related=[Related(f"on {usual.node.name}", _place(usual, there - here))],
        help="list the same addresses in virtual_ipaddress_excluded on every node",
        nodes=names(group.members),
    )

"""The rule ``vrrp/vip-set-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import Disagreement, disagreement
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import in_order, listing, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.version import Version
from cfglint.model.vrrp import Address, VrrpInstance
from cfglint.source import Span

ACCEPTS_OTHER_LISTS = Version((2, 3, 3))
"""From this release keepalived accepts an advert whose VIP list differs, and only logs it."""


def _vips(member: VrrpInstance) -> frozenset[Address] | Unknown:
    if member.damaged is not None:
        return member.damaged
    return member.addresses if member.vips_known else Unknown("not every VIP is known")


def _explained(member: VrrpInstance, other: VrrpInstance) -> bool:
    """True when a member lacks no more addresses than it has lines that do not read: those are the fault."""
    missing, extra = other.addresses - member.addresses, member.addresses - other.addresses
    return not extra and 0 < len(missing) <= len(member.dropped_vips)


def _place(member: VrrpInstance, other: VrrpInstance) -> Span:
    """The first VIP line that the other lacks, or the list itself."""
    extra = (vip.span for vip in member.vips if vip.address not in other.addresses)
    return next(extra, member.vips_span)


def _what_follows(found: Disagreement) -> str:
    odd, usual = found.first, found.usual
    shared = listing(in_order(odd.addresses & usual.addresses)) if odd.addresses & usual.addresses else "their VIPs"
    split = f"each drops the other's adverts, both become MASTER and both hold {shared}"
    orphan = "one node becomes MASTER, and a VIP that only the other lists is on no node"
    target = odd.node.target.keepalived
    if target is None:
        return f"below keepalived 2.3.3 {split}; from 2.3.3 on {orphan}"
    return orphan if target >= ACCEPTS_OTHER_LISTS else split


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3, on both sides of the change in 2.3.3"],
)
def vip_set_mismatch(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Members of one virtual router list different addresses in `virtual_ipaddress`.

    Why it hurts: below keepalived 2.3.3 an advert with another list of addresses is dropped, so both nodes become
    MASTER. From 2.3.3 on the election works, but an address that the winner does not list is on no node, and after a
    failover the other node's extra addresses vanish.

    When it stays silent: for another order or prefix length, which adverts do not carry; where an address is not
    known, does not read (that is reported itself), or part of the instance was lost to a syntax error.

    What to do: list the same addresses on every node; those that should not be in adverts go to
    virtual_ipaddress_excluded on every node.
    """
    for member in group.members:
        vips = _vips(member)
        if isinstance(vips, Unknown) and member.damaged is None:
            yield Unchecked(member.node.name, f"virtual_ipaddress of {member.name}", vips.why)
    found = disagreement(group, _vips)
    if found is None or _explained(found.first, found.usual) or _explained(found.usual, found.first):
        return
    odd, usual = found.first, found.usual
    sides = []
    for one, other in ((odd, usual), (usual, odd)):
        extra = one.addresses - other.addresses
        if extra:
            sides.append(f"{listing(in_order(extra))} only on {one.node.name}")
    yield Finding(
        at=_place(odd, usual),
        subject=(*group.key, "virtual_ipaddress"),
        message=f"the VIPs of {group.name} differ: {'; '.join(sides)}: {_what_follows(found)}",
        label=f"{len(odd.addresses)} VIPs on {odd.node.name}" if len(odd.addresses) != 1 else f"on {odd.node.name}",
        related=[Related(f"on {member.node.name}", _place(member, odd)) for member in (usual, *found.odd[1:])],
        help="list the same addresses in virtual_ipaddress on every node; order and prefix do not matter",
        nodes=names(group.members),
    )

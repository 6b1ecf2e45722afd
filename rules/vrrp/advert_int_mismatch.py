"""The rule ``vrrp/advert-int-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import disagreement
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import both_hold, names
from cfglint.model.cluster import VrrpGroup


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: `advertisement interval mismatch`", "RFC 3768 §7.1"],
)
def advert_int_mismatch(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Members of one VRRPv2 virtual router use different `advert_int`.

    Why it hurts: VRRPv2 drops an advert whose interval is not its own (`advertisement interval mismatch`). After
    three intervals of the slower node each is MASTER and holds the VIP.

    When it stays silent: for VRRPv3, whose backups take over the master's interval; where the intervals are equal
    after the daemon's rounding to whole seconds; where the VRRP versions differ (that is reported itself).

    What to do: write the same advert_int on every node; without one it is 1 second.
    """
    if any(member.version.value != 2 for member in group.members):
        return
    found = disagreement(group, lambda member: member.stated(member.advert_int, "advert_int"))
    if found is None:
        return
    odd, usual = found.first, found.usual
    yield Finding(
        at=odd.advert_int.span,
        subject=(*group.key, "advert_int"),
        message=(
            f"{odd.node.name} sends adverts for {group.name} every {odd.advert_int.value} s, {usual.node.name} every "
            f"{usual.advert_int.value} s: VRRPv2 drops adverts of another interval, so {both_hold(group)}"
        ),
        label=f"{odd.advert_int.value} s on {odd.node.name}",
        related=[
            Related(f"{member.advert_int.value} s on {member.node.name}", member.advert_int.span)
            for member in (usual, *found.odd[1:])
        ],
        help="use one advert_int on every node of the virtual router",
        nodes=names(group.members),
    )

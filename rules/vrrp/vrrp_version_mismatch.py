"""The rule ``vrrp/vrrp-version-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import disagreement
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import both_hold, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance


def _version(member: VrrpInstance) -> int | Unknown:
    """The version in use; without VIPs the default is open, since IPv6 ones would make it 3."""
    if not member.version.written and not member.vips:
        return Unknown("no VIP tells the address family")
    return member.version.value


def _says(member: VrrpInstance) -> str:
    return f"VRRPv{member.version.value}" + ("" if member.version.written else " (the default)")


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: `wrong version. Received 3 and expect 2`"],
)
def vrrp_version_mismatch(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Members of one virtual router speak different versions of VRRP.

    Why it hurts: each node drops the other's adverts (`wrong version`), becomes MASTER and holds the VIP.

    When it stays silent: where every member has the same version, whether from `vrrp_version` in global_defs, from
    the instance's `version`, or by default; where a version is not known.

    What to do: set the same version on every node, in global_defs or in the instance.
    """
    found = disagreement(group, _version)
    if found is None:
        return
    odd, usual = found.first, found.usual
    yield Finding(
        at=odd.version.span,
        subject=(*group.key, "version"),
        message=(
            f"{odd.node.name} speaks {_says(odd)} for {group.name}, {usual.node.name} {_says(usual)}: "
            f"each drops the other's adverts, so {both_hold(group)}"
        ),
        label=f"{_says(odd)} on {odd.node.name}",
        related=[
            Related(f"{_says(member)} on {member.node.name}", member.version.span) for member in (usual, *found.odd[1:])
        ],
        help="set one vrrp_version (global_defs) or version (instance) on every node",
        nodes=names(group.members),
    )

"""The rule ``vrrp/auth-type-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import disagreement
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import both_hold, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance


def _says(member: VrrpInstance) -> str:
    kind = member.authentication.kind
    reason = member.authentication.ignored
    return f"no authentication ({reason})" if kind == "none" and reason else _word(kind)


def _word(kind: str | Unknown) -> str:
    return "no authentication" if kind == "none" else f"auth_type {kind}"


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3", "RFC 2338 §5.3.6"],
)
def auth_type_mismatch(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Members of one virtual router authenticate in different ways, or only some do.

    Why it hurts: an advert without the expected authentication is dropped (`received a 0 auth, expecting 1!`; between
    PASS and AH without any log line). Each node becomes MASTER and holds the VIP.

    When it stays silent: for VRRPv3, which has no authentication; where the VRRP versions differ (that is reported
    itself); where the kind is not known, or a misspelt block lost it.

    What to do: use the same authentication block on every node, or none.
    """
    if len({member.version.value for member in group.members}) > 1:
        return
    found = disagreement(group, lambda member: member.authentication_kind)
    if found is None:
        return
    odd, usual = found.first, found.usual
    yield Finding(
        at=odd.authentication.span,
        subject=(*group.key, "authentication", "auth_type"),
        message=(
            f"{odd.node.name} uses {_says(odd)} for {group.name}, {usual.node.name} uses {_says(usual)}: "
            f"each drops the other's adverts, so {both_hold(group)}"
        ),
        label=f"{_word(odd.authentication.kind)} on {odd.node.name}",
        related=[
            Related(f"{_word(member.authentication.kind)} on {member.node.name}", member.authentication.span)
            for member in (usual, *found.odd[1:])
        ],
        help="write the same authentication block on every node, or remove it from every node",
        nodes=names(group.members),
    )

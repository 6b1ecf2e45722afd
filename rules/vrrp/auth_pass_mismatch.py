"""The rule ``vrrp/auth-pass-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.disagreement import disagreement
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import both_hold, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance


def _password(member: VrrpInstance) -> str | Unknown:
    """The password in use, within one kind of authentication; unknown without one, so that it is not compared."""
    authentication = member.authentication
    if authentication.kind not in {"PASS", "AH"} or authentication.password is None:
        return Unknown("no password in use")
    if isinstance(authentication.password, Unknown):
        return authentication.password
    return authentication.password.value


@rule(
    severity="error",
    yields_to=("vrrp/auth-pass-comment-char",),
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: `received an invalid passwd!`"],
)
def auth_pass_mismatch(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """Members of one virtual router use different `auth_pass`.

    Why it hurts: each node drops the other's adverts (`received an invalid passwd!`), becomes MASTER and holds the VIP.

    When it stays silent: for passwords that are equal in their first 8 bytes, since only those are used, and after
    `#` or `!` has cut them as the daemon does; for VRRPv3 and vrrp_strict, which use no password; where the kinds of
    authentication differ (that is reported itself); where a password is not known.

    What to do: write the same password, at most 8 characters, on every node.
    """
    if len({member.authentication.kind for member in group.members}) > 1:
        return
    for member in group.members:
        password = member.authentication.password
        if isinstance(password, Unknown):
            yield Unchecked(member.node.name, f"auth_pass of {member.name}", password.why)
    found = disagreement(group, _password)
    if found is None:
        return
    odd, usual = found.first, found.usual
    yield Finding(
        at=odd.authentication.password_span or odd.authentication.span,
        subject=(*group.key, "authentication", "auth_pass"),
        message=(
            f"{odd.node.name} and {usual.node.name} use different auth_pass for {group.name} (compared after the cut "
            f"to 8 bytes): each drops the other's adverts, so {both_hold(group)}"
        ),
        label=f"another password on {odd.node.name}",
        related=[
            Related(f"the password on {member.node.name}", member.authentication.password_span or member.span)
            for member in (usual, *found.odd[1:])
        ],
        help="write the same auth_pass on every node; `#` and `!` outside double quotes start a comment",
        nodes=names(group.members),
    )

"""The rule ``vrrp/auth-pass-comment-char``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_comments import cut_by_comment
from cfglint.analysis.keepalived_statements import name_of, owner, statements
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Fleet, VrrpGroup
from cfglint.model.node import Node
from cfglint.model.value import MASK, Secret
from cfglint.model.vrrp import VrrpInstance
from cfglint.source import Span
from cfglint.syntax.keepalived import Statement


def _used(member: VrrpInstance) -> str | None:
    password = member.authentication.password
    return password.value if isinstance(password, Secret) and member.authentication.kind in {"PASS", "AH"} else None


def _disagreeing(group: VrrpGroup, member: VrrpInstance) -> list[VrrpInstance]:
    """The members whose password in use is known and another one."""
    own = _used(member)
    return [other for other in group.members if own is not None and _used(other) not in {None, own}]


def _finding(
    node: Node,
    name: str,
    statement: Statement,
    lost: Span,
    members: dict[tuple[str, str], tuple[VrrpGroup, VrrpInstance]],
) -> Finding:
    group, member = members.get((node.name, name), (None, None))
    others = _disagreeing(group, member) if group is not None and member is not None else []
    what = f"the auth_pass of {name} on {node.name} ends at the comment character: {MASK} behind it is not part of it"
    advice = "put the password in double quotes, on every node at once, since it changes what is sent"
    if group is not None and others:
        peers = ", ".join(other.node.name for other in others)
        return Finding(
            at=statement.words[1].span,
            subject=(*group.key, "authentication", "auth_pass"),
            message=(
                f"{what}, and {peers} {'uses' if len(others) == 1 else 'use'} another password: each drops the other's "
                "adverts, and all of them become MASTER and hold the VIPs"
            ),
            label="the password ends here",
            related=[
                Related("the rest is a comment", lost),
                *(Related(f"the password on {other.node.name}", other.authentication.password_span or other.span)
                  for other in others),
            ],
            help=advice,
            nodes=(node.name, *(other.node.name for other in others)),
        )  # fmt: skip
    return Finding(
        at=statement.words[1].span,
        subject=(node.name, name, "authentication", "auth_pass", "comment"),
        severity="warning",
        message=f"{what}; it is shorter than it looks, and works only while every node cuts it alike",
        label="the password ends here",
        related=[Related("the rest is a comment", lost)],
        help=advice,
        nodes=(node.name,),
    )


@rule(
    severity="error",
    sources=[
        "elections observed with keepalived 2.0.20 to 2.4.3: `ab#11` and `ab#22` elect normally",
        "keepalived.conf(5): `#` and `!` start a comment; only double quotes protect them",
    ],
)
def auth_pass_comment_char(fleet: Fleet) -> Iterator[Finding]:
    """An unquoted `#` or `!` ends an `auth_pass` in the middle.

    Why it hurts: the password in use is only what stands before the character. Where the nodes of a virtual router cut
    it differently, they drop each other's adverts and all hold the VIPs; where they cut it alike it works, with a
    password that is shorter than everybody believes. The daemon says nothing.

    When it stays silent: for a password in double quotes; for a comment after a blank; for a password that a definition
    wrote. A cut that all nodes share is a warning, not an error.

    What to do: put the password in double quotes, on every node at once. A backslash before the character helps only up
    to 2.1, single quotes never.
    """
    members = {
        (member.node.name, member.name): (group, member)
        for cluster in fleet.clusters
        for group in cluster.groups
        for member in group.members
    }
    for node in fleet.nodes:
        if node.keepalived is None:
            continue
        for statement in statements(node.keepalived, "vrrp_instance", "authentication", "auth_pass"):
            lost = cut_by_comment(node.keepalived, statement) if len(statement.words) > 1 else None
            block = owner(statement)
            if lost is not None and block is not None:
                yield _finding(node, name_of(block), statement, lost, members)

"""The rule ``vrrp/auth-hmac-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from cfglint.analysis.election import accepts_adverts, steady_state
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import both_hold, names
from cfglint.model.cluster import VrrpGroup
from cfglint.model.vrrp import VrrpInstance


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.4.3: auth_hmac with different keys, and on one node only"],
)
def auth_hmac_mismatch(group: VrrpGroup) -> Iterator[Finding]:
    """Members of one virtual router sign adverts with keys that others do not have (`auth_hmac`).

    Why it hurts: a node discards adverts that are signed with a key it does not have, and with mode enforce unsigned
    ones too. A node that discards the master's adverts becomes MASTER as well.

    When it stays silent: where the active key of each node is among the keys of the others; where keys stand in files
    that are not given; where only some nodes have auth_hmac (that is reported itself). Where only the better node
    cannot hear the other it is a warning, since nobody takes over wrongly.

    What to do: give every node the same keys, and only then change active_key.
    """
    members = sorted(group.members, key=_priority)
    for receiver, sender in permutations(members, 2):
        if {receiver.authentication.kind, sender.authentication.kind} != {"HMAC"}:
            continue
        reach = accepts_adverts(receiver, sender, group)[-1][1]
        if reach.verdict != "no" or reach.cause != "auth":
            continue
        split = steady_state(group).verdict == "split-brain"
        follows = f"so {both_hold(group)}" if split else "which shows when the other one becomes master"
        yield Finding(
            at=receiver.authentication.span,
            subject=(*group.key, "auth_hmac"),
            severity="error" if split else "warning",
            message=(
                f"{receiver.node.name} discards {sender.node.name}'s adverts for {group.name}: {reach.why}, {follows}"
            ),
            label=f"on {receiver.node.name}",
            related=[Related(f"on {sender.node.name}", sender.authentication.span)],
            help="give every node the same keys, and only then change active_key",
            nodes=names([receiver, sender]),
        )
        return


def _priority(member: VrrpInstance) -> int:
    return member.priority.value if isinstance(member.priority.value, int) else 0

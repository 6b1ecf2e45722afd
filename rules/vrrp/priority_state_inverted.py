"""The rule ``vrrp/priority-state-inverted``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import vips_of
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown


@rule(
    severity="warning",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: state MASTER gives no head start"],
)
def priority_state_inverted(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """The node that says `state MASTER` has a lower priority than one that says `state BACKUP`.

    Why it hurts: only the priority decides. The VIP settles on the node that everybody calls the backup, and runbooks
    and monitoring that go by `state` are wrong.

    When it stays silent: where the node with the highest priority says MASTER too, or no node says MASTER; for equal
    priorities; where a priority is not known or refused by the daemon.

    What to do: give the node that should hold the VIP the higher priority, or exchange the states.
    """
    ranked = []
    for member in group.members:
        if isinstance(member.priority.value, Unknown) or isinstance(member.state.value, Unknown):
            return
        if member.priority_problem or member.damaged is not None:
            return
        ranked.append((member.priority.value, member))
    masters = [(priority, member) for priority, member in ranked if member.state.value == "MASTER"]
    if not masters:
        return
    top_priority, top = max(ranked, key=lambda entry: entry[0])
    master_priority, master = max(masters, key=lambda entry: entry[0])
    if master_priority >= top_priority:
        return
    yield Finding(
        at=master.priority.span,
        subject=(*group.key, "priority", "state"),
        message=(
            f"{master.node.name} says state MASTER for {group.name} with priority {master_priority}, {top.node.name} "
            f"says BACKUP with {top_priority}: the priority decides, so {top.node.name} holds {vips_of(group)}"
        ),
        label=f"{master_priority} on {master.node.name}",
        related=[
            Related(f"{top_priority} on {top.node.name}", top.priority.span),
            Related(f"MASTER on {master.node.name}", master.state.span),
        ],
        help=f"raise the priority of {master.node.name} above {top_priority}, or exchange the two states",
        nodes=[master.node.name, top.node.name],
    )

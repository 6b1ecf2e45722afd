"""The rule ``vrrp/nopreempt-on-wrong-node``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import VrrpGroup


@rule(
    severity="warning",
    yields_to=("vrrp/priority-equal",),
    sources=["elections observed with keepalived 2.2.7 and 2.4.3: nopreempt on the node with the lower priority"],
)
def nopreempt_on_wrong_node(group: VrrpGroup) -> Iterator[Finding]:
    """`nopreempt` stands only on the node with the lowest priority.

    Why it hurts: a node with `nopreempt` does not take the VIPs from a master of lower priority. The lowest node has no
    such master: there the word does nothing, and the node with the higher priority takes the VIPs back as soon as it
    returns, with a second break for the clients.

    When it stays silent: where another node has it, too; where priorities are equal or not known; where weights change
    priorities, so that the lowest node can be the highest.

    What to do: write `nopreempt` (with `state BACKUP`) on the node with the higher priority.
    """
    ranked = [(priority, member) for member in group.members if isinstance(priority := member.priority.value, int)]
    holders = [member for member in group.members if member.nopreempt]
    if len(ranked) < max(len(group.members), 2) or len(holders) != 1:
        return
    if any(track.weight != 0 for member in group.members for track in member.tracks):
        return
    holder = holders[0]
    lowest = min(priority for priority, _ in ranked)
    others = [(priority, member) for priority, member in ranked if member is not holder]
    if holder.priority.value != lowest or any(
        priority == lowest or member.nopreempt_span is not None for priority, member in others
    ):
        return
    top = max(others, key=lambda pair: pair[0])[1]
    yield Finding(
        at=holder.nopreempt_span or holder.span,
        subject=(*group.key, "nopreempt"),
        message=(
            f"nopreempt of {holder.name} stands on {holder.node.name} only, the node with the lowest priority "
            f"({holder.priority.value}), where it does nothing: {top.node.name} ({top.priority.value}) takes the VIPs "
            "back as soon as it returns"
        ),
        label="without effect here",
        related=[Related(f"priority {top.priority.value}", top.priority.span)],
        help=f"write nopreempt, with state BACKUP, on {top.node.name}",
        nodes=(holder.node.name, top.node.name),
    )

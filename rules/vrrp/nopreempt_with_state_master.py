"""The rule ``vrrp/nopreempt-with-state-master``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance

ADDRESS_OWNER = 255


def _taken_back(instance: VrrpInstance) -> bool:
    """A later `preempt` line clears nopreempt."""
    children = instance.block.children if instance.block is not None else []
    lines = [child.keyword for child in children if child.keyword in {"preempt", "nopreempt"}]
    return bool(lines) and lines[-1] == "preempt"


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `nopreempt will not work with initial state MASTER - clearing`"],
)
def nopreempt_with_state_master(instance: VrrpInstance) -> Iterator[Finding]:
    """`nopreempt` stands beside `state MASTER`, which switches it off.

    Why it hurts: keepalived clears nopreempt on this node. When it comes back after a failure it takes the VIPs back at
    once, and every connection is cut a second time: just what nopreempt was written to prevent.

    When it stays silent: for `state BACKUP` (or no state) with nopreempt, the way it is meant; for priority 255, which
    switches nopreempt off by itself.

    What to do: write `state BACKUP` on every node and let the priority decide who leads.
    """
    if instance.nopreempt_span is None or instance.state.value != "MASTER" or instance.priority.value == ADDRESS_OWNER:
        return
    if _taken_back(instance):
        return
    yield Finding(
        at=instance.nopreempt_span,
        subject=(instance.node.name, instance.name, "nopreempt"),
        message=(
            f"{instance.name} on {instance.node.name} says nopreempt beside state MASTER: keepalived ignores "
            f"nopreempt, "
            f"and {instance.node.name} takes the VIPs back as soon as it returns"
        ),
        label="has no effect",
        related=[Related("state MASTER here", instance.state.span)],
        help="write state BACKUP on every node; the highest priority still leads at the first start",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )

"""The rule ``vrrp/nopreempt-with-priority-255``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance

ADDRESS_OWNER = 255


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `nopreempt is incompatible with priority 255. resetting nopreempt`"],
)
def nopreempt_with_priority_255(instance: VrrpInstance) -> Iterator[Finding]:
    """`nopreempt` stands beside priority 255, which switches it off.

    Why it hurts: priority 255 says that the node owns the address, and an owner always takes it back at once. The
    second interruption that nopreempt was written to prevent happens after all.

    When it stays silent: for every lower priority.

    What to do: write a priority of at most 254. `state MASTER` without a priority line means 255 too.
    """
    if instance.nopreempt_span is None or instance.priority.value != ADDRESS_OWNER:
        return
    how = "" if instance.priority.written else " (state MASTER without a priority line means that)"
    yield Finding(
        at=instance.nopreempt_span,
        subject=(instance.node.name, instance.name, "nopreempt"),
        message=(
            f"{instance.name} on {instance.node.name} says nopreempt beside priority 255{how}: keepalived ignores "
            f"nopreempt, and {instance.node.name} takes the VIPs back as soon as it returns"
        ),
        label="has no effect",
        related=[Related("priority 255 comes from here", instance.priority.span)],
        help="write a priority of at most 254",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )

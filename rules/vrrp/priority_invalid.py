"""The rule ``vrrp/priority-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, rule
from cfglint.model.vrrp import VrrpInstance

DEFAULT_PRIORITY = 100


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `Priority not valid! must be between 1 & 255. Using default 100`"],
)
def priority_invalid(instance: VrrpInstance) -> Iterator[Finding]:
    """A `priority` is no number from 1 to 255.

    Why it hurts: keepalived silently runs with 100 in its place. The node that should lead may lose every election, and
    the one that should stand by may win; tracking weights are added to the wrong number.

    When it stays silent: for every whole number from 1 to 255; for an instance without a priority line; for one that a
    variable or template leaves open.

    What to do: write a whole number from 1 to 254; 255 means that the node owns the address.
    """
    if not instance.priority_problem:
        return
    yield Finding(
        at=instance.priority.span,
        subject=(instance.node.name, instance.name, "priority"),
        message=(
            f"{instance.node.name} refuses the priority of {instance.name}: {instance.priority_problem}; it runs with "
            f"{DEFAULT_PRIORITY} instead, and elections end by that number"
        ),
        label=f"becomes {DEFAULT_PRIORITY}",
        help="write a whole number from 1 to 254, higher on the node that should hold the VIPs",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )

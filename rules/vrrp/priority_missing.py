"""The rule ``vrrp/priority-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance

ADDRESS_OWNER = 255


@rule(
    severity="warning",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3; keepalived -t says nothing"],
)
def priority_missing(instance: VrrpInstance) -> Iterator[Finding]:
    """A `vrrp_instance` has no `priority`; beside `state MASTER` that means 255.

    Why it hurts: with `state MASTER` the node counts as the owner of the address: it takes the VIPs in a third of a
    second whatever runs, and no tracked script, interface or file can lower its priority. Otherwise it gets 100, like
    every other node that says nothing, and who leads is a race.

    When it stays silent: for every written priority; without `state MASTER` it is only an info; where a line of the
    instance was not understood.

    What to do: write a priority from 1 to 254, another one on each node.
    """
    if instance.priority.written or instance.damaged is not None or not instance.priority.known:
        return
    block = instance.block
    if block is not None and (block.unknown or any(child.keyword == "priority" for child in block.children)):
        return
    node, name = instance.node.name, instance.name
    owns = instance.priority.value == ADDRESS_OWNER
    if owns:
        weighted = [track.name for track in instance.tracks if track.weight != 0]
        ignored = f", and the weights of {', '.join(weighted)} are ignored" if weighted else ""
        message = (
            f"{name} on {node} has state MASTER and no priority, which means 255: it takes the VIPs at once whenever "
            f"it "
            f"runs{ignored}"
        )
    else:
        message = (
            f"{name} on {node} has no priority and runs with {instance.priority.value}, like any other that has none"
        )
    yield Finding(
        at=instance.span,
        subject=(node, name, "priority", "missing"),
        severity="warning" if owns else "info",
        message=message,
        label="no priority in here",
        related=[Related("state MASTER here", instance.state.span)] if owns and instance.state.written else [],
        help="write a priority from 1 to 254, another one on each node",
        nodes=(node,),
    )

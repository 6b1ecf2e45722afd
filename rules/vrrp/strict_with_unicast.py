"""The rule ``vrrp/strict-with-unicast``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import holds
from cfglint.engine import Finding, rule
from cfglint.model.vrrp import VrrpInstance


@rule(
    severity="error",
    sources=["keepalived.conf(5): vrrp_strict", "elections observed: keepalived 2.0.20 and 2.4.3 end, 2.2.7 runs"],
)
def strict_with_unicast(instance: VrrpInstance) -> Iterator[Finding]:
    """An instance in strict mode has unicast peers.

    Why it hurts: strict mode forbids unicast. Keepalived 2.0 and 2.4 end at the start, and the node holds none of its
    VIPs; releases between run, so that it comes to light with an upgrade.

    When it stays silent: without `vrrp_strict` and `strict_mode`, and for multicast. Without a target it is a warning,
    for 2.2 and 2.3 an info.

    What to do: take strict mode out on every node.
    """
    if not instance.strict or not instance.is_unicast:
        return
    node = instance.node
    ends = [holds(node, "2.0", "2.1"), holds(node, "2.4")]
    open_ = None in ends
    release = f"keepalived {node.target.keepalived}" if True in ends else "keepalived 2.0 and 2.4"
    yield Finding(
        at=instance.unicast_peer_span,
        subject=(node.name, instance.name, "unicast_peer", "strict"),
        severity="error" if True in ends else "warning" if open_ else "info",
        message=(
            f"{instance.name} on {node.name} has unicast peers in strict mode, which forbids them: {release} "
            f"end{'s' if True in ends else ''} at the start, and {node.name} holds none of its VIPs"
        ),
        label="not allowed in strict mode",
        help="take strict mode out on every node",
        nodes=(node.name,),
    )

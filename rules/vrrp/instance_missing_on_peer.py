"""The rule ``vrrp/instance-missing-on-peer``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import in_order, listing
from cfglint.model.cluster import VrrpGroup
from cfglint.model.node import Node
from cfglint.model.value import Unknown


def _open_question(node: Node) -> Unknown | None:
    """Why a node may have an instance that was not recognised."""
    config = node.keepalived
    if config is None or config.incomplete is not None:
        return config.incomplete if config is not None else Unknown("it has no keepalived.conf")
    for instance in config.instances:
        if instance.damaged is not None:
            return instance.damaged
        for vip in instance.vips:
            if isinstance(vip.address, Unknown):
                return vip.address
    return None


@rule(
    severity="error",
    yields_to=("fleet/pair-incomplete",),
    sources=["keepalived.conf(5)", "elections observed with keepalived 2.0.20 to 2.4.3"],
)
def instance_missing_on_peer(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """A virtual router has a member on one node only.

    Why it hurts: its VIPs have no standby: when the node fails, no other node takes them.

    When it stays silent: for a node that was compared with no other; where at least two nodes have the instance;
    where a peer's configuration is not wholly known (an include outside the tree, a placeholder).

    What to do: define the instance on the other node too, with a lower priority; or, for a VIP that is meant to live
    on one node only, ignore this rule for it.
    """
    if len(group.members) != 1 or not group.absent:
        return
    member = group.members[0]
    for node in group.absent:
        reason = _open_question(node)
        if reason is not None:
            yield Unchecked(
                node.name, f"whether it has a counterpart of {member.name} on {member.node.name}", reason.why
            )
            return
    vips = listing(in_order(member.all_addresses)) if member.all_addresses else "its VIPs"
    others = listing(node.name for node in group.absent)
    yield Finding(
        at=member.span,
        subject=group.key,
        message=(
            f"{member.name} exists on {member.node.name} only, not on {others}: when {member.node.name} fails, "
            f"no node takes {vips}"
        ),
        label=f"only on {member.node.name}",
        related=[
            Related(f"{node.name} has no counterpart", node.keepalived.span) for node in group.absent if node.keepalived
        ],
        help=f"define a vrrp_instance with VRID {member.vrid.value} and these VIPs on {others}",
        nodes=[member.node.name, *(node.name for node in group.absent)],
    )

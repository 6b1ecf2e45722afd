"""The rule ``scripts/haproxy-not-tracked``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import in_order, listing
from cfglint.model.haproxy import Bind
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance, VrrpSyncGroup

WATCHES = {"script", "process", "file"}
"""What can notice that a daemon on this host has died; a tracked interface cannot."""


def _watched(instance: VrrpInstance) -> bool:
    """True when the instance, or a sync group it belongs to, names anything that is meant to watch HAProxy.

    A track line without effect (an undefined script) counts: that is a finding of its own, and the cause.
    """
    if WATCHES & _tracked(instance):
        return True
    return any(
        WATCHES & _tracked(group)
        for group in instance.config.sync_groups
        if any(name == instance.name for name, _ in group.members)
    )


def _tracked(owner: VrrpInstance | VrrpSyncGroup) -> set[str]:
    return {track.kind for track in owner.tracks} | {track.kind for track in owner.ignored_tracks}


def _serving_bind(node: Node, instance: VrrpInstance) -> Bind | None:
    """The first bind line that listens on a VIP of the instance."""
    if node.haproxy is None:
        return None
    for proxy in node.haproxy.proxies:
        for bind in proxy.binds:
            for bound in bind.addresses:
                if not isinstance(bound.address, Unknown) and bound.address in instance.all_addresses:
                    return bind
    return None


@rule(
    severity="warning",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: a VIP stays while only HAProxy is dead"],
)
def haproxy_not_tracked(node: Node) -> Iterator[Finding | Unchecked]:
    """HAProxy listens on a VIP, but nothing tells Keepalived when HAProxy dies.

    Why it hurts: Keepalived reacts to the loss of the host or the link, not of the service. HAProxy dies, Keepalived
    lives, and the VIP stays where connections are refused.

    When it stays silent: where the instance or its sync group tracks a script, a process or a file, or means to (an
    undefined script is reported itself); where HAProxy
    does not name the VIP in a bind line; on nodes without one of the two daemons' files.

    What to do: track the process (`vrrp_track_process`, Keepalived 2.0.11 and later) or a script that probes HAProxy.
    """
    if node.keepalived is None or node.haproxy is None:
        return
    found = [
        (instance, bind)
        for instance in node.keepalived.instances
        if instance.damaged is None and not _watched(instance) and (bind := _serving_bind(node, instance)) is not None
    ]
    if not found:
        return
    if node.keepalived.incomplete is not None:
        yield Unchecked(node.name, "whether Keepalived tracks HAProxy", node.keepalived.incomplete.why)
        return
    instance, bind = found[0]
    vips = frozenset(address for unwatched, _ in found for address in unwatched.addresses)
    yield Finding(
        at=instance.span,
        subject=(node.name, "haproxy", "track"),
        message=(
            f"HAProxy listens on {listing(in_order(vips))} on {node.name}, but "
            f"{listing(other.name for other, _ in found)} tracks neither a script nor a process: when HAProxy dies, "
            "the VIP stays on this node and connections are refused"
        ),
        label="nothing watches HAProxy",
        related=[Related("HAProxy listens here", bind.span)],
        help=(
            "add `vrrp_track_process haproxy { process haproxy }` above the instance and "
            "`track_process { haproxy }` inside it, on every node"
        ),
        nodes=[node.name],
    )

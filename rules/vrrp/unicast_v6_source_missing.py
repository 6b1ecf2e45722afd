"""The rule ``vrrp/unicast-v6-source-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.sources import lists_only_vips
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import both_hold, in_order, listing
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance


def _deaf(member: VrrpInstance) -> bool:
    """True when an instance listens for unicast adverts on its link-local address only."""
    return member.is_unicast and member.family == 6 and member.unicast_source.value is None and member.damaged is None


def _peers(member: VrrpInstance) -> frozenset[Address] | None:
    """The peers, when all are known and none is a link-local address."""
    known = {peer.address for peer in member.unicast_peers if not isinstance(peer.address, Unknown)}
    if any(isinstance(peer.address, Unknown) or peer.address.is_link_local for peer in member.unicast_peers):
        return None
    return frozenset(known) or None


def _outranks(sender: VrrpInstance, receiver: VrrpInstance) -> bool:
    own, other = sender.priority.value, receiver.priority.value
    return isinstance(own, Unknown) or isinstance(other, Unknown) or own >= other


@rule(
    severity="error",
    yields_to=("vrrp/unicast-peer-not-reciprocal",),
    sources=["keepalived 2.2.7 and 2.3.4 in network namespaces: IPv6 unicast without unicast_src_ip on either node"],
)
def unicast_v6_source_missing(group: VrrpGroup) -> Iterator[Finding]:
    """An IPv6 instance uses unicast without `unicast_src_ip`.

    Why it hurts: without a source Keepalived listens on the link-local address of the interface alone. Adverts that the
    other node sends to a global address are not delivered: this node hears no master, becomes MASTER too, and both hold
    the VIPs. On the node with the higher priority nothing shows it until the roles change.

    When it stays silent: for IPv4; with `unicast_src_ip`; where the other node lists a link-local address, or one that
    is not known; for a node whose peer is not given.

    What to do: write `unicast_src_ip` with the address that the other nodes list.
    """
    for receiver in group.members:
        if not _deaf(receiver) or "unicast_src_ip" in receiver.lost:
            continue
        senders = [
            (other, peers)
            for other in group.members
            if other is not receiver and not lists_only_vips(other) and (peers := _peers(other)) is not None
        ]
        if not senders:
            continue
        sender, peers = next((pair for pair in senders if _outranks(pair[0], receiver)), senders[0])
        high = _outranks(sender, receiver)
        follows = (
            both_hold(group)
            if high
            else f"nothing shows it while {receiver.node.name} is MASTER; when the roles change, both hold the VIPs"
        )
        yield Finding(
            at=receiver.unicast_peer_span,
            subject=(*group.key, "unicast_peer", sender.node.name, receiver.node.name),
            severity="error" if high else "warning",
            message=(
                f"{receiver.name} on {receiver.node.name} has no unicast_src_ip, so over IPv6 it listens on its "
                f"link-local address only, while {sender.node.name} sends to {listing(in_order(peers))}: "
                f"{receiver.node.name} never hears {sender.node.name}; {follows}"
            ),
            label="no unicast_src_ip",
            related=[Related(f"{sender.node.name} sends here", sender.unicast_peers[0].span)],
            help=f"write unicast_src_ip with {receiver.node.name}'s own address into {receiver.name}, on every node",
            nodes=(sender.node.name, receiver.node.name),
        )

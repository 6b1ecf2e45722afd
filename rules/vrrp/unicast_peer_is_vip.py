"""The rule ``vrrp/unicast-peer-is-vip``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import holds
from cfglint.analysis.sources import lists_only_vips, sends_from_vip
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import both_hold
from cfglint.model.cluster import VrrpGroup
from cfglint.model.vrrp import Vip, VrrpInstance

ADDRESS_OWNER = 255


def _is_low(member: VrrpInstance, group: VrrpGroup) -> bool:
    """True when another member is known to have a higher priority, so that nobody waits for this one's adverts."""
    own = member.priority.value
    others = [other.priority.value for other in group.members if other is not member]
    return isinstance(own, int) and any(isinstance(other, int) and other > own for other in others)


@rule(
    severity="error",
    yields_to=("vrrp/unicast-src-not-own",),
    sources=["keepalived 2.2.7 and 2.3.4 in network namespaces: with the VIP as the only peer both nodes hold it"],
)
def unicast_peer_is_vip(group: VrrpGroup) -> Iterator[Finding]:
    """A unicast peer, or the source of adverts, is the VIP itself.

    Why it hurts: the master has the VIP, so the adverts that it sends there go to itself. The other node hears no
    master, becomes MASTER too, and both hold the VIP. As a source address the VIP is not there when Keepalived 2.2
    starts: the instance goes to FAULT and never takes over.

    When it stays silent: where another peer is listed beside the VIP, or an address that is not known; for VIPs of
    other virtual routers.

    What to do: list the address that the other node has of its own, and send from the node's own address.
    """
    for member in group.members:
        node = member.node
        if lists_only_vips(member):
            peer = next(peer for peer in member.unicast_peers if peer.address in member.all_addresses)
            vip = peer.address
            low = _is_low(member, group)
            others = [other.node.name for other in group.members if other is not member]
            follows = (
                f"nothing shows it while {node.name} is BACKUP; as MASTER it sends to itself, and both hold it"
                if low
                else f"the master sends its adverts to itself, no other node hears them, and {both_hold(group)}"
            )
            yield Finding(
                at=peer.span,
                subject=(*group.key, "unicast_peer", node.name),
                severity="warning" if low else "error",
                message=f"{member.name} on {node.name} lists the VIP {vip} itself as its unicast_peer: {follows}",
                label="the VIP, not a host",
                related=[Related("the VIP", next(line.span for line in _lines(member) if line.address == vip))],
                help="list the own address of each other node instead",
                nodes=(node.name, *others),
            )
        yield from _source(group, member)


def _source(group: VrrpGroup, member: VrrpInstance) -> Iterator[Finding]:
    source = member.unicast_source
    if not sends_from_vip(member) or member.priority.value == ADDRESS_OWNER:
        return
    stays = holds(member.node, "2.2", "2.3")
    yield Finding(
        at=source.span,
        subject=(*group.key, "unicast_src_ip"),
        severity="error" if stays else "warning" if stays is None else "info",
        message=(
            f"{member.name} on {member.node.name} sends its adverts from the VIP {source.value}, which only the MASTER "
            "has: in Keepalived 2.2 the instance stays in FAULT and never takes over, other releases "
            "send from it all the same"
        ),
        label="the VIP, not an own address",
        related=[Related("the VIP", next(line.span for line in _lines(member) if line.address == source.value))],
        help=f"send from {member.node.name}'s own address, or leave unicast_src_ip out",
        nodes=(member.node.name,),
    )


def _lines(member: VrrpInstance) -> Iterator[Vip]:
    yield from member.vips
    yield from member.excluded_vips

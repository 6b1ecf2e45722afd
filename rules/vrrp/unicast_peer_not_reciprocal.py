"""The rule ``vrrp/unicast-peer-not-reciprocal``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from cfglint.analysis.sources import advert_sources, host_addresses, lists_only_vips, sends_from_vip
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import both_hold, in_order, listing
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance


def _peers(member: VrrpInstance) -> frozenset[Address] | Unknown:
    for peer in member.unicast_peers:
        if isinstance(peer.address, Unknown):
            return peer.address
    return frozenset(peer.address for peer in member.unicast_peers if not isinstance(peer.address, Unknown))


def _misses(sender: VrrpInstance, receiver: VrrpInstance) -> str | Unknown:
    """In words, what the sender should list and does not; empty when it lists the receiver."""
    peers = _peers(sender)
    if isinstance(peers, Unknown):
        return peers
    sources = advert_sources(receiver)
    if isinstance(sources, Unknown):
        if peers <= host_addresses(sender):
            return f"only its own address{'es' if len(peers) > 1 else ''}"
        return sources
    # A receiver with unicast_src_ip listens on that address only, unless it is not its own (a finding of another rule).
    own = {entry.address.ip for entry in receiver.node.addresses.addresses}
    bound = receiver.unicast_source.value is not None and (not own or bool(sources & own))
    heard = sources if bound else sources | host_addresses(receiver)
    return "" if peers & heard else listing(in_order(peers))


def _same_source(one: VrrpInstance, other: VrrpInstance) -> bool:
    """True when both claim one address: then a copied file is the fault, and who sends from where is open."""
    value = one.unicast_source.value
    return value is not None and not isinstance(value, Unknown) and value == other.unicast_source.value


def _outranks(sender: VrrpInstance, receiver: VrrpInstance) -> bool:
    """True unless the sender is known to have the lower priority: then nothing is wrong until roles change."""
    own, other = sender.priority.value, receiver.priority.value
    return isinstance(own, Unknown) or isinstance(other, Unknown) or own >= other


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: a wrong peer on either node"],
)
def unicast_peer_not_reciprocal(group: VrrpGroup) -> Iterator[Finding | Unchecked]:
    """A node's `unicast_peer` does not list the address of another member of the virtual router.

    Why it hurts: adverts go only to the listed addresses. A node that the master does not list hears no master,
    becomes MASTER too and holds the VIP. On the node with the lower priority the gap is latent: it shows when the
    roles change, or as a lost `nopreempt`.

    When it stays silent: where the other node's address is not known from `unicast_src_ip` or its interface files;
    for the node's own address in its list, which does no harm; where both
    claim the same address (vrrp/config-copied-verbatim reports that); for a VIP as peer or source
    (vrrp/unicast-peer-is-vip); where a member uses multicast (that is reported itself).

    What to do: list the address that each other node sends from (its unicast_src_ip).
    """
    if not all(member.is_unicast for member in group.members):
        return
    for sender, receiver in permutations(group.members, 2):
        if _same_source(sender, receiver) or lists_only_vips(sender) or sends_from_vip(receiver):
            continue
        listed = _misses(sender, receiver)
        if isinstance(listed, Unknown):
            what = f"whether {sender.name} lists {receiver.node.name} in unicast_peer"
            yield Unchecked(sender.node.name, what, listed.why)
        elif listed:
            source = advert_sources(receiver)
            address = "" if isinstance(source, Unknown) else f" ({listing(in_order(source))})"
            high = _outranks(sender, receiver)
            follows = (
                f"{receiver.node.name} never hears {sender.node.name}, so {both_hold(group)}"
                if high
                else f"nothing shows it while {receiver.node.name} is MASTER; when the roles change, "
                f"{receiver.node.name} will not hear {sender.node.name}"
            )
            yield Finding(
                at=sender.unicast_peers[0].span if len(sender.unicast_peers) == 1 else sender.unicast_peer_span,
                subject=(*group.key, "unicast_peer", sender.node.name, receiver.node.name),
                severity="error" if high else "warning",
                message=(
                    f"{sender.node.name} does not list {receiver.node.name}{address} in unicast_peer of {sender.name} "
                    f"(it lists {listed}): {follows}"
                ),
                label=f"{receiver.node.name} is missing",
                related=[Related(f"{receiver.node.name} sends from here", receiver.unicast_source.span)],
                help=f"add the address that {receiver.node.name} sends from to unicast_peer on {sender.node.name}",
                nodes=[sender.node.name, receiver.node.name],
            )

"""The rule ``lvs/dr-rs-vip-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.real_servers import backends, served_clusters, takes_in_by_firewall
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.cluster import Cluster, Fleet


@rule(severity="error", sources=["IPVS direct routing leaves the destination address untouched: ipvsadm(8), -g"])
def dr_rs_vip_missing(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """A real server of direct routing does not carry the VIP.

    Why it hurts: direct routing changes nothing but the hardware address, so packets arrive at the real server with
    the VIP as their destination. A host without that address drops them: every connection that the director gives
    to this server hangs, although its health check (to the real address) is fine.

    When it stays silent: where an interface file or script carries the VIP on any device; where a firewall rule
    takes packets for the VIP in (redirect); for a director that serves itself. Where interface files cannot be
    read it is unchecked.

    What to do: carry VIP/32 on lo of every real server, with arp_ignore = 1 and arp_announce = 2.
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    for backend in backends(cluster, "DR"):
        node = backend.node
        if backend.carriers or not backend.certain:
            continue
        if backend.is_director:
            why = "a director that serves itself holds it only while it is master; files do not tell how it is meant"
            yield Unchecked(node.name, f"the VIP {backend.vip} for direct routing", why)
        elif node.addresses.unreadable is not None:
            yield Unchecked(node.name, f"the VIP {backend.vip} on the real server", node.addresses.unreadable.why)
        elif takes_in_by_firewall(node, backend.vip):
            yield Unchecked(node.name, f"the VIP {backend.vip} on the real server", "a firewall rule may take it in")
        else:
            entry = backend.entries[0]
            own = next((found for found in node.addresses.addresses if found.address.ip in backend.own_addresses), None)
            related = [Related(f"direct routing from {entry.node.name}", entry.span)]
            if own is not None:
                related.append(Related(f"{node.name}'s own address", own.span))
            yield Finding(
                at=node.span,
                subject=backend.key,
                message=(
                    f"{node.name} does not carry the VIP {backend.vip} that {entry.node.name} sends to it by direct "
                    f"routing ({entry.server.label}): it drops the packets, and each connection given to it hangs"
                ),
                related=related,
                help=f"carry {backend.vip}/32 on lo of {node.name}, with arp_ignore = 1 and arp_announce = 2",
                nodes=(node.name, *(director.name for director in backend.directors)),
            )

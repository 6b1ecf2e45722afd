"""The rule ``lvs/dr-vip-on-arp-interface``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from cfglint.analysis.arp import arp_answer
from cfglint.analysis.real_servers import backends, served_clusters
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.cluster import Cluster, Fleet
from cfglint.model.value import Unknown


@rule(
    severity="error",
    sources=[
        "ARP requests in network namespaces: arp_ignore 1, 2 and 3 answer for a VIP on the receiving interface",
        "kernel documentation, ip-sysctl: arp_ignore",
    ],
)
def dr_vip_on_arp_interface(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """A real server of direct routing carries the VIP on the interface where it is asked for by ARP.

    Why it hurts: the real server answers ARP requests for the VIP, beside the director. arp_ignore 1 means "answer
    for the addresses of this interface", and the VIP is one. Whoever answers first gets the clients: traffic skips
    the director, all of it goes to one server, and taking that server out of service does not help.

    When it stays silent: for a VIP on lo or a dummy device; where arp_ignore 8 silences the interface; where an
    arptables or nftables rule drops requests for the VIP; on interfaces of segments where nobody asks for it.

    What to do: move the VIP to lo with prefix 32, and set arp_ignore = 1 and arp_announce = 2 on the interface or
    for `all`.
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    for backend in backends(cluster, "DR"):
        asked = backend.asked_on
        if backend.is_director or not isinstance(backend.vip, IPv4Address):
            continue
        node = backend.node
        for carrier in backend.carriers:
            if carrier.on_silent_device:
                continue
            if isinstance(asked, Unknown):
                yield Unchecked(node.name, f"ARP answers for {backend.vip}", f"not known {asked.why}")
                break
            if carrier.interface not in asked:
                continue
            answer = arp_answer(node.addresses, node.kernel, backend.vip, carrier.interface)
            if isinstance(answer.answers, Unknown):
                yield Unchecked(node.name, f"ARP answers for {backend.vip}", answer.answers.why)
                break
            if not answer.answers:
                continue
            value = answer.ignore.value
            known = f"; arp_ignore {value} does not hide it there" if isinstance(value, int) and value else ""
            yield Finding(
                at=carrier.span,
                subject=backend.key,
                message=(
                    f"{node.name} carries the VIP {backend.vip} on {carrier.interface}, where it is asked for by ARP"
                    f"{known}: it answers beside the director, and clients whose neighbour table learns {node.name} "
                    "skip the load balancing"
                ),
                label=f"on {carrier.interface}",
                related=[
                    *(Related(f"{value} here", entry.span) for entry in answer.ignore.sources),
                    *(Related(f"direct routing from {entry.node.name}", entry.span) for entry in backend.entries[:2]),
                ],
                help=(
                    f"carry {backend.vip}/32 on lo instead, with arp_ignore = 1 and arp_announce = 2 for "
                    f"{carrier.interface} or all"
                ),
                nodes=(node.name,),
            )
            break

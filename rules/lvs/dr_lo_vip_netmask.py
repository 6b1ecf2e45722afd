"""The rule ``lvs/dr-lo-vip-netmask``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.real_servers import backends, is_ipv4, served_clusters
from cfglint.engine import Finding, rule
from cfglint.model.cluster import Cluster, Fleet


@rule(
    severity="error",
    sources=["`ip addr add 10.55.0.1/24 dev lo; ip route get 10.55.0.77` in a network namespace: local"],
)
def dr_lo_vip_netmask(fleet: Fleet) -> Iterator[Finding]:
    """A real server carries the VIP on lo with a prefix shorter than 32.

    Why it hurts: a network on lo is local as a whole. With 10.0.0.1/24 on lo the host takes every address of
    10.0.0.0/24 for its own: it reaches neither its neighbours nor its gateway nor the director, and with arp_ignore 0
    it answers ARP requests for all of them.

    When it stays silent: for prefix 32, for other devices than lo, for IPv6, and on nodes that are no real servers of
    direct routing or tunnels.

    What to do: give the address prefix 32 (netmask 255.255.255.255).
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding]:
    for backend in (*backends(cluster, "DR"), *backends(cluster, "TUN")):
        for carrier in backend.carriers:
            network = carrier.address.network
            if carrier.interface != "lo" or not is_ipv4(backend.vip) or network.prefixlen == network.max_prefixlen:
                continue
            yield Finding(
                at=carrier.span,
                subject=(*backend.key, "prefix"),
                message=(
                    f"{backend.node.name} carries the VIP {backend.vip} on lo with prefix {network.prefixlen}: all of "
                    f"{network} becomes local to it, and it reaches no other host there, not even its gateway"
                ),
                label=f"{network} on lo",
                help=f"carry {backend.vip}/32 (netmask 255.255.255.255) on lo",
                nodes=(backend.node.name,),
            )
            break

"""The rule ``lvs/nat-internal-vip-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.real_servers import backends, cluster_vips, vips_towards
from cfglint.analysis.segments import subnets
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster


@rule(severity="error", sources=["ipvsadm(8), -m: replies must pass through the director that translated the request"])
def nat_internal_vip_missing(cluster: Cluster) -> Iterator[Finding]:
    """Directors balance by NAT, but have no VIP in the real servers' subnet that these could route to.

    Why it hurts: replies must pass through the active director. Without an address that moves with it, the real
    servers can only name one director's own address, and the failover breaks every connection.

    When it stays silent: where a VIP lies in the real server's subnet; where the subnet is not known, that is where
    the real server's interface files are not given; for a single director.

    What to do: add an instance with a VIP on the internal interface, in one sync group with the external one, and
    use that VIP as the real servers' gateway.
    """
    if len(cluster.nodes) < 2:
        return
    for backend in backends(cluster, "NAT"):
        networks = subnets(backend.node.addresses, None, cluster_vips(cluster))
        near = [network for network in networks if any(address in network for address in backend.own_addresses)]
        if backend.is_director or not near or vips_towards(backend) or not backend.certain:
            continue
        entry = backend.entries[0]
        own = next((known for known in backend.node.addresses.addresses if known.address.ip == entry.address), None)
        yield Finding(
            at=entry.server.method.span if entry.server.method.written else entry.server.span,
            subject=(cluster.name, "internal VIP", str(near[0])),
            message=(
                f"{cluster.name} balances {entry.server.label} by NAT, but no instance has a VIP in {near[0]}, where "
                f"{backend.node.name} is: its gateway can only be one director's own address, which a failover leaves"
            ),
            label="needs a VIP on the internal side",
            related=[Related(f"{backend.node.name} is here", own.span)] if own is not None else [],
            help=f"add a vrrp_instance with a VIP in {near[0]} and put both instances into one vrrp_sync_group",
            nodes=tuple(node.name for node in cluster.nodes),
        )
        return

"""The rule ``lvs/nat-rs-gateway-real-ip``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.real_servers import backends, cluster_vips, owner_of, vips_towards
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster
from cfglint.source import Span


@rule(
    severity="warning", sources=["ipvsadm(8), -m: replies must pass through the director that translated the request"]
)
def nat_rs_gateway_real_ip(cluster: Cluster) -> Iterator[Finding]:
    """A real server behind NAT uses one director's own address as its default gateway instead of the VIP.

    Why it hurts: it works as long as that director is master. After a failover requests come through the other
    director, replies still go to the first: they are not translated, and every connection hangs.

    When it stays silent: for a gateway that is a VIP; where only one director is given; with policy routing.

    What to do: use the directors' internal VIP as the gateway, which moves with the master.
    """
    seen: set[Span] = set()
    for backend in backends(cluster, "NAT"):
        host = backend.node.addresses
        if backend.is_director or host.policy_routing is not None or len(cluster.nodes) < 2:
            continue
        for route in host.default_routes:
            owner = owner_of(route.gateway, cluster.nodes)
            if owner is None or route.gateway in cluster_vips(cluster) or route.span in seen:
                continue
            seen.add(route.span)
            wanted = next(
                (address for address in vips_towards(backend) if address.version == route.gateway.version), None
            )
            use = f"the directors' VIP {wanted}" if wanted is not None else "a VIP of the directors in this subnet"
            yield Finding(
                at=route.span,
                subject=(cluster.name, backend.node.name, "gateway"),
                message=(
                    f"the default gateway of {backend.node.name} is {route.gateway}, {owner[0].name}'s own address: "
                    f"when another director takes over, replies still go to {owner[0].name} and connections hang"
                ),
                label=f"{owner[0].name}'s own address",
                related=[Related(f"{owner[0].name}'s address", owner[1])],
                help=f"use {use} as the gateway",
                nodes=(backend.node.name, owner[0].name),
            )

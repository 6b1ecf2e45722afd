"""The rule ``lvs/dr-rs-gateway-director``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.real_servers import backends, cluster_vips, owner_of, served_clusters
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster, Fleet
from cfglint.source import Span


@rule(
    severity="warning",
    sources=["IPVS direct routing: replies carry the VIP as their source and must not pass the director, which has it"],
)
def dr_rs_gateway_director(fleet: Fleet) -> Iterator[Finding]:
    """A real server of direct routing uses a director, or a VIP, as its default gateway.

    Why it hurts: in direct routing the real server answers clients itself, with the VIP as the source. Sent through
    the director, the reply arrives at a host that has this very address: the kernel drops packets from its own
    addresses as spoofed, and clients get no answer. It is the gateway of NAT mode, copied.

    When it stays silent: for any other gateway; where policy routing may send the replies elsewhere; for real servers
    that also serve by NAT.

    What to do: use the segment's router as the real server's gateway.
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding]:
    vips = cluster_vips(cluster)
    nat = {id(backend.node) for backend in backends(cluster, "NAT")}
    seen: set[Span] = set()
    for backend in backends(cluster, "DR"):
        host = backend.node.addresses
        if backend.is_director or host.policy_routing is not None or id(backend.node) in nat:
            continue
        for route in host.default_routes:
            owner = owner_of(route.gateway, cluster.nodes)
            if (route.gateway not in vips and owner is None) or route.span in seen:
                continue
            seen.add(route.span)
            what = "the VIP" if route.gateway in vips or owner is None else f"the director {owner[0].name},"
            yield Finding(
                at=route.span,
                subject=(cluster.name, backend.node.name, "gateway"),
                message=(
                    f"{backend.node.name} serves {backend.vip} by direct routing, but its default gateway is {what} "
                    f"{route.gateway}: its replies go back through a host that has {backend.vip} itself and drops "
                    "packets from it, so clients of other networks get no answer"
                ),
                label="the way back leads through the director",
                related=[Related(f"{route.gateway} here", owner[1])] if owner is not None else [],
                help="use the segment's router as the gateway; only NAT mode routes back through the director",
                nodes=(backend.node.name,),
            )

"""The rule ``lvs/nat-rs-gateway``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.real_servers import (
    Backend,
    backends,
    cluster_vips,
    owner_of,
    served_clusters,
    source_may_be_rewritten,
    vips_towards,
)
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.cluster import Cluster, Fleet


@rule(
    severity="error",
    sources=["ipvsadm(8), -m: the director translates replies back, so they must pass through it"],
)
def nat_rs_gateway(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """A real server behind NAT does not use the directors' internal VIP as its default gateway.

    Why it hurts: the director rewrites only the destination of a request, so the real server sees the client's
    address and answers to it. If the answer does not pass through the director it keeps the real server's address,
    and the client throws it away: connections hang in SYN_RECV.

    When it stays silent: for a gateway that is a VIP of the directors in the real server's subnet; where policy
    routing or a route through the VIP covers clients; where the director rewrites the source as well; for a
    director's own address (another rule says so). Where interface files do not tell the routes it is unchecked.

    What to do: make the internal VIP the real server's only default gateway, so that it follows the active director.
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    seen: set[int] = set()
    for backend in backends(cluster, "NAT"):
        node, host = backend.node, backend.node.addresses
        if backend.is_director or id(node) in seen or not backend.certain:
            continue
        seen.add(id(node))
        usable = {
            address: span for address, span in vips_towards(backend).items() if address.version == _version(backend)
        }
        if not usable:
            continue
        routes = [route for route in host.default_routes if route.gateway.version == _version(backend)]
        reason = _undecided(backend, len(routes))
        if reason:
            yield Unchecked(node.name, "the way of its replies back to the directors", reason)
            continue
        if any(route.gateway in cluster_vips(cluster) for route in routes):
            continue
        if any(owner_of(route.gateway, cluster.nodes) for route in routes):
            continue
        wanted, span = next(iter(usable.items()))
        entry = backend.entries[0]
        related = [Related("the directors' VIP in its subnet", span), Related("behind NAT", entry.span)]
        if routes:
            message = (
                f"the default gateway of {node.name} is {routes[0].gateway}, not the directors' VIP {wanted}: its "
                f"replies for {entry.server.label} skip the NAT of the director, and clients discard them"
            )
        else:
            message = (
                f"{node.name} has no default route, and behind NAT it needs one to the directors' VIP {wanted}: it "
                f"cannot answer clients of {entry.server.label} outside its own subnet"
            )
        yield Finding(
            at=routes[0].span if routes else node.span,
            subject=(cluster.name, node.name, "gateway"),
            message=message,
            label="skips the director" if routes else "",
            related=related,
            help=f"make {wanted} the default gateway of {node.name}",
            nodes=(node.name,),
        )


def _version(backend: Backend) -> int:
    return next((address.version for address in backend.own_addresses), 4)


def _undecided(backend: Backend, routes: int) -> str:
    host = backend.node.addresses
    if host.policy_routing is not None:
        return "policy routing may send them elsewhere"
    if routes > 1:
        return "there is more than one default route"
    if not routes and host.incomplete is not None:
        return host.incomplete.why
    vips = cluster_vips(backend.cluster)
    if any(route.gateway in vips for route in host.routes):
        return "a route to some networks leads through a VIP"
    if any(source_may_be_rewritten(node) for node in backend.directors):
        return "a director may rewrite the source of requests as well"
    return ""

"""Default gateways that cannot work: out of reach, or an address that nobody around has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from cfglint.analysis.real_servers import backends, cluster_vips, owner_of
from cfglint.analysis.segments import subnets
from cfglint.model.cluster import Fleet
from cfglint.model.host_addresses import DefaultRoute, HostAddress
from cfglint.model.node import Node


@dataclass(frozen=True, slots=True)
class Gateway:
    """One default route that is in doubt.

    Attributes:
        cluster: the name of the cluster that the node belongs to; the node's own outside of any.
        node: the host.
        route: its default route.
        networks: the subnets of the route's interface.
        addresses: the addresses of the route's interface.
    """

    cluster: str
    node: Node
    route: DefaultRoute
    networks: tuple[IPv4Network | IPv6Network, ...]
    addresses: tuple[HostAddress, ...]


def gateway_subnets(fleet: Fleet) -> Iterator[Gateway]:
    """The default routes whose gateway is in no subnet of their interface."""
    cluster_of = {
        id(node): cluster.name for cluster in fleet.clusters for node in (*cluster.nodes, *cluster.real_servers)
    }
    for node in fleet.nodes:
        host = node.addresses
        for route in host.default_routes:
            if route.on_link or route.origin == "capture" or route.gateway.is_link_local or route.interface is None:
                continue
            if route.interface in host.dynamic or host.unreadable is not None or host.captured:
                continue
            networks = [net for net in subnets(host, route.interface) if net.version == route.gateway.version]
            links = [known.network for known in host.routes if known.gateway is None]
            if not networks or any(route.gateway in network for network in (*networks, *links)):
                continue
            cluster = cluster_of.get(id(node), node.name)
            yield Gateway(cluster, node, route, tuple(dict.fromkeys(networks)), tuple(host.on(route.interface)))


def unowned_gateways(fleet: Fleet) -> Iterator[Gateway]:
    """Gateways of real servers of direct routing that no given host has and no director uses."""
    for cluster in fleet.clusters:
        used = {route.gateway for node in cluster.nodes for route in node.addresses.default_routes}
        if not all(_tells_its_only_segment(node) for node in cluster.nodes):
            continue
        seen: set[int] = set()
        for backend in backends(cluster, "DR"):
            node = backend.node
            if backend.is_director or id(node) in seen:
                continue
            seen.add(id(node))
            for route in node.addresses.default_routes:
                near = any(route.gateway in network for network in subnets(node.addresses))
                taken = route.gateway in used or route.gateway in cluster_vips(cluster)
                shared = any(route.gateway in network for peer in cluster.nodes for network in subnets(peer.addresses))
                if near and shared and not taken and owner_of(route.gateway, fleet.nodes) is None:
                    yield Gateway(cluster.name, node, route, (), ())


def _tells_its_only_segment(node: Node) -> bool:
    """True for a host with one leg whose files tell its routes: a router beside it would be its gateway, too."""
    host = node.addresses
    legs = {entry.interface for entry in host.addresses if not entry.on_silent_device}
    return host.known and len(legs) == 1 and (bool(host.default_routes) or not host.captured)

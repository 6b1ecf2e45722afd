"""Where requests come in by one interface and answers leave by another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal

from cfglint.analysis.real_servers import backends
from cfglint.analysis.segments import subnets
from cfglint.model.cluster import Cluster
from cfglint.model.host_addresses import Address, DefaultRoute
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.source import Span

LOOSE = 2
"""rp_filter by which any route back is enough."""


@dataclass(frozen=True, slots=True)
class AsymmetricPath:
    """Requests for a VIP that come in by another interface than the default route's.

    Attributes:
        node: the host.
        vip: the address asked for.
        interface: where requests arrive.
        route: the default route.
        span: the text that says where they arrive.
    """

    node: Node
    vip: Address
    interface: str
    route: DefaultRoute
    span: Span


def asymmetric_paths(cluster: Cluster) -> Iterator[AsymmetricPath]:
    """The IPv4 requests of a cluster's balancers and direct-routing servers that arrive beside the default route."""
    for node in cluster.nodes:
        served = _served(node)
        for instance in node.keepalived.instances if node.keepalived is not None else ():
            for line in instance.vips:
                device = line.device or instance.interface.value
                if line.address in served and isinstance(line.address, IPv4Address) and isinstance(device, str):
                    yield from _beside(node, line.address, device, line.span)
    for backend in backends(cluster, "DR"):
        if backend.is_director or not isinstance(backend.vip, IPv4Address):
            continue
        for address in backend.own_addresses:
            for entry in backend.node.addresses.carriers(address):
                yield from _beside(backend.node, backend.vip, entry.interface, entry.span)


def _beside(node: Node, vip: Address, device: str, span: Span) -> Iterator[AsymmetricPath]:
    host = node.addresses
    routes = [route for route in host.default_routes if route.gateway.version == vip.version]
    if len(routes) != 1 or host.policy_routing is not None or host.dynamic or routes[0].interface in {None, device}:
        return
    if subnets(host, device):
        yield AsymmetricPath(node, vip, device, routes[0], span)


def _served(node: Node) -> set[Address | Unknown | None]:
    """The VIPs on which a node serves: of IPVS, and of HAProxy's binds."""
    found: set[Address | Unknown | None] = set()
    for server in node.keepalived.virtual_servers if node.keepalived is not None else ():
        found.add(server.address)
    for proxy in node.haproxy.proxies if node.haproxy is not None else ():
        found.update(written.address for bind in proxy.binds for written in bind.addresses)
    return {address for address in found if isinstance(address, IPv4Address)}


def source_accepted(rp_filter: int, way_back: Literal["same", "other", "none"]) -> bool:
    """Tell whether reverse path filtering takes a packet.

    Args:
        rp_filter: the effective value: 0 off, 1 strict, 2 loose.
        way_back: the route to the packet's source: by the interface it came in on, by another one, or none at all.
    """
    if rp_filter == 1:
        return way_back == "same"
    return rp_filter != LOOSE or way_back != "none"

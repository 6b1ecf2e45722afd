"""The rule ``lvs/dr-rs-other-subnet``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from cfglint.analysis.real_servers import real_server_entries, served_clusters
from cfglint.analysis.segments import subnets
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.cluster import Cluster, Fleet
from cfglint.model.host_addresses import Address
from cfglint.model.node import Node
from cfglint.model.value import Unknown


def _reachable(node: Node) -> list[IPv4Network | IPv6Network]:
    """The networks a director is in, those of its VIPs and its routes to links included."""
    found = list(subnets(node.addresses))
    for instance in node.keepalived.instances if node.keepalived is not None else ():
        for line in (*instance.vips, *instance.excluded_vips):
            if not isinstance(line.address, Unknown):
                kind = IPv4Network if line.address.version == 4 else IPv6Network
                found.append(kind((int(line.address), line.prefix), strict=False))
    return [*found, *(route.network for route in node.addresses.routes if route.gateway is None)]


@rule(severity="error", sources=["IPVS direct routing replaces the hardware address only: ipvsadm(8), -g"])
def dr_rs_other_subnet(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """A real server of direct routing is in none of the director's subnets.

    Why it hurts: direct routing puts the real server's hardware address on the packet, so the two must share a
    segment. To a real server behind a router the packet goes to the router, which sees the VIP as its destination
    and sends it back to the director, or drops it.

    When it stays silent: where a route of the director leads to the real server's network without a gateway, where
    its interface files do not tell every address (unchecked), and for NAT and tunnels, which may cross routers.

    What to do: put the real server on the director's segment, give the director an address there, or use TUN.
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    seen: set[tuple[str, Address]] = set()
    for entry in real_server_entries(cluster, "DR"):
        node, address = entry.node, entry.address
        if isinstance(address, Unknown) or (node.name, address) in seen or address.is_loopback:
            continue
        seen.add((node.name, address))
        if not node.addresses.known:
            if node.addresses.incomplete is not None:
                yield Unchecked(node.name, "the segment of its real servers", node.addresses.incomplete.why)
            continue
        networks = [network for network in _reachable(node) if network.version == address.version]
        own = {known.address.ip for known in node.addresses.addresses}
        if not networks or address in own or any(address in network for network in networks):
            continue
        shown = ", ".join(sorted({str(network) for network in subnets(node.addresses)}))
        yield Finding(
            at=entry.span,
            subject=(cluster.name, node.name, str(address)),
            message=(
                f"{node.name} sends to {address} by direct routing, but is in no subnet with it (it is in {shown}): "
                "the packets go to a router, which cannot deliver them, and connections to this server hang"
            ),
            label="in none of the director's subnets",
            related=[Related(f"{known.address}", known.span) for known in node.addresses.addresses[:3]],
            help="put director and real server on one segment, or use lb_kind TUN or NAT",
            nodes=(node.name,),
        )

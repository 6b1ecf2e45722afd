"""The rule ``network/address-duplicate``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from cfglint.analysis.real_servers import cluster_vips
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster
from cfglint.model.host_addresses import Address, HostAddress
from cfglint.model.node import Node

PRIVATE_DEVICE = re.compile(r"(docker|br-|virbr|cni|flannel|lxc|lxd|veth|podman|cilium|vboxnet|vmnet|kube|cali|vrrp)")
VIRTUALBOX_NAT = "10.0.2.15"
"""Every VirtualBox guest has this address on its own private segment."""


@rule(severity="error", sources=["two hosts with one address in a network namespace: neighbours learn either"])
def address_duplicate(cluster: Cluster) -> Iterator[Finding]:
    """Two hosts of a cluster have the same address.

    Why it hurts: both answer ARP requests for it, and neighbours use the one that answered last. Connections to
    either break again and again. Typical after copying the sibling's interface file.

    When it stays silent: for VIPs and what direct routing puts on real servers, for loopback, tunnel and bridge
    devices that are private to a host, for link-local addresses, and between hosts of different clusters, which may
    be different sites.

    What to do: give each host its own address.
    """
    vips = cluster_vips(cluster)
    holders: dict[Address, list[tuple[Node, HostAddress]]] = defaultdict(list)
    for node in (*cluster.nodes, *cluster.real_servers):
        for entry in node.addresses.addresses:
            address = entry.address.ip
            if address in vips or address.is_link_local or address.is_loopback or entry.on_silent_device:
                continue
            if PRIVATE_DEVICE.match(entry.interface) or str(address) == VIRTUALBOX_NAT:
                continue
            if all(node is not other for other, _ in holders[address]):
                holders[address].append((node, entry))
    for address, found in holders.items():
        if len(found) < 2:
            continue
        (first, entry), *others = found
        names = " and ".join(node.name for node, _ in found)
        yield Finding(
            at=others[-1][1].span,
            subject=(cluster.name, "address", str(address)),
            message=(
                f"{names} both have the address {address}: neighbours learn one or the other, and connections to "
                "either break"
            ),
            label=f"on {others[-1][0].name}",
            related=[Related(f"also on {node.name}", item.span) for node, item in [(first, entry), *others[:-1]]],
            help="give each host its own address",
            nodes=tuple(node.name for node, _ in found),
        )

"""The rule ``vrrp/vip-is-real-address``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.real_servers import backends
from cfglint.analysis.vip_placement import static_vips
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, Vip, VrrpInstance


def _vips(cluster: Cluster) -> dict[Address, tuple[VrrpInstance, Vip]]:
    return {
        line.address: (instance, line)
        for node in cluster.nodes
        if node.keepalived is not None
        for instance in node.keepalived.instances
        for line in (*instance.vips, *instance.excluded_vips)
        if not isinstance(line.address, Unknown)
    }


def _finding(node: Node, vip: Address, parts: tuple[VrrpInstance, Vip], what: str) -> Finding:
    instance, line = parts
    entry = next(entry for entry in node.addresses.configured if entry.address.ip == vip)
    return Finding(
        at=line.span,
        subject=(node.name, "vip", str(vip)),
        message=f"the VIP {vip} of {instance.name} is {node.name}'s own address on {entry.interface}: {what}",
        label=f"{node.name}'s own address",
        related=[Related(f"{node.name}'s own address", entry.span)],
        help="use an address as the VIP that no host has as its own",
        nodes=tuple(dict.fromkeys((instance.node.name, node.name))),
    )


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7 in network namespaces: with its own address as the VIP it stays in FAULT",
    ],
)
def vip_is_real_address(cluster: Cluster) -> Iterator[Finding]:
    """A VIP is the own address of a load balancer or of a server behind it.

    Why it hurts: on the balancer itself Keepalived does not count a VIP as an address of the interface, finds none,
    and stays in FAULT. For any other host the master answers for that host's address as well: the host cannot be
    reached while the master holds the VIP.

    When it stays silent: for the address owner (priority 255), for secondary addresses of a balancer (another rule),
    for real servers of direct routing or tunnels, which carry the VIP on purpose, and where interface files are not
    given.

    What to do: choose a VIP that is free.
    """
    for node in cluster.nodes:
        for found in static_vips(node):
            if found.is_primary and not isinstance(found.vip.address, Unknown):
                what = f"Keepalived on {node.name} finds no other address there and stays in FAULT"
                yield _finding(node, found.vip.address, (found.instance, found.vip), what)
    vips = _vips(cluster)
    carriers = {(id(backend.node), backend.vip) for method in ("DR", "TUN") for backend in backends(cluster, method)}
    for node in cluster.real_servers:
        for entry in node.addresses.configured:
            vip = entry.address.ip
            if vip in vips and (id(node), vip) not in carriers and not entry.on_silent_device:
                what = f"the master answers for it too, and {node.name} cannot be reached"
                yield _finding(node, vip, vips[vip], what)

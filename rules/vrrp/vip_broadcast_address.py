"""The rule ``vrrp/vip-broadcast-address``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from cfglint.analysis.segments import subnets
from cfglint.engine import Finding, rule
from cfglint.model.vrrp import Vip, VrrpInstance

POINT_TO_POINT = 31
"""From this prefix length on a network has no broadcast address (RFC 3021)."""


def _network(instance: VrrpInstance, line: Vip, address: IPv4Address) -> tuple[IPv4Network, bool] | None:
    """The network in which neighbours see a VIP, and whether an interface file tells it or only the line's prefix."""
    device = line.device or instance.interface.value
    known = subnets(instance.node.addresses, device, instance.all_addresses) if isinstance(device, str) else ()
    for network in known:
        if isinstance(network, IPv4Network) and address in network:
            return network, True
    if not line.prefix_written or not 0 < line.prefix < POINT_TO_POINT:
        return None
    return IPv4Network((address, line.prefix), strict=False), False


@rule(
    severity="error",
    sources=[
        "Linux 6.18 in network namespaces: a connection to the broadcast address ends with `Network is unreachable`",
        "Linux before 5.14 takes the network's own address as a second broadcast address",
    ],
)
def vip_broadcast_address(instance: VrrpInstance) -> Iterator[Finding]:
    """A VIP is the broadcast address of its network, or the network's own address.

    Why it hurts: keepalived configures it, and the node holds it. But every host of that network takes the address for
    the broadcast one: its kernel refuses to connect there, and nobody asks for it by ARP. The network's own address
    (the lowest) works between Linux hosts of 5.14 and later only: that is a warning, as is a broadcast address by the
    VIP's own prefix alone, since the hosts there may have another.

    When it stays silent: for prefixes of 31 and 32; for IPv6; where the interface's own network is known and has
    another broadcast address; for a VIP without a prefix on an interface whose network is not known.

    What to do: choose a host address, or correct the prefix.
    """
    for line in (*instance.vips, *instance.excluded_vips):
        address = line.address
        found = _network(instance, line, address) if isinstance(address, IPv4Address) else None
        if found is None or found[0].prefixlen >= POINT_TO_POINT:
            continue
        network, sure = found
        highest = address == network.broadcast_address
        if not highest and address != network.network_address:
            continue
        what = "the broadcast address" if highest else "the network address"
        follows = (
            "hosts there refuse to connect to it, although the node holds it"
            if highest
            else "hosts with a kernel before Linux 5.14, and other systems, refuse to connect to it"
        )
        yield Finding(
            at=line.span,
            subject=(instance.node.name, instance.name, "vip", str(address)),
            severity="error" if highest and sure else "warning",
            message=(
                f"the VIP {address} of {instance.name} on {instance.node.name} is {what} of {network}"
                f"{'' if sure else ', as its prefix says'}: {follows}"
            ),
            label=what,
            help="use a host address of the network, or correct the prefix",
            nodes=(instance.node.name,),
        )

"""Which interfaces of which hosts share a segment, as far as their subnets tell."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network

from cfglint.model.host_addresses import Address, HostAddresses

Network = IPv4Network | IPv6Network


@lru_cache(maxsize=4096)
def subnets(
    host: HostAddresses, interface: str | None = None, without: frozenset[Address] = frozenset()
) -> tuple[Network, ...]:
    """The subnets a host is in: those of addresses that leave room for a neighbour, on devices that have neighbours.

    Args:
        host: its addresses.
        interface: only those of this device.
        without: addresses that do not count, e.g. VIPs, which come and go.
    """
    return tuple(
        entry.address.network
        for entry in host.addresses
        if not entry.on_silent_device
        and (interface is None or entry.interface == interface)
        and entry.address.ip not in without
        and entry.address.network.num_addresses > 1
    )


@lru_cache(maxsize=4096)
def _devices(host: HostAddresses) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.interface for entry in host.addresses if not entry.on_silent_device))


def interfaces_towards(host: HostAddresses, address: Address, without: frozenset[Address] = frozenset()) -> list[str]:
    """The devices of a host whose subnets hold an address."""
    names = _devices(host)
    return [name for name in names if any(address in network for network in subnets(host, name, without))]


def share_segment(
    host: HostAddresses,
    other: HostAddresses,
    interface: str,
    other_interface: str,
    without: frozenset[Address] = frozenset(),
) -> bool | None:
    """Tell whether two interfaces share a subnet; None when one of them has no known subnet."""
    ours, theirs = subnets(host, interface, without), subnets(other, other_interface, without)
    families = {network.version for network in ours} & {network.version for network in theirs}
    if not families:
        return None
    return any(a.overlaps(b) for a in ours for b in theirs if a.version == b.version)

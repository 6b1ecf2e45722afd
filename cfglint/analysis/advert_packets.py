"""The packets that VRRP instances send and must hear, from what both sides' configurations tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from cfglint.analysis.packet import Packet, PacketHook
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance

VRRP, AH = 112, 51
GROUPS: dict[int, Address] = {4: IPv4Address("224.0.0.18"), 6: IPv6Address("ff02::12")}


@dataclass(frozen=True, slots=True)
class Advert:
    """One packet to ask a firewall about.

    Attributes:
        instance: the instance whose node is asked.
        peer: the member on the other side; None when only an address, or nothing, is known of it.
        packet: as it passes the node's filters.
    """

    instance: VrrpInstance
    peer: VrrpInstance | None
    packet: Packet


def adverts(instance: VrrpInstance, peers: Sequence[VrrpInstance], hook: PacketHook) -> list[Advert] | Unknown:
    """What an instance must hear (``input``) or sends (``output``).

    Args:
        instance: whose node is asked.
        peers: the other members of its virtual router, as far as known.
        hook: the direction.

    Returns:
        The packets, or why they cannot be told.
    """
    open_value = _open_value(instance)
    if open_value is not None:
        return open_value
    family = instance.family
    version: Literal[4, 6] = 6 if family == 6 else 4
    own = source_of(instance, version)
    if not instance.is_unicast:
        group = instance.multicast_group.value
        target = group if not isinstance(group, Unknown) and group.version == version else GROUPS[version]
        sides: list[VrrpInstance | None] = [*peers] or [None]
        if hook == "output":
            return [Advert(instance, peer, _packet(instance, hook, own, target)) for peer in sides]
        return [
            Advert(instance, peer, _packet(instance, hook, source_of(peer, version) if peer else None, target))
            for peer in sides
        ]
    found: list[Advert] = []
    for peer, address in _unicast_sides(instance, peers, version):
        source, target_address = (own, address) if hook == "output" else (address, own)
        found.append(Advert(instance, peer, _packet(instance, hook, source, target_address, version)))
    return found


def source_of(instance: VrrpInstance, version: int) -> Address | None:
    """The address that an instance's adverts come from, or None when the files do not tell."""
    written = instance.unicast_source if instance.is_unicast else instance.multicast_source
    if not isinstance(written.value, Unknown) and written.value is not None:
        return written.value if written.value.version == version else None
    if isinstance(written.value, Unknown) or (version == 6 and not instance.is_unicast):
        return None  # the link-local address, which no file tells
    interface = instance.interface.value
    for entry in instance.node.addresses.addresses:
        if entry.interface == interface and entry.address.version == version:
            address = entry.address.ip
            if address not in instance.all_addresses:
                return address
    return None


def _open_value(instance: VrrpInstance) -> Unknown | None:
    for value in (instance.interface.value, instance.family, instance.authentication.kind):
        if isinstance(value, Unknown):
            return value
    if instance.damaged is not None:
        return instance.damaged
    if instance.interface.value is None:
        return Unknown("the instance has no interface", instance.span)
    return None


def _unicast_sides(
    instance: VrrpInstance, peers: Sequence[VrrpInstance], version: int
) -> list[tuple[VrrpInstance | None, Address | None]]:
    """Every peer with the address it is known by."""
    listed = [peer.address for peer in instance.unicast_peers]
    own = source_of(instance, version)
    remote = [address for address in listed if not isinstance(address, Unknown) and address != own]
    if not peers:
        return [(None, address) for address in remote] or [(None, None)]
    sides: list[tuple[VrrpInstance | None, Address | None]] = []
    for peer in peers:
        address = source_of(peer, version)
        if address is None and len(peers) == 1 and len(remote) == 1:
            address = remote[0]
        sides.append((peer, address))
    return sides


def _packet(
    instance: VrrpInstance,
    hook: PacketHook,
    source: Address | None,
    target: Address | None,
    version: Literal[4, 6] | None = None,
) -> Packet:
    name = instance.interface.value
    interface = None if instance.use_vmac or not isinstance(name, str) else name
    kind = instance.authentication.kind
    wanted = version or (6 if target is not None and target.version == 6 else 4)
    return Packet(
        hook=hook,
        version=6 if wanted == 6 else 4,
        proto=AH if kind == "AH" else VRRP,
        iif=interface if hook == "input" else None,
        oif=interface if hook == "output" else None,
        src=source,
        dst=target,
        spi=int(source) if kind == "AH" and isinstance(source, IPv4Address) else None,
        ttl=255,
    )

"""From which addresses a node's adverts come, as far as the files tell."""

from __future__ import annotations

from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance


def advert_sources(instance: VrrpInstance) -> frozenset[Address] | Unknown:
    """The addresses that an instance may send from: its source setting, else those of its interface.

    Returns:
        Unknown when neither unicast_src_ip or mcast_src_ip nor the host's interface files tell.
    """
    setting = instance.unicast_source if instance.is_unicast else instance.multicast_source
    if isinstance(setting.value, Unknown):
        return setting.value
    if setting.value is not None:
        return frozenset({setting.value})
    interface = instance.interface.value
    family = instance.family
    own = frozenset(
        entry.address.ip
        for entry in instance.node.addresses.addresses
        if entry.interface == interface and entry.address.version == family
    )
    vips = instance.all_addresses
    return own - vips or Unknown(f"neither a source address nor an interface file tells where {interface} sends from")


def host_addresses(instance: VrrpInstance) -> frozenset[Address]:
    """Every address that the files give the instance's host, its own advert sources included, VIPs left out."""
    own = frozenset(entry.address.ip for entry in instance.node.addresses.addresses)
    config = instance.config
    sources = frozenset(
        setting.value
        for other in config.instances
        for setting in (other.unicast_source, other.multicast_source)
        if setting.value is not None and not isinstance(setting.value, Unknown)
    )
    vips = frozenset[Address]().union(*(other.all_addresses for other in config.instances))
    return (own | sources) - vips


def lists_only_vips(instance: VrrpInstance) -> bool:
    """True when every unicast peer is a VIP of the instance itself, its host's own addresses aside."""
    listed = {peer.address for peer in instance.unicast_peers}
    known = {address for address in listed if not isinstance(address, Unknown)}
    vips = instance.all_addresses
    return len(known) == len(listed) and bool(known & vips) and not known - vips - host_addresses(instance)


def sends_from_vip(instance: VrrpInstance) -> bool:
    """True when unicast_src_ip is a VIP of the instance itself."""
    source = instance.unicast_source.value
    return source is not None and not isinstance(source, Unknown) and source in instance.all_addresses

"""Who answers ARP for an address, and what sender a host's own ARP requests carry.

The rules are those of the kernel's ``arp_ignore`` and ``arp_announce`` (net/ipv4/arp.c, inet_confirm_addr), observed
with requests in network namespaces (kernel 6.18): the effective value is the numeric maximum of ``all`` and the
interface that the request arrives on; ``lo`` and ``default`` have no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address

from cfglint.model.host_addresses import HostAddress, HostAddresses
from cfglint.model.kernel_settings import EffectiveValue, KernelSettings
from cfglint.model.value import Unknown

SILENT = 8


@dataclass(frozen=True, slots=True)
class ArpAnswer:
    """What a host does with an ARP request.

    Attributes:
        answers: True, False, or why it cannot be told.
        ignore: the effective arp_ignore of the interface that the request arrives on.
        carriers: where the host carries the address asked for.
    """

    answers: bool | Unknown
    ignore: EffectiveValue
    carriers: tuple[HostAddress, ...]


def arp_answer(
    host: HostAddresses, kernel: KernelSettings, target: IPv4Address, interface: str, asker: IPv4Address | None = None
) -> ArpAnswer:
    """Tell whether a host answers an ARP request.

    Args:
        host: its addresses.
        kernel: its settings.
        target: the address asked for.
        interface: the device that the request arrives on.
        asker: the sender's address; None means a neighbour out of a subnet of that device.
    """
    carriers = tuple(host.carriers(target))
    ignore = kernel.effective("arp_ignore", interface)
    if not carriers:
        return ArpAnswer(_absent(host), ignore, carriers)
    if any(target in rule.targets for rule in host.arp_filters):
        return ArpAnswer(answers=False, ignore=ignore, carriers=carriers)
    if any(not rule.clear for rule in host.arp_filters):
        return ArpAnswer(Unknown("an ARP filter of the host is not understood"), ignore, carriers)
    if isinstance(ignore.value, Unknown):
        outcomes = {answers(host.addresses, target, interface, value, asker) for value in (0, 1, 2)}
        decided = outcomes.pop() if len(outcomes) == 1 else ignore.value
        return ArpAnswer(decided, ignore, carriers)
    return ArpAnswer(answers(host.addresses, target, interface, ignore.value, asker), ignore, carriers)


def answers(
    addresses: Iterable[HostAddress],
    target: IPv4Address,
    interface: str,
    ignore: int,
    asker: IPv4Address | None = None,
) -> bool | Unknown:
    """The kernel's decision for one effective value of arp_ignore.

    Args:
        addresses: all of the host's.
        target: the address asked for; the host is known to have it.
        interface: the device that the request arrives on.
        ignore: the effective arp_ignore.
        asker: the sender's address; None means a neighbour out of a subnet of that device.
    """
    everywhere = list(addresses)
    here = [entry for entry in everywhere if entry.interface == interface]
    carried_here = any(entry.address.ip == target for entry in here)
    if ignore == 1:
        return carried_here
    if ignore == 2:
        return carried_here and any(_covers(entry, target, asker) for entry in here)
    if ignore == 3:
        scopes = [entry.scope for entry in everywhere if entry.address.ip == target]
        if any(scope in {"global", "link"} for scope in scopes):
            return True
        if None in scopes:
            return Unknown("the address may have scope host, which arp_ignore 3 hides")
        return False
    return ignore != SILENT


def announces(host: HostAddresses, source: IPv4Address, target: IPv4Address, interface: str, announce: int) -> bool:
    """Tell whether an ARP request for a packet carries the packet's own source as its sender.

    Args:
        host: its addresses.
        source: the packet's source, e.g. a VIP; the host is known to have it.
        target: the address asked for.
        interface: the device that the request leaves by.
        announce: the effective arp_announce.

    Returns:
        True when neighbours learn the source; False when the sender is an address of the interface instead.
    """
    if announce == 1:
        # inet_addr_type_dev_table: the source is local, and inet_addr_onlink finds both in one subnet of the device.
        return any(source in entry.address.network and target in entry.address.network for entry in host.on(interface))
    # The kernel knows 0, 1 and 2; any other number counts as 0.
    return announce != 2


def _covers(entry: HostAddress, target: IPv4Address, asker: IPv4Address | None) -> bool:
    network = entry.address.network
    if target not in network:
        return False
    return network.num_addresses > 1 if asker is None else asker in network


def _absent(host: HostAddresses) -> bool | Unknown:
    if not host.files:
        return Unknown("the node has no interface file")
    return host.incomplete if host.incomplete is not None else False

"""VIPs that interface files also give to a host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cfglint.model.host_addresses import HostAddress
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Vip, VrrpInstance

ADDRESS_OWNER = 255


@dataclass(frozen=True, slots=True)
class StaticVip:
    """A VIP of a balancer that its own interface files carry, too.

    Attributes:
        instance: the instance that moves it.
        vip: its line in keepalived.conf.
        entry: the address in the interface file.
        is_primary: it is the interface's first address, so the host itself is reached by it.
    """

    instance: VrrpInstance
    vip: Vip
    entry: HostAddress
    is_primary: bool


def static_vips(node: Node) -> Iterator[StaticVip]:
    """The VIPs of a node that its interface files carry on an interface that neighbours reach.

    Left out is the address owner of RFC 9568 (priority 255), which has the VIP as its own address on purpose.
    """
    configured = [entry for entry in node.addresses.configured if entry.at_boot and not entry.on_silent_device]
    for instance in node.keepalived.instances if node.keepalived is not None else ():
        if instance.priority.value == ADDRESS_OWNER:
            continue
        for line in (*instance.vips, *instance.excluded_vips):
            if isinstance(line.address, Unknown):
                continue
            for entry in configured:
                if entry.address.ip == line.address:
                    yield StaticVip(instance, line, entry, _first_of_its_kind(configured, entry))
                    break


def _first_of_its_kind(configured: list[HostAddress], entry: HostAddress) -> bool:
    same = [
        other
        for other in configured
        if other.interface == entry.interface and other.address.version == entry.address.version
    ]
    return same[0] is entry

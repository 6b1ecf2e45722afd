"""A host's interfaces, addresses and routes, as its interface files give them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Literal

from cfglint.model.arp_filter import ArpFilter
from cfglint.model.value import Unknown
from cfglint.source import Span
from cfglint.syntax.problem import SyntaxProblem

Address = IPv4Address | IPv6Address
Origin = Literal["file", "script", "capture"]
Scope = Literal["global", "link", "host"]

SILENT_NAME = re.compile(r"(lo|dummy|tunl|ip6tnl|sit|gre|wg|tun)[0-9]*")
"""Devices on which nobody asks for addresses by ARP."""


@dataclass(frozen=True, slots=True)
class HostAddress:
    """One configured address.

    Attributes:
        interface: the device that carries it, without an alias label (``lo``, not ``lo:0``).
        address: with its prefix length.
        span: the text that gives it.
        scope: how far it is valid; None where the files leave it to the tool that reads them.
        label: the alias name, e.g. ``lo:0``; empty without one.
        origin: an interface file, a script, or a capture of the running host.
        at_boot: False when the file says that the interface does not start by itself.
    """

    interface: str
    address: IPv4Interface | IPv6Interface
    span: Span
    scope: Scope | None = "global"
    label: str = ""
    origin: Origin = "file"
    at_boot: bool = True

    @property
    def on_silent_device(self) -> bool:
        """True on lo, dummy and tunnel devices: no neighbour asks there by ARP."""
        return SILENT_NAME.fullmatch(self.interface) is not None


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """One default route.

    Attributes:
        gateway: the next hop.
        interface: the device, or None when the file leaves it to the kernel.
        span: the text that gives it.
        origin: an interface file, a script, or a capture of the running host.
        on_link: the next hop is reachable although it is in no subnet of the device (``onlink``).
    """

    gateway: IPv4Address | IPv6Address
    interface: str | None
    span: Span
    origin: Origin = "file"
    on_link: bool = False


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """One route to a network of the main table.

    Attributes:
        network: where it leads.
        gateway: the next hop; None for a route to the link.
        interface: the device, or None when the file leaves it to the kernel.
        span: the text that gives it.
    """

    network: IPv4Network | IPv6Network
    gateway: IPv4Address | IPv6Address | None
    interface: str | None
    span: Span


@dataclass(eq=False)
class HostAddresses:
    """What the interface files of one node tell.

    Attributes:
        addresses: every static address; where a capture of the running host is there, what it shows.
        default_routes: every default route; likewise.
        interfaces: every interface that a file configures, with that file.
        incomplete: why more addresses than these may exist (DHCP, say); None when the files tell all.
        files: paths (as shown) of the files read; empty when the node has none: then nothing is known.
        configured: the addresses of the files alone, without a capture.
        routes: routes to networks, of the main table.
        dynamic: interfaces that get an address by DHCP or the like, with the text that says so.
        unreadable: why files of the host do not tell their addresses (a template, a missing library), or None.
        mentioned: every interface name that any file names, also as a parent or a member.
        names_complete: False when files apply to interfaces by pattern or address, so that others may exist.
        captured: True when the addresses come from a capture of the running host.
        captured_interfaces: a capture tells every interface that exists.
        policy_routing: where rules or tables besides main choose routes; None without.
        manages: the tools whose files configure interfaces, with one place each (``networkd``, ``ifcfg``, …).
        networkd: the interfaces that systemd-networkd configures, with their KeepConfiguration (empty without one).
        forwards: a unit makes networkd switch forwarding on (IPForward=, IPMasquerade=), with the place.
        arp_filters: rules that drop ARP requests.
        problems: lines that could not be read.
    """

    addresses: list[HostAddress] = field(default_factory=list)
    default_routes: list[DefaultRoute] = field(default_factory=list)
    interfaces: dict[str, Span] = field(default_factory=dict)
    incomplete: Unknown | None = None
    files: list[str] = field(default_factory=list)
    configured: list[HostAddress] = field(default_factory=list)
    routes: list[StaticRoute] = field(default_factory=list)
    dynamic: dict[str, Span] = field(default_factory=dict)
    unreadable: Unknown | None = None
    mentioned: set[str] = field(default_factory=set)
    names_complete: bool = True
    captured: bool = False
    captured_interfaces: bool = False
    policy_routing: Span | None = None
    manages: dict[str, Span] = field(default_factory=dict)
    networkd: dict[str, str] = field(default_factory=dict)
    forwards: Span | None = None
    arp_filters: list[ArpFilter] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)
    _index: dict[Address, list[HostAddress]] = field(default_factory=dict, repr=False)
    _indexed: int = field(default=0, repr=False)

    @property
    def known(self) -> bool:
        """True when interface files were there and tell every address."""
        return bool(self.files) and self.incomplete is None

    def may_have(self, interface: str) -> bool:
        """True unless the files rule an interface out: they name interfaces, and not this one."""
        if not self.interfaces or self.unreadable is not None or interface == "lo":
            return True
        if not self.names_complete and not self.captured_interfaces:
            return True
        return interface.split("@", maxsplit=1)[0] in self.mentioned or interface in self.interfaces

    def on(self, interface: str) -> list[HostAddress]:
        """The addresses of one interface."""
        return [entry for entry in self.addresses if entry.interface == interface]

    def carriers(self, address: Address) -> list[HostAddress]:
        """Where the host carries an address; empty when it does not."""
        if self._indexed != len(self.addresses):
            self._index = {}
            for entry in self.addresses:
                self._index.setdefault(entry.address.ip, []).append(entry)
            self._indexed = len(self.addresses)
        return self._index.get(address, [])

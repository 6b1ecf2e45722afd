"""The packets that clients and real servers send through a balancer, from what its services' configuration tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from cfglint.analysis.packet import Packet
from cfglint.analysis.real_servers import vip_interfaces
from cfglint.model.lvs import RealServer, VirtualServer
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address
from cfglint.source import Span

PROTOCOLS = {"TCP": 6, "UDP": 17, "SCTP": 132}


@dataclass(frozen=True, slots=True)
class ServicePacket:
    """What a client sends to one service.

    Attributes:
        service: how people call it, e.g. ``bind 192.0.2.10:443``.
        subject: its symbolic name.
        span: the line that offers it.
        packet: from an address that is not known, in by the VIP's interface.
    """

    service: str
    subject: str
    span: Span
    packet: Packet


def service_packets(node: Node) -> Iterator[ServicePacket]:
    """The first packet of a client to every service that a node offers on one of its own VIPs."""
    vips = own_vips(node)
    held = vip_interfaces(node)
    seen: set[tuple[Address, int, int]] = set()
    for service, subject, span, address, port, protocol in (*_binds(node), *_virtual_servers(node)):
        if address not in vips or port == 0 or (address, port, protocol) in seen:
            continue
        seen.add((address, port, protocol))
        devices = held.get(address, {})
        version: Literal[4, 6] = 6 if address.version == 6 else 4
        packet = Packet(
            hook="input",
            version=version,
            proto=protocol,
            iif=next(iter(devices)) if len(devices) == 1 else None,
            dst=address,
            dport=port,
        )
        yield ServicePacket(service, subject, span, packet)


def own_vips(node: Node) -> frozenset[Address]:
    """The VIPs that a node's own instances move."""
    instances = node.keepalived.instances if node.keepalived is not None else []
    return frozenset(address for instance in instances for address in instance.all_addresses)


_Service = tuple[str, str, Span, Address, int, int]


def _binds(node: Node) -> Iterator[_Service]:
    for proxy in node.haproxy.proxies if node.haproxy is not None else ():
        for bind in proxy.binds:
            for written in bind.addresses:
                address, ports = written.address, written.ports
                if address is None or isinstance(address, Unknown) or ports is None or isinstance(ports, Unknown):
                    continue
                if bind.conditional:
                    continue
                shown = f"[{address}]" if address.version == 6 else str(address)
                for port in sorted({ports[0], ports[1]}):
                    protocol = 17 if written.datagram else 6
                    yield f"bind {shown}:{port}", f"{proxy.name}:{port}", written.span, address, port, protocol


def _virtual_servers(node: Node) -> Iterator[_Service]:
    for server in node.keepalived.virtual_servers if node.keepalived is not None else ():
        address, port, protocol = server.address, server.port, server.protocol.value
        if server.kind != "address" or address is None or isinstance(address, Unknown) or isinstance(port, Unknown):
            continue
        if isinstance(protocol, str) and protocol in PROTOCOLS:
            name = f"virtual_server {server.label}"
            yield name, server.label, server.span, address, port, PROTOCOLS[protocol]


@dataclass(frozen=True, slots=True)
class ReplyPacket:
    """What a real server behind NAT answers through its director.

    Attributes:
        real: the real server.
        packet: the answer to a client, from the inner to the outer interface, as the FORWARD chains see it.
    """

    real: RealServer
    packet: Packet


def nat_replies(node: Node) -> Iterator[ReplyPacket]:
    """One answer for every pair of interfaces that a node's NAT services use."""
    seen: set[tuple[str | None, str | None, int]] = set()
    held = vip_interfaces(node)
    for server in nat_services(node):
        protocol = server.protocol.value
        for real in server.real_servers:
            address = real.address
            if isinstance(address, Unknown) or not isinstance(protocol, str) or protocol not in PROTOCOLS:
                continue
            if real.method.value != "NAT":
                continue
            inner, outer = interface_towards(node, address), _outer_interface(held, server)
            if (inner, outer, address.version) in seen:
                continue
            seen.add((inner, outer, address.version))
            port = real.port if isinstance(real.port, int) and real.port else None
            packet = Packet(
                hook="forward",
                version=6 if address.version == 6 else 4,
                proto=PROTOCOLS[protocol],
                iif=inner,
                oif=outer,
                src=address,
                sport=port,
                tcp_flags=frozenset({"SYN", "ACK"}) if protocol == "TCP" else None,
            )
            yield ReplyPacket(real, packet)


def nat_services(node: Node) -> list[VirtualServer]:
    """The virtual servers of a node whose real servers are reached by NAT."""
    servers = node.keepalived.virtual_servers if node.keepalived is not None else []
    return [server for server in servers if any(real.method.value == "NAT" for real in server.real_servers)]


def interface_towards(node: Node, address: Address) -> str | None:
    """The interface in whose subnet an address lies; None when the files do not tell one."""
    near = {
        entry.interface for entry in node.addresses.addresses if address in entry.address.network and not _wide(entry)
    }
    return next(iter(near)) if len(near) == 1 else None


def _wide(entry: object) -> bool:
    return getattr(entry, "on_silent_device", False) is True


def _outer_interface(held: Mapping[Address, Mapping[str, Span]], server: VirtualServer) -> str | None:
    if server.address is None or isinstance(server.address, Unknown):
        return None
    devices = held.get(server.address, {})
    return next(iter(devices)) if len(devices) == 1 else None

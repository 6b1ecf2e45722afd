"""The rule ``lvs/vs-port-also-haproxy``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.haproxy import Bind, BindAddress, HaproxyConfig
from cfglint.model.lvs import VirtualServer
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address


def _binds(config: HaproxyConfig) -> dict[tuple[Address, int], tuple[Bind, BindAddress]]:
    """The TCP addresses that HAProxy binds by name, with a single port."""
    found: dict[tuple[Address, int], tuple[Bind, BindAddress]] = {}
    for proxy in config.proxies:
        for bind in () if proxy.disabled else proxy.binds:
            for written in bind.addresses:
                address, ports = written.address, written.ports
                if bind.conditional or "namespace" in bind.options or written.datagram or not isinstance(ports, tuple):
                    continue
                if address is not None and not isinstance(address, Unknown) and ports[0] == ports[1]:
                    found.setdefault((address, ports[0]), (bind, written))
    return found


def _may_be_local(server: VirtualServer, own: set[Address]) -> bool | None:
    """Whether the director itself is one of the servers, so that HAProxy may serve behind IPVS; None when unknown."""
    servers = {real.address for real in server.real_servers} | {server.sorry_server}
    known = {address for address in servers if address is not None and not isinstance(address, Unknown)}
    if any(address in own or address.is_loopback or address == server.address for address in known):
        return True
    if any(isinstance(address, Unknown) for address in servers) or not server.node.addresses.known:
        return None
    return False


def _own(node: Node) -> set[Address]:
    instances = node.keepalived.instances if node.keepalived is not None else []
    sources = (source.value for one in instances for source in (one.unicast_source, one.multicast_source))
    own = {entry.address.ip for entry in node.addresses.addresses}
    return own | {source for source in sources if source is not None and not isinstance(source, Unknown)}


@rule(
    severity="error",
    sources=["Linux ip_vs: packets to a service are taken at LOCAL_IN, before they reach a listening socket"],
)
def vs_port_also_haproxy(node: Node) -> Iterator[Finding | Unchecked]:
    """A virtual server and a bind line of HAProxy claim the same VIP and port.

    Why it hurts: on the director IPVS takes every packet to the service before a socket sees it. HAProxy listens, and
    never gets a connection: its TLS, rules and health checks do not apply to the traffic that clients send.

    When it stays silent: for another port or protocol; where the director is one of the real servers or the sorry
    server, so that HAProxy serves what IPVS leaves to it; for binds on the wildcard. Where the interface files do not
    tell the director's addresses it is unchecked.

    What to do: decide for one of the two on this port.
    """
    if node.keepalived is None or node.haproxy is None or not node.keepalived.virtual_servers:
        return
    binds, own = _binds(node.haproxy), _own(node)
    for server in node.keepalived.virtual_servers:
        if server.kind != "address" or server.protocol.value != "TCP" or not server.real_servers:
            continue
        if server.address is None or isinstance(server.address, Unknown) or not isinstance(server.port, int):
            continue
        found = binds.get((server.address, server.port))
        local = _may_be_local(server, own) if found is not None else True
        if found is None or local:
            continue
        bind, written = found
        if local is None:
            what = f"whether haproxy ({bind.proxy.name}) is a real server of {server.label}"
            yield Unchecked(node.name, what, "the director's own addresses are not known")
            continue
        yield Finding(
            at=server.span,
            subject=(node.name, server.label, "haproxy"),
            message=(
                f"virtual server {server.label} and haproxy's {bind.proxy.name} both claim {server.address} port "
                f"{server.port} on {node.name}: IPVS takes every packet, and haproxy never gets a connection there"
            ),
            label="haproxy binds it too",
            related=[Related(f"bound by {bind.proxy.name}", written.span)],
            help="serve this port with one of the two",
            nodes=(node.name,),
        )

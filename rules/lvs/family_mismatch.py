"""The rule ``lvs/family-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.lvs import VirtualServer
from cfglint.source import Span


def _others(server: VirtualServer) -> Iterator[tuple[str, IPv4Address | IPv6Address, Span]]:
    """Servers whose packets are not tunnelled: what they are, their address and place."""
    for real in server.real_servers:
        if isinstance(real.address, IPv4Address | IPv6Address) and real.method.value != "TUN":
            yield "real server", real.address, real.span
    sorry = server.sorry_server
    if isinstance(sorry, IPv4Address | IPv6Address) and server.sorry_span is not None and server.method.value != "TUN":
        yield "sorry server", sorry, server.sorry_span


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `Address family of virtual server and real server … don't match`"],
)
def family_mismatch(server: VirtualServer) -> Iterator[Finding]:
    """A virtual server and one of its servers are of different IP versions.

    Why it hurts: keepalived leaves the server out. Without any left the whole service is dropped.

    When it stays silent: for tunnelled servers, which may be of the other version; for services by firewall mark or
    group.

    What to do: give the server an address of the service's version, or make a service of its own for each version.
    """
    if not isinstance(server.address, IPv4Address | IPv6Address):
        return
    for what, address, span in _others(server):
        if address.version == server.address.version:
            continue
        yield Finding(
            at=span,
            subject=(server.node.name, server.label, str(address), "family"),
            message=(
                f"{what} {address} of {server.label} on {server.node.name} is IPv{address.version}, and the service "
                f"IPv{server.address.version}: keepalived leaves it out"
            ),
            label="left out",
            related=[Related("the service", server.span)],
            help=f"write an IPv{server.address.version} address, or make a virtual_server of its own",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )

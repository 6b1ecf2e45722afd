"""The rule ``lvs/rs-is-vip``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.lvs import RealServer
from cfglint.model.value import Unknown


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3 says nothing; ip_vs hands packets for a local address to the host itself"],
)
def rs_is_vip(real: RealServer) -> Iterator[Finding]:
    """A real server is the address and port of its own virtual server.

    Why it hurts: the director is its own real server there. On the master these connections end at the director
    itself, and the health check asks the service as a whole; on a backup it asks the master. It never tells whether a
    server lives.

    When it stays silent: for another address or port (several daemons on one host), and for the sorry server; where an
    address is not known.

    What to do: write the address that the real server has of its own.
    """
    server = real.server
    if server.kind != "address" or isinstance(real.address, Unknown) or real.address != server.address:
        return
    if real.port not in {0, server.port}:
        return
    node = real.node
    yield Finding(
        at=real.span,
        subject=(node.name, server.label, str(real.address), str(real.port)),
        message=(
            f"real server {real.address} of {server.label} on {node.name} is the service itself: connections "
            "end at the director itself, and its health check asks whoever holds the address, not a server"
        ),
        label="the service's own address",
        related=[Related("the virtual server", server.span)],
        help="write the real server's own address",
        nodes=(node.name,),
    )

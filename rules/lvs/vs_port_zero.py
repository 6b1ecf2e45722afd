"""The rule ``lvs/vs-port-zero``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, rule
from cfglint.model.lvs import VirtualServer


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3: `zero port only valid for persistent services - setting`"],
)
def vs_port_zero(server: VirtualServer) -> Iterator[Finding]:
    """A virtual server has no port, or port 0, and no persistence.

    Why it hurts: port 0 means every port of the address, which works only with persistence. keepalived switches it on
    with six minutes: all connections of one client stick to one server, whatever the scheduler says.

    When it stays silent: for a port; for a written persistence_timeout; for services by firewall mark or group.

    What to do: write the service's port, or persistence_timeout to say that every port is meant.
    """
    if server.kind != "address" or server.port != 0 or server.persistence_timeout.value != 0 or not server.real_servers:
        return
    yield Finding(
        at=server.span,
        subject=(server.node.name, server.label, "port"),
        message=(
            f"virtual server {server.address} on {server.node.name} has no port and no persistence: it takes every "
            f"port, "
            "and keepalived sets persistence to 360 s"
        ),
        label="every port",
        help="write a port after the address, or persistence_timeout if every port is meant",
        nodes=(server.node.name,),
        fails_check=fails_check(server.node),
    )

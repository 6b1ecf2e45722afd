"""The rule ``lvs/vs-duplicate``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.lvs import VirtualServer
from cfglint.model.value import Unknown


def _service(server: VirtualServer) -> tuple[object, ...] | None:
    """What the kernel knows the service by; None when it is not known."""
    if server.kind == "fwmark":
        return ("fwmark", server.fwmark)
    if server.kind == "group":
        return ("group", server.group, server.protocol.value)
    key = (server.address, server.port, server.protocol.value)
    return None if any(isinstance(part, Unknown) for part in key) else key


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3 says nothing; ipvsadm(8): a service is its address, port and protocol"],
)
def vs_duplicate(config: KeepalivedConfig) -> Iterator[Finding]:
    """Two virtual servers are the same service.

    Why it hurts: the kernel has one service for an address, port and protocol. The second block overrides the scheduler
    and the persistence of the first, and the servers of both are mixed, while each has a quorum and a sorry server of
    its own.

    When it stays silent: for another address, port or protocol; for values that a variable or template leaves open.

    What to do: put the real servers into one block, or correct the address.
    """
    first: dict[tuple[object, ...], VirtualServer] = {}
    for server in config.virtual_servers:
        key = _service(server)
        if key is None:
            continue
        earlier = first.setdefault(key, server)
        if earlier is server:
            continue
        yield Finding(
            at=server.span,
            subject=(config.node.name, server.label, "again"),
            message=(
                f"virtual server {server.label} is defined twice on {config.node.name}: for the kernel it is one "
                f"service, "
                "so the second overrides its settings and their real servers are mixed"
            ),
            label="defined before",
            related=[Related("first here", earlier.span)],
            help="put the real servers into one block, or correct the address",
            nodes=(config.node.name,),
        )

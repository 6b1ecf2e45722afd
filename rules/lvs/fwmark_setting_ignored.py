"""The rule ``lvs/fwmark-setting-ignored``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, rule
from cfglint.model.lvs import VirtualServer
from cfglint.model.value import Unknown


@rule(
    severity="info",
    sources=["keepalived -t 2.0.20 to 2.4.3: `protocol specified for fwmark`, `has port specified - clearing`"],
)
def fwmark_setting_ignored(server: VirtualServer) -> Iterator[Finding]:
    """A virtual server by firewall mark names a protocol, or a port of a real server that it cannot use.

    Why it hurts: packets are chosen by their mark alone, so keepalived ignores the protocol, and with DR or a tunnel
    the port. Nothing breaks, but the file says something that is not so, and the daemon's check fails.

    When it stays silent: for services by address or group; for ports of real servers behind NAT, which are used.

    What to do: take the protocol line and the ports out.
    """
    if server.kind != "fwmark" or not server.real_servers:
        return
    if server.protocol.written:
        yield Finding(
            at=server.protocol.span,
            subject=(server.node.name, server.label, "protocol"),
            message=f"{server.label} on {server.node.name} names a protocol: it is ignored, the mark alone decides",
            label="ignored",
            help="take the line out",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )
    for real in server.real_servers:
        if real.method.value not in {"DR", "TUN"} or isinstance(real.port, Unknown) or not real.port:
            continue
        yield Finding(
            at=real.span,
            subject=(server.node.name, server.label, str(real.address), "port"),
            message=(
                f"port {real.port} of real server {real.address} of {server.label} on {server.node.name} is ignored: "
                f"{real.method.value} does not translate ports"
            ),
            label="its port is ignored",
            help="take the port out",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )

"""The rule ``lvs/dr-port-translation``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.lvs import VirtualServer
from cfglint.model.value import Unknown


def _sorry(server: VirtualServer, port: int) -> Iterator[Finding]:
    """The sorry server's port, which the virtual server's method decides about."""
    method = server.method.value
    if server.sorry_span is None or method not in {"DR", "TUN"} or not isinstance(server.sorry_port, int):
        return
    own = any(child.keyword == "sorry_server_lvs_method" for child in (server.block.children if server.block else []))
    if own or server.sorry_port in {0, port}:
        return
    yield Finding(
        at=server.sorry_span,
        subject=(server.node.name, server.label, "sorry_server", "port"),
        message=(
            f"the sorry server of {server.label} on {server.node.name} has port {server.sorry_port}, and {method} "
            f"cannot "
            f"translate ports: its connections arrive at port {port}"
        ),
        label=f"port {server.sorry_port} is not used",
        related=[Related("the service", server.span)],
        help=f"let the sorry server listen on port {port} and write that, or use sorry_server_lvs_method NAT",
        nodes=(server.node.name,),
        fails_check=fails_check(server.node),
    )


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `ports don't match - resetting`; ipvsadm(8): only NAT rewrites ports"],
)
def dr_port_translation(server: VirtualServer) -> Iterator[Finding]:
    """A real server behind direct routing or a tunnel has another port than its virtual server.

    Why it hurts: only NAT can rewrite a port. keepalived resets it to the service's: connections arrive at a port where
    the real server may not listen, while the health check asks the port that was written.

    When it stays silent: for lb_kind NAT; for equal ports; for a real server without a port; for services by firewall
    mark or group, which have no port of their own.

    What to do: write the same port on both, or use NAT.
    """
    if server.kind != "address" or isinstance(server.port, Unknown):
        return
    yield from _sorry(server, server.port)
    for real in server.real_servers:
        method = real.method.value
        if method not in {"DR", "TUN"} or isinstance(real.port, Unknown) or real.port in {0, server.port}:
            continue
        yield Finding(
            at=real.span,
            subject=(server.node.name, server.label, str(real.address), "port"),
            message=(
                f"real server {real.address} of {server.label} on {server.node.name} has port {real.port}, and "
                f"{method} "
                f"cannot translate ports: its connections arrive at port {server.port}"
            ),
            label=f"port {real.port} is not used",
            related=[Related(f"{method} comes from here", real.method.span), Related("the service", server.span)],
            help=f"let the real server listen on port {server.port} and write that, or use lb_kind NAT",
            nodes=(server.node.name,),
            fails_check=fails_check(server.node),
        )

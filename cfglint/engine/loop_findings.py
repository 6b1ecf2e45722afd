"""The finding about a server line that sends requests back to HAProxy itself, for the rules that tell its address."""

from __future__ import annotations

from cfglint.analysis.proxy_loops import Loop
from cfglint.engine.finding import Finding, Related


def loop_finding(loop: Loop, *, help_: str) -> Finding:
    """Say that requests go round, with the server line and the listener that it reaches."""
    server, node = loop.server, loop.server.proxy.node
    address = f"the VIP {loop.address}" if loop.through_vip else str(loop.address)
    return Finding(
        at=server.span,
        subject=(node.name, server.proxy.name, server.name),
        message=(
            f"server {server.name} of {server.proxy.name} on {node.name} is {address}, port {server.port}, where "
            f"haproxy itself listens ({loop.bind.proxy.name}) and sends requests back to {server.proxy.name}: they go "
            "round until a timeout or maxconn ends them"
        ),
        label="haproxy's own listener",
        related=[
            Related("haproxy listens here", loop.listener.span),
            *(Related("also part of the circle", span) for span in loop.others[:3]),
        ],
        help=help_,
        nodes=(node.name,),
    )

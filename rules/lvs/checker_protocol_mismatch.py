"""The rule ``lvs/checker-protocol-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.lvs import RealServer

TCP_CHECKERS = frozenset({"TCP_CHECK", "HTTP_GET", "SSL_GET", "SMTP_CHECK"})


@rule(
    severity="warning",
    sources=["keepalived -t 2.0.20 to 2.4.3 says nothing; keepalived.conf(5): these checkers connect by TCP"],
)
def checker_protocol_mismatch(server: RealServer) -> Iterator[Finding]:
    """A UDP service is checked by TCP alone.

    Why it hurts: the check asks a TCP port. When nothing listens there the server counts as dead although its UDP
    service works; when another program does, it counts as alive although the service is dead.

    When it stays silent: for a checker that names another port with connect_port, which is meant so; where UDP_CHECK,
    DNS_CHECK, PING_CHECK, MISC_CHECK or another kind stands beside it; for a protocol that is not written; for port 53,
    where a name server answers both.

    What to do: use UDP_CHECK or DNS_CHECK (2.1 and later), or MISC_CHECK.
    """
    protocol, checkers = server.server.protocol, server.checkers
    if protocol.value != "UDP" or not protocol.written or not checkers or server.port == 53:
        return
    if any(checker.kind not in TCP_CHECKERS or checker.connect_port not in {None, server.port} for checker in checkers):
        return
    yield Finding(
        at=checkers[0].span,
        subject=(server.node.name, server.server.label, str(server.address), str(server.port), "protocol"),
        message=(
            f"{checkers[0].kind} of real server {server.address} in {server.server.label} on {server.node.name} "
            f"connects "
            "by TCP, and the service is UDP: it says nothing about the service"
        ),
        label="a TCP check",
        related=[Related("UDP here", protocol.span)],
        help="use UDP_CHECK or DNS_CHECK (2.1 and later), or MISC_CHECK",
        nodes=(server.node.name,),
    )

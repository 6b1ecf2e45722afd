"""The rule ``lvs/rs-no-checker``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import block_named_at
from cfglint.engine import Finding, Related, rule
from cfglint.model.lvs import RealServer
from cfglint.model.value import Unknown


def _may_be_misread(server: RealServer) -> bool:
    """A line in it, or in the block around it, was not understood: it may have been the checker."""
    block = block_named_at(server.server.config, server.span)
    return block is not None and bool(
        block.unknown or block.damaged or (block.parent is not None and block.parent.damaged)
    )


@rule(
    severity="error",
    sources=["keepalived.conf(5): a real server without a checker counts as alive; keepalived -t says nothing"],
)
def rs_no_checker(server: RealServer) -> Iterator[Finding]:
    """A `real_server` has no health checker.

    Why it hurts: keepalived never takes the server out. When it dies, it keeps its share of the connections, and that
    share of the users gets no answer until somebody edits the file. A sorry_server is never used either.

    When it stays silent: for a server with any checker (TCP_CHECK, HTTP_GET, SSL_GET, SMTP_CHECK, DNS_CHECK, UDP_CHECK,
    PING_CHECK, MISC_CHECK, FILE_CHECK, BFD_CHECK); for one with weight 0, which gets no connections; where a misspelt
    line may have been the checker, which is reported itself.

    What to do: add TCP_CHECK with the server's port, or a checker that asks the service itself.
    """
    if server.checkers or server.weight.value == 0 or _may_be_misread(server):
        return
    address = "a real server" if isinstance(server.address, Unknown) else f"real server {server.address}"
    port = "" if isinstance(server.port, Unknown) or not server.port else f" port {server.port}"
    yield Finding(
        at=server.span,
        subject=(server.node.name, server.server.label, str(server.address), str(server.port), "checker"),
        message=(
            f"{address}{port} of {server.server.label} on {server.node.name} has no health checker: when it dies, it "
            f"keeps "
            f"its share of the connections, and they fail"
        ),
        label="nothing checks it",
        related=[Related("in this virtual server", server.server.span)],
        help="add TCP_CHECK { … } or another checker to the real_server block",
        nodes=(server.node.name,),
    )

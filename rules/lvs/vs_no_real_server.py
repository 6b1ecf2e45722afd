"""The rule ``lvs/vs-no-real-server``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, Unchecked, rule
from cfglint.engine.places import block_end
from cfglint.model.lvs import VirtualServer


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `Virtual server … has no real servers - ignoring`"],
)
def vs_no_real_server(server: VirtualServer) -> Iterator[Finding | Unchecked]:
    """A virtual server has no usable real server.

    Why it hurts: keepalived drops the whole service; connections to its address are refused, and a sorry_server is not
    used either.

    When it stays silent: for at least one real_server with an address that reads; where lines are lost to a misspelt
    block; where an include is missing, it is unchecked.

    What to do: add a real_server, or take the virtual_server out.
    """
    block = server.block
    if server.real_servers or block is None or block.damaged or block.unknown:
        return
    if any(is_open(child) for child in block.children):
        return
    incomplete = server.config.incomplete
    if incomplete is not None:
        yield Unchecked(server.node.name, f"real servers of {server.label}", incomplete.why)
        return
    at, related = block_end(block)
    yield Finding(
        at=at,
        subject=(server.node.name, server.label, "real_server"),
        message=f"virtual server {server.label} on {server.node.name} has no usable real_server: keepalived ignores it",
        label="no real server in here",
        related=related,
        help="add a real_server block with an address and a port, or take the virtual_server out",
        nodes=(server.node.name,),
        fails_check=fails_check(server.node),
    )

"""The rule ``vip/server-loops-to-self``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.proxy_loops import node_loops
from cfglint.engine import Finding, rule
from cfglint.engine.loop_findings import loop_finding
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy 2.6.12: a backend that leads to its own frontend answers 504; `haproxy -c` accepts it"],
)
def server_loops_to_self(config: HaproxyConfig) -> Iterator[Finding]:
    """A server is an address of the node itself and a port on which HAProxy listens, and its frontend leads back.

    Why it hurts: HAProxy sends the request to itself, takes it for a new one and sends it on again, until connections
    or file descriptors run out. Clients wait for the timeout and get 504. `haproxy -c` accepts it.

    When it stays silent: where the frontend leads to another backend (a chain of proxies is legal), or picks requests
    by their source; for a port that another daemon may have; for backup and disabled servers; where TLS or the PROXY
    protocol differs.

    What to do: write the address or port of the real server.
    """
    for loop in node_loops(config):
        if not loop.through_vip:
            yield loop_finding(loop, help_="name the host and port of the real server")

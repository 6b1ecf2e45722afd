"""The rule ``syntax/haproxy-listen-address``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_listen_address(config: HaproxyConfig) -> Iterator[Finding]:
    """A section header of haproxy.cfg holds an address, as in HAProxy 1.4.

    Why it hurts: HAProxy refuses the header, and then every line of the section.

    When it stays silent: for `NAME from DEFAULTS`.

    What to do: write a bind line with the address below the header.
    """
    yield from haproxy_findings(config, "listen-address")

"""The rule ``runtime/timeout-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="warning",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def timeout_missing(config: HaproxyConfig) -> Iterator[Finding]:
    """A proxy lacks a timeout that HAProxy asks for.

    Why it hurts: connections of peers that have vanished stay for ever: sooner or later none is left for others,
    and only a restart helps.

    When it stays silent: when the defaults set it, for backends without servers, and in mode tcp where timeout
    tunnel stands for timeout server.

    What to do: set timeout client, connect and server, best in the defaults section.
    """
    yield from haproxy_findings(config, "timeout")

"""The rule ``routing/http-feature-in-tcp``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="warning",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def http_feature_in_tcp(config: HaproxyConfig) -> Iterator[Finding]:
    """A proxy in mode tcp has lines that only work in mode http.

    Why it hurts: HAProxy warns and ignores them: no cookie, no header, no rule is applied.

    When it stays silent: for lines that a proxy inherits from its defaults.

    What to do: set mode http, or remove the lines.
    """
    yield from haproxy_findings(config, "http-in-tcp")

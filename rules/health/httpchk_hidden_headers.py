"""The rule ``health/httpchk-hidden-headers``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def httpchk_hidden_headers(config: HaproxyConfig) -> Iterator[Finding]:
    """Headers are hidden behind the HTTP version of option httpchk.

    Why it hurts: HAProxy 2.2 to 2.6 warn about the trick; from 2.7 on they refuse the file, so that after the
    upgrade HAProxy does not start.

    When it stays silent: when the target is 2.4, which sends the headers as meant.

    What to do: use http-check send, which the message writes out.
    """
    yield from haproxy_findings(config, "hidden-headers")

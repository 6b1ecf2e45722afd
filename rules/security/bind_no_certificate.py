"""The rule ``security/bind-no-certificate``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def bind_no_certificate(config: HaproxyConfig) -> Iterator[Finding]:
    """A bind line has ssl but no certificate.

    Why it hurts: HAProxy refuses the whole file: it could not answer a single TLS handshake.

    When it stays silent: when crt, crt-list, generate-certificates or ssl-f-use gives one.

    What to do: add crt and the path of the certificate with its key.
    """
    yield from haproxy_findings(config, "certificate")

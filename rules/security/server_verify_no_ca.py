"""The rule ``security/server-verify-no-ca``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def server_verify_no_ca(config: HaproxyConfig) -> Iterator[Finding]:
    """A server is to be reached by TLS and verified, but no CA is given.

    Why it hurts: HAProxy refuses the whole file, since it could not verify the server.

    When it stays silent: when verify none, ca-file, or ssl-server-verify none in the global section says what is
    meant.

    What to do: add ca-file with the certificates of the CA; verify none gives up the check that makes TLS worth
    having.
    """
    yield from haproxy_findings(config, "verify")

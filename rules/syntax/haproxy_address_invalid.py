"""The rule ``syntax/haproxy-address-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_address_invalid(config: HaproxyConfig) -> Iterator[Finding]:
    """An address in haproxy.cfg cannot be read.

    Why it hurts: HAProxy refuses the whole file: it does not start, and a reload keeps the old configuration.

    When it stays silent: for host names: whether they resolve depends on the host, not on the file.

    What to do: write ADDRESS:PORT, [IPv6]:PORT, or a form such as unix@PATH; a path of a URL does not belong to an
    address.
    """
    yield from haproxy_findings(config, "address")

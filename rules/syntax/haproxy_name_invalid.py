"""The rule ``syntax/haproxy-name-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_name_invalid(config: HaproxyConfig) -> Iterator[Finding]:
    """A name in haproxy.cfg is missing, or has a character that is not allowed.

    Why it hurts: HAProxy refuses the whole file: it does not start, and a reload keeps the old configuration.

    When it stays silent: for letters, digits, and the characters - _ . and :, in any order.

    What to do: rename it, in the lines that refer to it too.
    """
    yield from haproxy_findings(config, "name")

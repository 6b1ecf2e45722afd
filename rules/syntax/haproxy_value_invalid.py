"""The rule ``syntax/haproxy-value-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_value_invalid(config: HaproxyConfig) -> Iterator[Finding]:
    """A value in haproxy.cfg is none that its directive takes.

    Why it hurts: HAProxy refuses the whole file: it does not start, and a reload keeps the old configuration.

    When it stays silent: for values that HAProxy reads in a lenient way (a number with letters behind it, where it
    stops at the letters), and for variables.

    What to do: write one of the values that the message names.
    """
    yield from haproxy_findings(config, "value")

"""The rule ``syntax/haproxy-log-format-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_log_format_invalid(config: HaproxyConfig) -> Iterator[Finding]:
    """A log-format string cannot be read.

    Why it hurts: HAProxy refuses the whole file, since the variable or expression in it does not exist there.

    When it stays silent: for texts whose percent signs are doubled.

    What to do: correct the variable, or write %% for a percent sign.
    """
    yield from haproxy_findings(config, "log-format")

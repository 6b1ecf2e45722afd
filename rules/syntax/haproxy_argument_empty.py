"""The rule ``syntax/haproxy-argument-empty``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="warning",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_argument_empty(config: HaproxyConfig) -> Iterator[Finding]:
    """An empty word ends a line of haproxy.cfg early.

    Why it hurts: up to 3.2 HAProxy ignores everything behind it, so a part of the line has no effect; from 3.4 on
    it refuses the file.

    When it stays silent: for an empty word in the last place that HAProxy would not read, and for variables whose
    value is not known.

    What to do: remove the empty quotes, or give the variable a value.
    """
    yield from haproxy_findings(config, "empty-argument")

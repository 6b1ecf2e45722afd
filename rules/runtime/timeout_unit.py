"""The rule ``runtime/timeout-unit``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="warning",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def timeout_unit(config: HaproxyConfig) -> Iterator[Finding]:
    """A time below 100 has no unit, so it counts in milliseconds.

    Why it hurts: a timeout of 30 milliseconds instead of 30 seconds cuts almost every connection; from 3.2 on
    HAProxy warns about it.

    When it stays silent: for times with a unit, and for 100 and more.

    What to do: write the unit: 30s or 30ms.
    """
    yield from haproxy_findings(config, "timeout-unit")

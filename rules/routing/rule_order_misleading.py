"""The rule ``routing/rule-order-misleading``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="info",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def rule_order_misleading(config: HaproxyConfig) -> Iterator[Finding]:
    """A rule stands behind rules that HAProxy evaluates later.

    Why it hurts: nothing breaks, but the file does not show the order in which things happen, and HAProxy warns at
    every start.

    When it stays silent: for rules of one kind among each other: the order of the file counts.

    What to do: sort the rules by the stage of processing.
    """
    yield from haproxy_findings(config, "order")

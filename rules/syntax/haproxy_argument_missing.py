"""The rule ``syntax/haproxy-argument-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_argument_missing(config: HaproxyConfig) -> Iterator[Finding]:
    """A directive of haproxy.cfg lacks an argument.

    Why it hurts: HAProxy refuses the whole file: it does not start, and a reload keeps the old configuration.

    When it stays silent: where HAProxy has a default, and where a variable hides what follows.

    What to do: add what the message asks for.
    """
    yield from haproxy_findings(config, "argument-missing")

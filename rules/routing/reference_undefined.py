"""The rule ``routing/reference-undefined``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def reference_undefined(config: HaproxyConfig) -> Iterator[Finding]:
    """A line of haproxy.cfg names a section, server or table that does not exist.

    Why it hurts: HAProxy refuses the whole file once it has read it, without naming the line.

    When it stays silent: when an `.if` that cannot be decided may define the name, when the proxy is disabled, and
    for names that are computed at run time.

    What to do: correct the name, or define what it means.
    """
    yield from haproxy_findings(config, "reference")

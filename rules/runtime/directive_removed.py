"""The rule ``runtime/directive-removed``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def directive_removed(config: HaproxyConfig) -> Iterator[Finding]:
    """HAProxy has dropped a directive, and refuses files that still hold it.

    Why it hurts: after the upgrade HAProxy does not start, or keeps running with the configuration from before the
    reload.

    When it stays silent: when the target version still reads the word; without a target it is an error only if no
    supported version does.

    What to do: use the replacement that the message names before upgrading.
    """
    yield from haproxy_findings(config, "removed")

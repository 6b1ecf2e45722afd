"""The rule ``runtime/directive-too-new``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def directive_too_new(config: HaproxyConfig) -> Iterator[Finding]:
    """A directive is younger than the HAProxy that reads it.

    Why it hurts: the older daemon refuses the file: on a host that was not upgraded yet, or after a rollback,
    HAProxy does not start.

    When it stays silent: when every version asked for knows the word.

    What to do: upgrade HAProxy first, or write the line in a way that the older version knows; `.if
    version_atleast(…)` keeps both.
    """
    yield from haproxy_findings(config, "too-new")

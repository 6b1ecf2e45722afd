"""The rule ``runtime/directive-deprecated``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="warning",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def directive_deprecated(config: HaproxyConfig) -> Iterator[Finding]:
    """A directive is deprecated: HAProxy still reads it, and warns.

    Why it hurts: a later version refuses the file.

    When it stays silent: when no version asked for warns about it.

    What to do: use the replacement that the message names.
    """
    yield from haproxy_findings(config, "deprecated")

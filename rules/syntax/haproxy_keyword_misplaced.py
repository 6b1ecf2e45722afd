"""The rule ``syntax/haproxy-keyword-misplaced``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_keyword_misplaced(config: HaproxyConfig) -> Iterator[Finding]:
    """A word of haproxy.cfg stands in a section that does not take it.

    Why it hurts: HAProxy refuses the file, or reads the line without effect: what it was meant to do does not
    happen.

    When it stays silent: for words that count in that section in some supported version.

    What to do: move the line to a section that takes it; the message names them.
    """
    yield from haproxy_findings(config, "misplaced")

"""The rule ``syntax/haproxy-argument-unexpected``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_argument_unexpected(config: HaproxyConfig) -> Iterator[Finding]:
    """A directive of haproxy.cfg has more arguments than it takes.

    Why it hurts: HAProxy refuses the whole file. Often a text with blanks lacks its quotes.

    When it stays silent: for directives that ignore what follows, as HAProxy does.

    What to do: remove the words, or put a text with blanks in quotes.
    """
    yield from haproxy_findings(config, "argument-unexpected")

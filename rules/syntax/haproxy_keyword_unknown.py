"""The rule ``syntax/haproxy-keyword-unknown``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_keyword_unknown(config: HaproxyConfig) -> Iterator[Finding]:
    """HAProxy does not know a word of haproxy.cfg.

    Why it hurts: HAProxy refuses the whole file: it does not start, and a reload keeps the old configuration
    running, so the change never takes effect.

    When it stays silent: for words of any supported version (those that only some know are directives too new or
    removed), and for words that builds or Lua scripts add. A word at a place whose table is not complete is an
    info.

    What to do: correct the word; the message names the nearest one that HAProxy knows.
    """
    yield from haproxy_findings(config, "unknown", "unverified")

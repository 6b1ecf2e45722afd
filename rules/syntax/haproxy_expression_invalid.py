"""The rule ``syntax/haproxy-expression-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_expression_invalid(config: HaproxyConfig) -> Iterator[Finding]:
    """A sample expression or the pattern of an ACL cannot be used.

    Why it hurts: HAProxy refuses the whole file: the fetch or converter does not exist, its arguments are wrong, or
    its data is not there at that stage.

    When it stays silent: for fetches and converters that Lua files add, and for regular expressions that one
    library reads and another does not.

    What to do: correct the expression; the message says which part HAProxy refuses.
    """
    yield from haproxy_findings(config, "expression")

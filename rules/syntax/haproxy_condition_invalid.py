"""The rule ``syntax/haproxy-condition-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def haproxy_condition_invalid(config: HaproxyConfig) -> Iterator[Finding]:
    """A condition behind if or unless cannot be read.

    Why it hurts: HAProxy refuses the whole file. Conditions may only name ACLs that were defined above, in the same
    section or in its defaults.

    When it stays silent: for names that a line which could not be read may define.

    What to do: define the ACL above its first use, or correct its name; anonymous conditions need blanks around
    their braces.
    """
    yield from haproxy_findings(config, "condition")

"""The rule ``routing/name-duplicate``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def name_duplicate(config: HaproxyConfig) -> Iterator[Finding]:
    """Two sections or servers of haproxy.cfg have one name.

    Why it hurts: HAProxy refuses the file; where it does not, one of the two has no effect. A frontend and a
    backend of one name are refused from 3.4 on.

    When it stays silent: for servers of the same name in different backends.

    What to do: rename one of them, and what refers to it.
    """
    yield from haproxy_findings(config, "duplicate")

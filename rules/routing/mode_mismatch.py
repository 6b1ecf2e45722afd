"""The rule ``routing/mode-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.haproxy_findings import haproxy_findings
from cfglint.model.haproxy import HaproxyConfig


@rule(
    severity="error",
    sources=["haproxy -c of 2.6.12, 2.8.25, 3.0.11 and 3.2.26 on one-line changes; verdicts of 2.4.0 to 3.5-dev5"],
)
def mode_mismatch(config: HaproxyConfig) -> Iterator[Finding]:
    """A frontend in mode http sends to a backend in another mode.

    Why it hurts: HAProxy refuses the whole file.

    When it stays silent: for a tcp frontend in front of an http backend, which HAProxy accepts, and where a
    variable hides the mode.

    What to do: give both the same mode, best in the defaults section.
    """
    yield from haproxy_findings(config, "mode")

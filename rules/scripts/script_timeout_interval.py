"""The rule ``scripts/script-timeout-interval``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpScript


@rule(
    severity="warning",
    sources=["keepalived 2.2.7, run: `Track script … is already running, expect idle - skipping run`; -t says nothing"],
)
def script_timeout_interval(script: VrrpScript) -> Iterator[Finding]:
    """A `vrrp_script` may run longer than its interval.

    Why it hurts: while one run lasts, keepalived skips the next ones. A check that hangs is noticed only after the
    timeout, not after the interval that the file promises, and `fall` counts slower.

    When it stays silent: for a timeout up to the interval; without a timeout, which then is the interval.

    What to do: lower the timeout to the interval, or raise the interval.
    """
    timeout, interval = script.timeout.value, script.interval.value
    if not isinstance(timeout, Decimal) or not isinstance(interval, Decimal) or timeout <= interval:
        return
    node = script.config.node
    yield Finding(
        at=script.timeout.span,
        subject=(node.name, script.name, "timeout"),
        message=(
            f"vrrp_script {script.name} on {node.name} may run {timeout} s and is due every {interval} s: runs are "
            "skipped while one hangs, and a failure is noticed later"
        ),
        label="longer than the interval",
        related=[Related(f"interval {interval} s", script.interval.span)] if script.interval.written else [],
        help="write a timeout of at most the interval",
        nodes=(node.name,),
    )

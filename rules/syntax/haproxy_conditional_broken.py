"""The rule ``syntax/haproxy-conditional-broken``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"condition-structure", "bad-predicate", "unknown-dot-word", "alert"})


@rule(severity="error", sources=["haproxy -c of 2.4.0 to 3.5-dev5"])
def haproxy_conditional_broken(problem: FileProblem) -> Iterator[Finding]:
    """An .if block of haproxy.cfg is not complete, or its condition cannot be read.

    Why it hurts: HAProxy refuses the whole file.

    When it stays silent: for conditions that the target version reads.

    What to do: complete the block, or correct the condition.
    """
    if problem.kind == "haproxy" and problem.problem.kind in KINDS:
        yield problem_finding(problem)

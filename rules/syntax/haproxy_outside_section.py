"""The rule ``syntax/haproxy-outside-section``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"outside-section", "bad-scope"})


@rule(severity="error", sources=["haproxy -c of 2.4.0 to 3.5-dev5"])
def haproxy_outside_section(problem: FileProblem) -> Iterator[Finding]:
    """A line of haproxy.cfg stands before the first section.

    Why it hurts: HAProxy refuses the whole file.

    When it stays silent: for comments and for lines in an `.if` that cannot be decided.

    What to do: put a section header such as global or defaults above it; in each file, since no section continues
    into the next one.
    """
    if problem.kind == "haproxy" and problem.problem.kind in KINDS:
        yield problem_finding(problem)

"""The rule ``syntax/include-cycle``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"include-cycle"})


@rule(
    severity="error",
    sources=["keepalived -t 2.2.7 to 2.4.3: an include of itself is read until no file can be opened any more"],
)
def include_cycle(problem: FileProblem) -> Iterator[Finding]:
    """A file of keepalived.conf includes itself.

    Why it hurts: keepalived reads it over and over until it runs out of open files: 2.0 crashes, later releases report
    every block as a duplicate.

    When it stays silent: for a file that is included twice, one after the other.

    What to do: take the include out of the file that is included.
    """
    if problem.kind == "keepalived" and problem.problem.kind in KINDS:
        yield problem_finding(problem, "take this include out", label="leads back to this file")

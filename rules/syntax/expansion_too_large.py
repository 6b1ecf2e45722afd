"""The rule ``syntax/expansion-too-large``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"too-much"})


@rule(
    severity="warning",
    sources=["the limits of this reader: repetitions and includes are expanded only so far"],
)
def expansion_too_large(problem: FileProblem) -> Iterator[Finding]:
    """Repetitions or includes of keepalived.conf make more lines than are looked at.

    Why it hurts: nothing may be wrong, but what comes after the limit is not checked.

    When it stays silent: for every configuration below the limits, which no real one comes near.

    What to do: look whether the repetition was meant to run that often.
    """
    if problem.kind == "keepalived" and problem.problem.kind in KINDS:
        yield problem_finding(problem, "look whether this was meant to repeat that often", label="expanded no further")

"""The rule ``syntax/repetition-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"bad-repetition"})


@rule(
    severity="error",
    sources=["keepalived -t 2.2.7 to 2.4.3: `Invalid ~SEQ specification`, `Invalid ~LST specification`"],
)
def repetition_invalid(problem: FileProblem) -> Iterator[Finding]:
    """A `~SEQ` or `~LST` line does not read.

    Why it hurts: keepalived drops the whole line: the addresses or blocks that it should have repeated are missing.

    When it stays silent: for `~SEQ(name, [start, [step,]] end) text` and `~LST(name, values) text` as the manual gives
    them.

    What to do: correct the parentheses and numbers.
    """
    if problem.kind == "keepalived" and problem.problem.kind in KINDS:
        yield problem_finding(
            problem, "write ~SEQ(name, start, step, end) text, or ~LST(name, value, …) text", label="does not read"
        )

"""The rule ``syntax/second-statement``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"second-statement"})


@rule(
    severity="error",
    sources=["keepalived 2.0.20 to 2.4.3: words after a value are ignored without a message"],
)
def second_statement(problem: FileProblem) -> Iterator[Finding]:
    """A line of keepalived.conf holds a second statement, which is ignored.

    Why it hurts: keepalived reads one statement a line. What stands behind it on the line is never set, and the daemon
    says nothing about it.

    When it stays silent: for the further arguments that a keyword takes; for words in double quotes; for braces, which
    do end a statement.

    What to do: write each statement on a line of its own.
    """
    if problem.kind == "keepalived" and problem.problem.kind in KINDS:
        yield problem_finding(problem, "write it on a line of its own", label="ignored")

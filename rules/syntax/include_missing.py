"""The rule ``syntax/include-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"include-missing"})


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 to 2.4.3: a plain include of a missing file is one log line and status 0"],
)
def include_missing(problem: FileProblem) -> Iterator[Finding]:
    """An include names a file that is not there.

    Why it hurts: keepalived starts happily without it, and everything that the file holds is missing: instances,
    scripts, services.

    When it stays silent: for a file that the node's directory has; for a pattern with wildcards that matches nothing,
    which the daemon takes as fine unless the include is one of the strict forms.

    What to do: add the file to the node's directory, or correct the name; it is relative to the including file, without
    quotes.
    """
    if problem.kind == "keepalived" and problem.problem.kind in KINDS:
        yield problem_finding(
            problem, "add the file, or correct its name (relative to this file, without quotes)", label="not found"
        )

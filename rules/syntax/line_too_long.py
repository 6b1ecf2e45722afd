"""The rule ``syntax/line-too-long``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"line-too-long"})


@rule(
    severity="error",
    sources=["keepalived -t 2.2.7 to 2.4.3: lines of more than 1023 bytes are cut"],
)
def line_too_long(problem: FileProblem) -> Iterator[Finding]:
    """A line of keepalived.conf is longer than the daemon's buffer.

    Why it hurts: keepalived cuts the line after 1023 bytes and reads the rest as a line of its own, also in a comment.

    When it stays silent: for lines of up to 1023 bytes.

    What to do: break the line; a long comment may take several lines, a long value a definition.
    """
    if problem.kind == "keepalived" and problem.problem.kind in KINDS:
        yield problem_finding(problem, "break the line into shorter ones", label="cut here")

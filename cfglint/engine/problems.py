"""From a reader's problem to a finding, for the rules that report what does not read."""

from __future__ import annotations

from typing import cast

from cfglint.engine.finding import Daemon, Finding, Related, Severity
from cfglint.model.node import FileProblem


def problem_finding(problem: FileProblem, help_text: str = "", label: str = "") -> Finding:
    """A finding that says what a syntax problem says.

    Args:
        problem: what does not read.
        help_text: what to do when the problem itself names nothing that would be right.
        label: a few words under the caret.
    """
    found = problem.problem
    lost = f": {found.lost}" if found.lost else ""
    return Finding(
        at=found.span,
        subject=(problem.node.name, problem.kind, found.kind, found.message),
        message=f"{found.message}{lost}",
        label=label,
        severity=cast("Severity", found.severity),
        related=[Related(message, span) for message, span in found.related],
        help=f"expected was {found.expected}" if found.expected else help_text or None,
        nodes=(problem.node.name,),
        fails_check=cast("Daemon | None", found.fails_check),
    )

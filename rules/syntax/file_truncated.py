"""The rule ``syntax/file-truncated``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cfglint.engine import Edit, Finding, Fix, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"missing-final-newline"})


@rule(severity="error", sources=["haproxy -c of 2.4.0 to 3.5-dev5"])
def file_truncated(problem: FileProblem) -> Iterator[Finding]:
    """The last line of a file does not end with a newline.

    Why it hurts: HAProxy takes the file for truncated and refuses it, in every version.

    When it stays silent: for an empty file.

    What to do: end the last line with a newline.
    """
    if problem.kind == "haproxy" and problem.problem.kind in KINDS:
        edit = Edit(problem.problem.span, "\n")
        yield replace(problem_finding(problem), fix=Fix("end the file with a newline", (edit,), safe=True))

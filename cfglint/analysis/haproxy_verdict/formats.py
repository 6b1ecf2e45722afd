"""Log-format strings on lines, and whether an expression's data is there at that stage of processing."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.logformat import judge_format
from cfglint.analysis.haproxy_verdict.samples import JudgedSample
from cfglint.syntax.haproxy_keywords import ALL

LOG = (18, 18)
"""The place of log-format directives among the keyword table's places of processing."""


def check_format(line: Line, index: int, where: tuple[int, int] | None) -> None:
    """Check a word as a log-format string.

    Args:
        line: the line.
        index: the word.
        where: the place of processing in a frontend and in a backend; None: anywhere.
    """
    if not line.known(index) or "%" not in line.words[index]:
        return
    found = judge_format(line.words[index])
    for problem in found.problems:
        line.fail("log-format", index, f"{problem.message}; HAProxy refuses the line", problem.fails, help=problem.help)
        if problem.fails == ALL:
            return
    for sample in found.samples:
        for sort, name in sample.names:
            line.refer(sort, name, index)
        check_where(line, index, sample, where)


def check_where(line: Line, index: int, sample: JudgedSample, where: tuple[int, int] | None) -> bool:
    """Report an expression whose data is not available at a stage; True when it is."""
    if where is None or not sample.where:
        return True
    places = [place for place, there in zip(where, (line.scope.front, line.scope.back), strict=True) if there]
    if not places or any(sample.where[place] == "Y" for place in places):
        return True
    rule = " ".join(line.words[: 2 if line.words[0].startswith("tcp-") else 1])
    line.fail(
        "expression",
        index,
        f"{sample.fetch!r} tells nothing at the time of {rule!r}: its data is not there then; HAProxy refuses it",
    )
    return False

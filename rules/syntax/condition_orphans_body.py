"""The rule ``syntax/condition-orphans-body``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `@id` keeps or drops one line; the body is then `Unknown keyword`"],
)
def condition_orphans_body(problem: FileProblem) -> Iterator[Finding]:
    """An `@id` drops the line that opens a block of keepalived.conf, and its body stays.

    Why it hurts: a condition is about one line, not about the block that the line opens. On a node with another id the
    lines of the body stand alone: the daemon takes them for unknown keywords or for settings of the block around, and
    the closing brace closes that block.

    When it stays silent: where the next line that is kept opens the block in another way, as in `@lb1 vrrp_instance A
    {` above `@^lb1 vrrp_instance B {`. Where the node's id is not known, it is a warning about the nodes it concerns.

    What to do: write the `@id` before every line of the block, or give the nodes files of their own.
    """
    if problem.kind == "keepalived" and problem.problem.kind == "orphaned-body":
        yield problem_finding(problem, label="drops only this line")

"""The rule ``syntax/block-unbalanced``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"unexpected-brace", "missing-open", "missing-close", "extra-close", "unmatched-quote"})


@rule(
    severity="error",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `Unexpected {`, `Missing {`, `Extra }`, `missing }`, `Unterminated quote`"
    ],
)
def block_unbalanced(problem: FileProblem) -> Iterator[Finding]:
    """A brace or a quote of keepalived.conf is missing, or one is too many.

    Why it hurts: keepalived reads on as well as it can, and takes lines of one block for another: settings are
    overridden, ignored, or added to the wrong instance, while the daemon runs.

    When it stays silent: for every layout that the daemon reads: a brace on the next line, glued to a word, or at the
    end of a value.

    What to do: put the brace or quote where the message says; indent one step for each block to see it.
    """
    if problem.kind == "keepalived" and problem.problem.kind in KINDS:
        yield problem_finding(problem, "give every { its } and every double quote its second one on the same line")

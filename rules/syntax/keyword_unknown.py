"""The rule ``syntax/keyword-unknown``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"unknown-keyword", "unknown-block"})


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `Unknown keyword`; an unknown block closes the one around it"],
)
def keyword_unknown(problem: FileProblem) -> Iterator[Finding]:
    """A keyword of keepalived.conf is not known where it stands.

    Why it hurts: the daemon ignores the line and runs on without it, so a setting that everybody believes in is off.
    Where the word was meant to open a block, its closing brace closes the block around it, and what follows in there is
    lost too: VIPs, authentication, health checks.

    It is an error where the word resembles one that its block knows, so that a setting is lost, and for blocks; else a
    warning: the line never had an effect. In global_defs only what resembles a setting of VRRP is an error.

    When it stays silent: for every word that the target release knows in its block; without a target, that any
    supported release knows there. Lines that are lost because of one misspelt block are part of its one finding.

    What to do: correct the word, or move it to the block it belongs to; keywords are case sensitive.
    """
    if problem.kind == "keepalived" and problem.problem.kind in KINDS:
        yield problem_finding(
            problem,
            "correct the word, move it to the block it belongs to, or take the line out",
            label="not known here",
        )

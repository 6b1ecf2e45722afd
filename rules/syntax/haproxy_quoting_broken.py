"""The rule ``syntax/haproxy-quoting-broken``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset(
    {"unmatched-quote", "unmatched-brace", "bad-variable", "bad-expansion", "bad-escape", "too-many-words"}
)


@rule(severity="error", sources=["haproxy -c of 2.4.0 to 3.5-dev5"])
def haproxy_quoting_broken(problem: FileProblem) -> Iterator[Finding]:
    """A line of haproxy.cfg does not split into words.

    Why it hurts: HAProxy refuses the whole file: a quote, a brace or an escape is not complete, or the line has
    more than 64 words.

    When it stays silent: for every quoting that HAProxy reads, also quotes that open in the middle of a word.

    What to do: close the quote or brace; an apostrophe in a text needs double quotes around it.
    """
    if problem.kind == "haproxy" and problem.problem.kind in KINDS:
        yield problem_finding(problem)

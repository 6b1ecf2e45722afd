"""The rule ``syntax/haproxy-byte-order-mark``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cfglint.engine import Edit, Finding, Fix, rule
from cfglint.engine.problems import problem_finding
from cfglint.model.node import FileProblem

KINDS = frozenset({"byte-order-mark"})


@rule(severity="error", sources=["haproxy -c of 2.4.0 to 3.5-dev5"])
def haproxy_byte_order_mark(problem: FileProblem) -> Iterator[Finding]:
    """haproxy.cfg starts with a UTF-8 byte order mark.

    Why it hurts: HAProxy takes the mark for a part of the first word, and refuses the file.

    When it stays silent: for every other character beyond ASCII.

    What to do: save the file as UTF-8 without byte order mark.
    """
    if problem.kind == "haproxy" and problem.problem.kind in KINDS:
        edit = Edit(problem.problem.span, "")
        yield replace(problem_finding(problem), fix=Fix("remove the byte order mark", (edit,), safe=True))

"""The rule ``network/route-file-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.model.node import FileProblem


@rule(
    severity="warning", sources=["initscripts' ifup-routes: each line of a route file is the arguments of ip route add"]
)
def route_file_invalid(problem: FileProblem) -> Iterator[Finding]:
    """A line of a route file is no route.

    Why it hurts: a route file holds either `ADDRESSn=`, `NETMASKn=`, `GATEWAYn=` or the arguments of `ip route add`,
    one route a line. Any other line gives an error when the interface comes up, and the route is missing.

    When it stays silent: for both forms, comments and empty lines.

    What to do: write `default via GATEWAY dev INTERFACE`, or the key form.
    """
    if problem.kind == "addresses" and problem.problem.kind == "route-invalid":
        yield Finding(
            at=problem.span,
            subject=(problem.node.name, "route file", problem.problem.message),
            message=f"{problem.problem.message}, so {problem.node.name} lacks the route that was meant",
            label="no route",
            help="write it as `default via GATEWAY dev INTERFACE` or `NETWORK/PREFIX via GATEWAY`",
            nodes=(problem.node.name,),
        )

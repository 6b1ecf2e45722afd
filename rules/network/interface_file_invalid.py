"""The rule ``network/interface-file-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.model.node import FileProblem

TEMPLATE_MARKS = ("{{", "{%", "<%")


def _is_template(problem: FileProblem) -> bool:
    source = next((file.source for file in problem.node.files if file.source.path == problem.span.path), None)
    line = source.line(problem.span.line) if source is not None else ""
    return any(mark in line for mark in TEMPLATE_MARKS)


@rule(severity="warning", sources=["nm-settings-ifcfg-rh(5), interfaces(5), systemd.network(5), netplan(5)"])
def interface_file_invalid(problem: FileProblem) -> Iterator[Finding]:
    """A line of an interface file does not read.

    Why it hurts: the tool that brings the interface up skips the line or refuses the file: an address or route is
    missing after the next boot.

    When it stays silent: for marks of a template engine (another rule says so), and for route files.

    What to do: correct the line.
    """
    if problem.kind != "addresses" or problem.problem.kind == "route-invalid" or _is_template(problem):
        return
    yield Finding(
        at=problem.span,
        subject=(problem.node.name, "interface file", problem.problem.message),
        message=f"{problem.problem.message} ({problem.node.name})",
        label="does not read",
        help="correct the line",
        nodes=(problem.node.name,),
    )

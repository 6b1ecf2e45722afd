"""What was understood, as a tree for people or as JSON: what ``cfglint show`` prints."""

from __future__ import annotations

import json

from cfglint.engine.result import Result
from cfglint.report.coverage import grouped_unchecked, pairing
from cfglint.report.options import RenderOptions
from cfglint.report.overview import node_lines
from cfglint.report.prepare import make_safe
from cfglint.report.styled import Line, render_lines
from cfglint.report.understood import understood


def render(result: Result, options: RenderOptions | None = None) -> str:
    """Nodes with their effective values, then what was compared and what was not looked at."""
    options = options or RenderOptions()
    lines: list[Line] = []
    for node in result.fleet.nodes:
        lines += [*node_lines(node), []]
    safe = make_safe(result)
    for title, entries in (
        ("Compared", pairing(result.fleet)),
        ("Not looked at", grouped_unchecked(safe.unchecked, result.fleet)),
        ("Could not be read", [(fault.where, fault.why) for fault in safe.faults]),
    ):
        if entries:
            lines += [[(title, "message")], *([("  ", ""), (name, "path"), (f": {why}", "")] for name, why in entries)]
            lines.append([])
    while lines and not lines[-1]:
        lines.pop()
    return render_lines(lines, colour=options.colour)


def render_json(result: Result, options: RenderOptions | None = None) -> str:
    """The same as one JSON document with a line end."""
    del options
    return json.dumps(understood(result), ensure_ascii=False, indent=2) + "\n"

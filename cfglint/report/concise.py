"""One line a finding, for grep and editors: ``path:line:col: severity[rule] message``."""

from __future__ import annotations

from cfglint.engine.finding import Finding
from cfglint.engine.result import Result
from cfglint.report.cells import printable
from cfglint.report.coverage import counted, counts, extent, left_out, listed
from cfglint.report.options import RenderOptions
from cfglint.report.prepare import make_safe
from cfglint.report.styled import Line, render_lines


def render(result: Result, options: RenderOptions | None = None) -> str:
    """The findings in the order of the result, what could not be checked, and a summary; lines are never wrapped."""
    options = options or RenderOptions()
    safe = make_safe(result)
    lines = [_finding(finding) for finding in safe.findings]
    lines += [
        [(f"{fault.where}: ", "path"), ("fault", "error"), (f" could not be checked: {fault.why}", "")]
        for fault in safe.faults
    ]
    total = ", ".join(words for _, words in counts(result)) or "no findings"
    hidden = left_out(result)
    summary = [f"{total} ({extent(result)})", *([hidden] if hidden else []), _compared(result), *_not_looked_at(result)]
    lines.append([("; ".join(summary), "quiet")])
    return render_lines(lines, colour=options.colour)


def _compared(result: Result) -> str:
    """Which nodes were paired, in a few words: a run must never look as if it had compared what it had not."""
    names = [printable(cluster.name) for cluster in result.fleet.clusters]
    return f"compared: {listed(names, 4)}" if names else "no nodes compared"


def _not_looked_at(result: Result) -> list[str]:
    number = len(result.unchecked)
    return [f"{counted(number, 'thing')} not looked at (--format text lists them)"] if number else []


def _finding(finding: Finding) -> Line:
    places = [printable(str(related.span)) for related in finding.related]
    peers = f" (see {', '.join(places)})" if places else ""
    return [
        (f"{printable(str(finding.at))}: ", "path"),
        (finding.level, finding.level),
        (f"[{finding.rule}] {finding.message}{peers}", ""),
    ]

"""How often each rule found something: for a first look at old configuration."""

from __future__ import annotations

from collections import Counter

from cfglint.engine.finding import SEVERITIES
from cfglint.engine.result import Result
from cfglint.report.options import RenderOptions
from cfglint.report.styled import Line, render_lines


def render(result: Result, options: RenderOptions | None = None) -> str:
    """One line a rule and severity: the number of findings, the most first, and how many of them a fix can repair."""
    options = options or RenderOptions()
    found = Counter((finding.rule, finding.level) for finding in result.findings)
    fixable = Counter((finding.rule, finding.level) for finding in result.findings if finding.fix is not None)
    lines: list[Line] = [[("Findings by rule", "message")]]
    for (rule, level), number in sorted(
        found.items(), key=lambda entry: (SEVERITIES.index(entry[0][1]), -entry[1], entry[0][0])
    ):
        repair = f" ({fixable[rule, level]} with a fix)" if fixable[rule, level] else ""
        lines.append([(f"{number:>6}  ", ""), (f"{level:<7}", level), (f"  {rule}{repair}", "")])
    if not found:
        lines.append([("     0", "")])
    return render_lines(lines, colour=options.colour)

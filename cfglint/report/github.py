"""Workflow commands that GitHub Actions shows as annotations, and a summary page for the job."""

from __future__ import annotations

from cfglint.engine.finding import Finding
from cfglint.engine.result import Result
from cfglint.report.coverage import counts, extent, grouped_unchecked, pairing
from cfglint.report.options import RenderOptions
from cfglint.report.places import anchor, shown_path
from cfglint.report.prepare import make_safe
from cfglint.source import Span

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}

MAX_ROWS = 200
"""Findings listed on the summary page, which GitHub limits to 1 MiB."""


def render(result: Result, options: RenderOptions | None = None) -> str:
    """One command a finding, and one for each fault of the run; the peer's place follows in further lines of text."""
    options = options or RenderOptions()
    safe = make_safe(result)
    lines = [_finding(finding, result, options) for finding in safe.findings]
    lines += [f"::error title=cfglint could not check::{_data(f'{fault.where}: {fault.why}')}" for fault in safe.faults]
    total = ", ".join(words for _, words in counts(result)) or "no findings"
    return "".join(f"{line}\n" for line in [*lines, f"{total} ({extent(result)})"])


def _finding(finding: Finding, result: Result, options: RenderOptions) -> str:
    place = anchor(finding.at, result)
    properties = {
        "file": shown_path(place.path, options),
        "line": str(place.line),
        "endLine": str(place.end_line),
        "col": str(place.column),
        "endColumn": str(place.end_column),
        "title": f"{finding.rule}",
    }
    if finding.at.is_whole_file:
        del properties["col"], properties["endColumn"]
    text = "\n".join([finding.message, *_details(finding, options)])
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.level]} {written}::{_data(text)}"


def _details(finding: Finding, options: RenderOptions) -> list[str]:
    lines = [f"{_place(entry.span, options)}: {entry.message or 'here'}" for entry in finding.related]
    return [*lines, *([f"help: {finding.help}"] if finding.help else [])]


def _place(span: Span, options: RenderOptions) -> str:
    path = shown_path(span.path, options)
    return path if span.is_whole_file else f"{path}:{span.line}:{span.column}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def step_summary(result: Result, options: RenderOptions | None = None) -> str:
    """A Markdown page for the job: findings with both places, what was compared and what was not looked at."""
    options = options or RenderOptions()
    safe = make_safe(result)
    total = ", ".join(words for _, words in counts(result)) or "No findings"
    lines = [f"## cfglint: {total}", "", f"{extent(result)}", ""]
    if safe.findings:
        lines += ["| severity | finding | places | rule |", "| --- | --- | --- | --- |"]
        lines += [_row(finding, options) for finding in safe.findings[:MAX_ROWS]]
        if len(safe.findings) > MAX_ROWS:
            lines += ["", f"and {len(safe.findings) - MAX_ROWS} more"]
        lines.append("")
    for title, entries in (
        ("Could not be checked", [(fault.where, fault.why) for fault in safe.faults]),
        ("Compared", pairing(result.fleet)),
        ("Not looked at", grouped_unchecked(safe.unchecked, result.fleet)),
    ):
        if entries:
            lines += [f"### {title}", "", *(f"- {_cell(name)}: {_cell(why)}" for name, why in entries), ""]
    return "\n".join(lines) + "\n"


def _row(finding: Finding, options: RenderOptions) -> str:
    places = [_place(finding.at, options), *(_place(entry.span, options) for entry in finding.related)]
    cells = [finding.level, finding.message, "<br>".join(_cell(place) for place in places), finding.rule]
    return f"| {cells[0]} | {_cell(cells[1])} | {cells[2]} | {_cell(cells[3])} |"


def _cell(text: str) -> str:
    """Text that Markdown and HTML take as it is."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    for sign in "\\`*_[]|":
        text = text.replace(sign, f"\\{sign}")
    return text

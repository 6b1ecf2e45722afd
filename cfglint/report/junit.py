"""JUnit XML: a test suite a file, a test case a finding; errors and warnings are failures, infos pass with a note."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from cfglint.engine.finding import Finding
from cfglint.engine.result import Result
from cfglint.report.cells import printable
from cfglint.report.options import RenderOptions
from cfglint.report.places import anchor, shown_path
from cfglint.report.prepare import make_safe


def render(result: Result, options: RenderOptions | None = None) -> str:
    """The whole document; a run without findings has one passing test case, since empty suites break some readers."""
    options = options or RenderOptions()
    safe = make_safe(result)
    by_path: dict[str, list[Finding]] = {}
    for finding in safe.findings:
        by_path.setdefault(anchor(finding.at, result).path, []).append(finding)
    suites: list[str] = []
    failures = tests = 0
    for path, findings in by_path.items():
        failed = sum(finding.level != "info" for finding in findings)
        failures += failed
        tests += len(findings)
        suites += _suite(shown_path(path, options), [_case(finding, result, options) for finding in findings], failed)
    if safe.faults:
        cases = [
            f'    <testcase name={quoteattr(fault.where)} classname="cfglint">\n'
            f'      <error type="fault" message={quoteattr(fault.why)}/>\n    </testcase>'
            for fault in safe.faults
        ]
        suites += _suite("cfglint", cases, 0, len(cases))
    elif not by_path:
        suites += _suite("cfglint", ['    <testcase name="no findings" classname="cfglint"/>'], 0)
    tests += len(safe.faults) or (0 if by_path else 1)
    head = f'<testsuites name="cfglint" tests="{tests}" failures="{failures}" errors="{len(safe.faults)}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"]) + "\n"


def _suite(name: str, cases: list[str], failures: int, errors: int = 0) -> list[str]:
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="0"'
    return [f"  <testsuite name={quoteattr(name)} {counts}>", *cases, "  </testsuite>"]


def _case(finding: Finding, result: Result, options: RenderOptions) -> str:
    place = anchor(finding.at, result)
    path = shown_path(place.path, options)
    head = (
        f"    <testcase name={quoteattr(finding.rule)} classname={quoteattr(path)} "
        f'file={quoteattr(path)} line="{place.line}">'
    )
    body = escape(_body(finding, options))
    if finding.level == "info":
        return f"{head}\n      <system-out>{body}</system-out>\n    </testcase>"
    message = quoteattr(finding.message)
    return f'{head}\n      <failure type="{finding.level}" message={message}>{body}</failure>\n    </testcase>'


def _body(finding: Finding, options: RenderOptions) -> str:
    lines = [f"{printable(str(finding.at))}: {finding.level}: {finding.message}"]
    lines += [
        f"{shown_path(entry.span.path, options)}:{entry.span.line}:{entry.span.column}: {entry.message or 'here'}"
        for entry in finding.related
    ]
    return "\n".join([*lines, *([f"help: {finding.help}"] if finding.help else [])])

"""What every format does first: texts made safe to print, and secrets gathered."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cfglint.engine.finding import Finding, Fix, Related, Unchecked
from cfglint.engine.result import Fault, Result
from cfglint.report.cells import printable
from cfglint.report.frames import SecretRegions
from cfglint.report.masking import Masker
from cfglint.report.secret_patterns import Region
from cfglint.source import Span


@dataclass(frozen=True, slots=True)
class Safe:
    """The texts of one run, masked and printable.

    Attributes:
        findings: the run's findings with safe messages, labels and helps; places and subjects are untouched.
        unchecked: what was not looked at.
        faults: what went wrong in the run itself.
        secrets: the regions of lines that models mark as secret.
    """

    findings: list[Finding]
    unchecked: list[Unchecked]
    faults: list[Fault]
    secrets: SecretRegions


def make_safe(result: Result) -> Safe:
    """Mask secrets and escape control characters in every text of a result that a report prints."""
    masker = Masker(result.sources.values())

    def safe(text: str) -> str:
        return printable(masker.sentence(text))

    def safe_finding(finding: Finding) -> Finding:
        return replace(
            finding,
            message=safe(finding.message),
            label=safe(finding.label),
            help=None if finding.help is None else safe(finding.help),
            related=[Related(safe(related.message), related.span) for related in finding.related],
            nodes=[printable(node) for node in finding.nodes],
            fix=_safe_fix(finding.fix, masker),
        )

    return Safe(
        findings=[safe_finding(finding) for finding in result.findings],
        unchecked=[
            Unchecked(printable(entry.node), safe(entry.what), safe(entry.why), entry.rule)
            for entry in result.unchecked
        ],
        faults=[Fault(printable(fault.where), safe(fault.why)) for fault in result.faults],
        secrets=secrets_of(result),
    )


def _safe_fix(fix: Fix | None, masker: Masker) -> Fix | None:
    """The repair, unless its text would show a secret: then no report carries it."""
    if fix is None or any(masker.holds_secret(edit.text) for edit in fix.edits):
        return None
    return replace(fix, title=printable(masker.sentence(fix.title)))


def secrets_of(result: Result) -> SecretRegions:
    """The regions that the models mark as secret, by path and line (from 1); offsets from 0."""
    found: dict[tuple[str, int], list[Region]] = {}
    for node in result.fleet.nodes:
        spans: tuple[Span, ...] = tuple(getattr(node.keepalived, "secret_spans", ()))
        for span in spans:
            for number in range(span.line, span.end_line + 1):
                start = span.column - 1 if number == span.line else 0
                end = span.end_column - 1 if number == span.end_line else 1 << 30
                found.setdefault((span.path, number), []).append((start, end))
    return found

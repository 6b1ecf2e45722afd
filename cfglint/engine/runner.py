"""Running rules over a fleet: findings in a stable order, one for each root cause."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cfglint.engine.faults import describe_fault
from cfglint.engine.finding import Finding, Fix, Related, Unchecked
from cfglint.engine.registry import all_rules
from cfglint.engine.result import Fault, Result, RuleInfo
from cfglint.engine.rule import Rule, RuleDefinitionError
from cfglint.engine.scopes import SCOPES, LineIndex
from cfglint.engine.suppress import Suppressed, Suppression, apply_suppressions, find_suppressions
from cfglint.engine.wording import listing
from cfglint.model.build_node import sources_of, unread_files
from cfglint.model.cluster import Fleet
from cfglint.model.haproxy_lines import ConfigLine
from cfglint.source import SourceFile, Span
from cfglint.syntax.haproxy import Directive


def run_rules(
    fleet: Fleet, rules: Sequence[Rule], *, suppressions: bool = True, today: dt.date | None = None
) -> Result:
    """Check a fleet.

    A rule that fails is a fault of the run; the other rules still report. Rules about suppression comments run last,
    when it is known which comments were of use.

    Args:
        fleet: the nodes and clusters.
        rules: what to run.
        suppressions: whether comments take findings out.
        today: the day that expiry dates are held against; by default the present one.

    Raises:
        RuleDefinitionError: a rule's scope is no type that there are objects of.
    """
    reports = _Reports()
    reports.unchecked += [Unchecked(gap.node, gap.what, gap.why) for gap in fleet.not_compared]
    subjects = _Subjects(fleet)
    for rule in rules:
        if rule.scope is not Suppression:
            reports.run(rule, subjects.of(rule))
    findings = _in_order(_without_consequences(reports.findings, {rule.name: rule for rule in rules}))
    suppressed: list[Suppressed] = []
    if suppressions and rules:
        comments = find_suppressions(
            fleet, (rule.name for rule in rules), all_rules(), today or dt.datetime.now().astimezone().date()
        )
        findings, suppressed = apply_suppressions(findings, comments, fleet)
        for rule in rules:
            if rule.scope is Suppression:
                # One after the other: whether a comment was of use for one of these is known only after it.
                reports.findings.clear()
                reports.run(rule, comments)
                about_comments, more = apply_suppressions(reports.findings, comments, fleet)
                findings, suppressed = [*findings, *about_comments], [*suppressed, *more]
        findings = _in_order(findings)
    sources: dict[str, SourceFile] = {}
    for node in fleet.nodes:
        sources |= sources_of(node)
        unread = unread_files(node)
        if unread:
            reports.unchecked.append(Unchecked(node.name, listing(unread), "cfglint reads no file of this name"))
        reports.faults += [Fault(problem.path, problem.why) for problem in node.tree.problems]
    return Result(
        fleet,
        findings,
        sorted(set(reports.unchecked)),
        sorted(set(reports.faults)),
        {rule.name: RuleInfo(rule.name, rule.metadata.severity, rule.summary, rule.docstring) for rule in rules},
        sources,
        suppressed,
    )


class _Subjects:
    """The objects of a fleet by scope."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._lines: LineIndex | None = None

    def of(self, rule: Rule) -> Iterable[object]:
        """The objects that a rule looks at."""
        if rule.scope in {ConfigLine, Directive}:
            self._lines = self._lines or LineIndex(self._fleet)
            found = self._lines.get(rule.metadata.on)
            return found if rule.scope is ConfigLine else (line.directive for line in found)
        if rule.scope in SCOPES:
            return SCOPES[rule.scope](self._fleet)
        raise RuleDefinitionError(f"{rule.name}: there are no objects of the type {rule.scope.__name__}")


class _Reports:
    """What rules have yielded so far."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.unchecked: list[Unchecked] = []
        self.faults: list[Fault] = []

    def run(self, rule: Rule, subjects: Iterable[object]) -> None:
        """Call a rule for every object; its first failure ends it and is a fault."""
        for subject in subjects:
            try:
                reports = list(rule.check(subject))
            except Exception as error:  # noqa: BLE001 - one rule's fault must not cost the report of the others
                self.faults.append(Fault(rule.name, describe_fault(error)))
                break
            for report in reports:
                if isinstance(report, Finding):
                    severity = report.severity or rule.metadata.severity
                    self.findings.append(replace(report, rule=rule.name, severity=severity))
                else:
                    self.unchecked.append(replace(report, rule=rule.name))


def _without_consequences(findings: list[Finding], rules: dict[str, Rule]) -> list[Finding]:
    """Leave out findings whose root cause another rule has reported about the same subject, or a part of it."""
    prefixes: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for finding in findings:
        prefixes[finding.rule].update(finding.subject[:length] for length in range(1, len(finding.subject) + 1))
    hidden = _Hidden(findings, rules)
    # A finding that stands for hidden ones says for them, too, that the daemon's own check fails, and where it does so
    # first: at one of its own marks, or else that hidden one is shown after all.
    failing: dict[str, Finding] = {}
    for finding in findings:
        if finding.fails_check is not None and hidden.covers(finding, rules[finding.rule]):
            first = failing.setdefault(finding.at.path, finding)
            if finding.at.line < first.at.line:
                failing[finding.at.path] = finding
    return [
        _standing_for(finding, failing.get(finding.at.path)) if rules[finding.rule].metadata.hides else finding
        for finding in findings
        if (not hidden.covers(finding, rules[finding.rule]) or hidden.shows(finding, failing))
        and not any(finding.subject in prefixes[cause] for cause in rules[finding.rule].metadata.yields_to)
    ]


def _standing_for(finding: Finding, failing: Finding | None) -> Finding:
    """A finding that hides others, moved to the line where the first of them makes the daemon's check fail."""
    if failing is None:
        return finding
    moved = replace(finding, fails_check=finding.fails_check or failing.fails_check)
    marks = [place for place in finding.related if place.span.line == failing.at.line]
    if finding.at.line == failing.at.line or not marks:
        return moved
    others = [Related(finding.label or "here, too", finding.at), *finding.related]
    return replace(
        moved,
        at=marks[0].span,
        label=marks[0].message,
        related=[place for place in others if place is not marks[0]],
    )


class _Hidden:
    """What rules with ``hides`` make redundant: themes in the same file, and every other finding on their lines."""

    def __init__(self, findings: list[Finding], rules: dict[str, Rule]) -> None:
        self._themes: set[tuple[str, str]] = set()
        self._lines: defaultdict[tuple[str, int], list[Span]] = defaultdict(list)
        for finding in findings:
            themes = rules[finding.rule].metadata.hides
            self._themes.update((finding.at.path, theme) for theme in themes)
            if themes:
                places = (finding.at, *(related.span for related in finding.related))
                for place in places:
                    self._lines[place.path, place.line].append(place)

    def covers(self, finding: Finding, rule: Rule) -> bool:
        """True when a finding is a consequence of such a rule's."""
        if rule.metadata.hides:
            return False
        # What a safe fix repairs is a fault of its own: a missing last newline stays missing in the rendered file.
        if finding.fix is not None and finding.fix.safe and not self._touches(finding.fix):
            return False
        return (finding.at.path, finding.at.line) in self._lines or (finding.at.path, rule.theme) in self._themes

    def _touches(self, fix: Fix) -> bool:
        """True when an edit would cut into what the hiding finding points at: a template's mark, say."""
        return any(
            edit.span.column < place.end_column and place.column < edit.span.end_column
            for edit in fix.edits
            for place in self._lines.get((edit.span.path, edit.span.line), ())
        )

    def shows(self, finding: Finding, failing: dict[str, Finding]) -> bool:
        """True when a covered finding is where the daemon's check fails first, and no mark stands there."""
        return failing.get(finding.at.path) is finding and (finding.at.path, finding.at.line) not in self._lines


def _in_order(findings: list[Finding]) -> list[Finding]:
    def key(finding: Finding) -> tuple[object, ...]:
        return (finding.at.path, finding.at.line, finding.at.column, finding.rule, finding.subject, finding.message)

    unique: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        unique.setdefault(key(finding), finding)
    return [unique[place] for place in sorted(unique)]

"""Running rules over a fleet: findings in a stable order, one for each root cause."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from cfglint.engine.finding import Finding, Unchecked
from cfglint.engine.result import Fault, Result, RuleInfo
from cfglint.engine.rule import Rule, RuleDefinitionError
from cfglint.engine.scopes import SCOPES, LineIndex
from cfglint.model.build_node import sources_of
from cfglint.model.cluster import Fleet
from cfglint.model.haproxy_lines import ConfigLine
from cfglint.source import SourceFile
from cfglint.syntax.haproxy import Directive


def run_rules(fleet: Fleet, rules: Sequence[Rule]) -> Result:
    """Check a fleet.

    A rule that fails is a fault of the run; the other rules still report.

    Raises:
        RuleDefinitionError: a rule's scope is no type that there are objects of.
    """
    findings: list[Finding] = []
    unchecked: list[Unchecked] = [Unchecked(gap.node, gap.what, gap.why) for gap in fleet.not_compared]
    faults: list[Fault] = []
    lines: LineIndex | None = None
    for rule in rules:
        if rule.scope in {ConfigLine, Directive}:
            lines = lines or LineIndex(fleet)
            found = lines.get(rule.metadata.on)
            subjects: Iterable[object] = found if rule.scope is ConfigLine else (line.directive for line in found)
        elif rule.scope in SCOPES:
            subjects = SCOPES[rule.scope](fleet)
        else:
            raise RuleDefinitionError(f"{rule.name}: there are no objects of the type {rule.scope.__name__}")
        for subject in subjects:
            try:
                reports = list(rule.check(subject))
            except Exception as error:  # noqa: BLE001 - one rule's fault must not cost the report of the others
                faults.append(Fault(rule.name, f"internal fault: {_describe(error)}; please report it"))
                break
            for report in reports:
                if isinstance(report, Finding):
                    findings.append(replace(report, rule=rule.name, severity=report.severity or rule.metadata.severity))
                else:
                    unchecked.append(replace(report, rule=rule.name))
    sources: dict[str, SourceFile] = {}
    for node in fleet.nodes:
        sources |= sources_of(node)
        faults += [Fault(problem.path, problem.why) for problem in node.tree.problems]
    return Result(
        fleet,
        _in_order(_without_consequences(findings, {rule.name: rule for rule in rules})),
        sorted(set(unchecked)),
        sorted(set(faults)),
        {rule.name: RuleInfo(rule.name, rule.metadata.severity, rule.summary, rule.docs) for rule in rules},
        sources,
    )


def _without_consequences(findings: list[Finding], rules: dict[str, Rule]) -> list[Finding]:
    """Leave out findings whose root cause another rule has reported about the same subject, or a part of it."""
    prefixes: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for finding in findings:
        prefixes[finding.rule].update(finding.subject[:length] for length in range(1, len(finding.subject) + 1))
    return [
        finding
        for finding in findings
        if not any(finding.subject in prefixes[cause] for cause in rules[finding.rule].metadata.yields_to)
    ]


def _in_order(findings: list[Finding]) -> list[Finding]:
    def key(finding: Finding) -> tuple[object, ...]:
        return (finding.at.path, finding.at.line, finding.at.column, finding.rule, finding.subject, finding.message)

    unique: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        unique.setdefault(key(finding), finding)
    return [unique[place] for place in sorted(unique)]


def _describe(error: Exception) -> str:
    """The kind of error and the line of our own code, never its text: that may hold a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"

"""The plain result of a run: all that reports print."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field

from cfglint.engine.baseline import Entry
from cfglint.engine.finding import SEVERITIES, Finding, Severity, Unchecked, at_least
from cfglint.engine.suppress import Suppressed
from cfglint.model.cluster import Fleet
from cfglint.source import SourceFile

RULE_PAGES = "https://cfglint.readthedocs.io/rules/"
"""Where the rules' pages are published; a finding's url is this and the rule's name."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something of the run itself that went wrong: it makes the exit status 2.

    Attributes:
        where: a path, or a rule's name.
        why: the cause.
    """

    where: str
    why: str


@dataclass(frozen=True, eq=False)
class RuleInfo:
    """What reports print about a rule: its name, severity, one-line summary and whole documentation.

    Attributes:
        docstring: the documentation as it stands in the rule's file.
    """

    name: str
    severity: Severity
    summary: str
    docstring: str

    @property
    def docs(self) -> str:
        """The documentation without its indentation."""
        return inspect.cleandoc(self.docstring)

    @property
    def url(self) -> str:
        """Its page."""
        return f"{RULE_PAGES}{self.name}/"


@dataclass(eq=False)
class Result:
    """One run.

    Attributes:
        fleet: nodes and clusters.
        findings: sorted by path, line, column, rule.
        unchecked: what was not looked at, sorted.
        faults: what went wrong in the run itself.
        rules: every rule that ran, by name.
        sources: every file read, by its shown path, for code frames.
        suppressed: findings that comments took out.
        known: findings that the baseline holds.
        gone: the baseline's entries that match no finding any more.
    """

    fleet: Fleet
    findings: list[Finding]
    unchecked: list[Unchecked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    suppressed: list[Suppressed] = field(default_factory=list)
    known: list[Finding] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)

    def count(self, severity: Severity) -> int:
        """How many findings have exactly this severity."""
        return sum(finding.level == severity for finding in self.findings)

    @property
    def worst(self) -> Severity | None:
        """The worst severity found, or None."""
        return next((severity for severity in SEVERITIES if self.count(severity)), None)

    def exit_status(self, fail_on: Severity | None) -> int:
        """0 nothing at or above ``fail_on`` (None: never) · 1 findings · 2 something could not be checked."""
        if self.faults:
            return 2
        if fail_on is None:
            return 0
        return int(any(at_least(finding.level, fail_on) for finding in self.findings))

"""From paths to a result: what the command line and the tests call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cfglint.engine.declared import match_declared
from cfglint.engine.finding import Finding, Unchecked
from cfglint.engine.registry import select_rules
from cfglint.engine.result import Fault, Result
from cfglint.engine.runner import run_rules
from cfglint.engine.settings import Settings
from cfglint.model.build_node import build_node
from cfglint.model.cluster import Fleet
from cfglint.model.declared import Declared
from cfglint.model.discovery import Discovered, discover
from cfglint.model.grouping import build_fleet
from cfglint.model.version import Target


def read_fleet(paths: Sequence[str], target: Target, declared: Declared | None = None) -> tuple[Fleet, Discovered]:
    """Find and read the nodes that the given paths hold.

    Args:
        paths: as given on the command line.
        target: the daemon versions of nodes that declare none.
        declared: what the settings declare about nodes and clusters.
    """
    declared = declared or Declared()
    found = discover(paths)
    by_tree = match_declared(found, declared.nodes)
    nodes = [
        build_node(name, tree, (own and own.target) or target, own, declared.variables)
        for name, tree, own in zip(found.names, found.trees, by_tree, strict=True)
    ]
    return build_fleet(nodes, declared.clusters), found


def check_paths(
    paths: Sequence[str],
    target: Target | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    settings: Settings | None = None,
    *,
    suppressions: bool = True,
) -> Result:
    """Check node directories or files.

    Args:
        paths: as given on the command line.
        target: the daemon versions; every supported one by default.
        select: rules or themes to run; all by default. They replace those of the settings.
        ignore: rules or themes to leave out, besides those of the settings.
        settings: what a settings file asks for.
        suppressions: whether comments take findings out.

    Raises:
        UnknownRuleError: a name in ``select``, ``ignore`` or the settings that no rule has.
    """
    settings = settings or Settings()
    select_rules((), tuple(sorted(settings.names())))
    rules = select_rules(tuple(select) or settings.select, (*settings.ignore, *ignore))
    fleet, found = read_fleet(paths, target or settings.target, settings.declared)
    result = run_rules(fleet, rules, suppressions=suppressions)
    result.findings = apply_policy(result.findings, settings)
    return with_discovery(result, found)


def apply_policy(findings: Sequence[Finding], settings: Settings) -> list[Finding]:
    """Give findings the severities that the settings ask for, and leave out what they ignore."""
    kept: list[Finding] = []
    for finding in findings:
        severity = settings.severity_of(finding.rule, finding.level)
        if severity != "off" and not settings.ignores_at(finding.rule, finding.at.path):
            kept.append(finding if severity == finding.level else replace(finding, severity=severity))
    return kept


def with_discovery(result: Result, found: Discovered) -> Result:
    """Add to a result what discovery could not read or left out."""
    faults = {*result.faults, *(Fault(problem.path, problem.why) for problem in found.problems)}
    skipped = {Unchecked("", skipped.path, skipped.why) for skipped in found.skipped}
    result.faults = sorted(faults)
    result.unchecked = sorted({*result.unchecked, *skipped})
    return result

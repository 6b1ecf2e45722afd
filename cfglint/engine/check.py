"""From paths to a result: what the command line and the tests call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cfglint.engine.baseline import Entry, split_by_baseline
from cfglint.engine.declared import match_declared
from cfglint.engine.faults import describe_fault
from cfglint.engine.finding import Finding, Related, Unchecked
from cfglint.engine.registry import select_rules
from cfglint.engine.result import Fault, Result
from cfglint.engine.runner import run_rules
from cfglint.engine.settings import Settings
from cfglint.model.build_node import build_node
from cfglint.model.cluster import Fleet
from cfglint.model.declared import Declared
from cfglint.model.discovery import Discovered, discover
from cfglint.model.grouping import build_fleet
from cfglint.model.node import Node
from cfglint.model.version import Target
from cfglint.source import Span
from cfglint.syntax.collector import collector_off
from cfglint.tree import ReadProblem


@dataclass(frozen=True)
class Request:
    """What to check, and how.

    Attributes:
        paths: as given on the command line.
        target: the daemon versions of nodes that declare none; None leaves it to the settings.
        select: rules or themes to run; they replace those of the settings; empty leaves it to them.
        ignore: rules or themes to leave out, besides those of the settings.
        settings: what a settings file asks for.
        suppressions: whether comments take findings out.
        baseline: known findings; None without any.
        baseline_root: the baseline's directory.
        overlay: texts that stand for files on disk, by resolved path: what an editor holds, or a repair would write.
        shown: how to name directories (resolved) to users, where it is not how they are given.
        rules_dirs: folders of further rules, whose code is run; only the command line may name them.
    """

    paths: tuple[str, ...]
    target: Target | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    suppressions: bool = True
    baseline: Counter[Entry] | None = None
    baseline_root: Path = field(default_factory=Path.cwd)
    overlay: Mapping[Path, bytes] = field(default_factory=dict)
    shown: Mapping[Path, str] = field(default_factory=dict)
    rules_dirs: tuple[Path, ...] = ()


def read_fleet(
    paths: Sequence[str],
    target: Target,
    declared: Declared | None = None,
    overlay: Mapping[Path, bytes] | None = None,
    shown: Mapping[Path, str] | None = None,
) -> tuple[Fleet, Discovered]:
    """Find and read the nodes that the given paths hold.

    Args:
        paths: as given on the command line.
        target: the daemon versions of nodes that declare none.
        declared: what the settings declare about nodes and clusters.
        overlay: texts that stand for files on disk, by resolved path.
        shown: how to name directories (resolved) to users, where it is not how they are given.
    """
    declared = declared or Declared()
    found = discover(paths)
    by_tree = match_declared(found, declared.nodes)
    for tree in found.trees:
        tree.overlay = overlay or {}
        tree.shown = (shown or {}).get(tree.root.resolve(), tree.shown)
    nodes: list[Node] = []
    for name, tree, own in zip(found.names, found.trees, by_tree, strict=True):
        try:
            nodes.append(build_node(name, tree, (own and own.target) or target, own, declared.variables))
        except Exception as error:  # noqa: BLE001 - one node's fault must not cost the report of the others
            found.problems.append(ReadProblem(tree.shown or name, describe_fault(error)))
    return build_fleet(nodes, declared.clusters), found


def check_paths(
    paths: Sequence[str], target: Target | None = None, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Result:
    """Check node directories or files without any settings; see `Request` for the arguments.

    Raises:
        UnknownRuleError: a name in ``select`` or ``ignore`` that no rule has.
    """
    return check(Request(tuple(paths), target, tuple(select), tuple(ignore)))


@collector_off()
def check(request: Request) -> Result:
    """Check what is asked for.

    Raises:
        UnknownRuleError: a name in ``select``, ``ignore`` or the settings that no rule has.
        RuleDefinitionError: a rule of a pack or folder cannot be loaded.
    """
    settings = request.settings
    select_rules((), tuple(sorted(settings.names())), request.rules_dirs)
    rules = select_rules(request.select or settings.select, (*settings.ignore, *request.ignore), request.rules_dirs)
    target = request.target or settings.target
    fleet, found = read_fleet(request.paths, target, settings.declared, request.overlay, request.shown)
    result = run_rules(fleet, rules, suppressions=request.suppressions)
    result.findings = apply_policy(result.findings, settings)
    if request.baseline is not None:
        result.findings, result.known, result.gone = split_by_baseline(
            result.findings, request.baseline, request.baseline_root, result.rules
        )
    return with_discovery(result, found)


def apply_policy(findings: Sequence[Finding], settings: Settings) -> list[Finding]:
    """Give findings the severities and templates that the settings name, and leave out what they ignore."""
    kept: list[Finding] = []
    for finding in findings:
        severity = settings.severity_of(finding.rule, finding.level)
        if severity != "off" and not settings.ignores_at(finding.rule, finding.at.path):
            kept.append(finding if severity == finding.level else replace(finding, severity=severity))
    return [_with_templates(finding, settings) for finding in kept] if settings.path_map else kept


def _with_templates(finding: Finding, settings: Settings) -> Finding:
    """Point from rendered files on to the templates, where the repair belongs."""
    paths = dict.fromkeys((finding.at.path, *(entry.span.path for entry in finding.related)))
    templates = dict.fromkeys(template for path in paths if (template := settings.template_of(path)) is not None)
    added = [Related("the template that it is made from", Span(template)) for template in templates]
    return replace(finding, related=[*finding.related, *added])


def with_discovery(result: Result, found: Discovered) -> Result:
    """Add to a result what discovery could not read or left out."""
    faults = {*result.faults, *(Fault(problem.path, problem.why) for problem in found.problems)}
    skipped = {Unchecked("", skipped.path, skipped.why) for skipped in found.skipped}
    result.faults = sorted(faults)
    result.unchecked = sorted({*result.unchecked, *skipped})
    return result

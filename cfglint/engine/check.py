"""From paths to a result: what the command line and the tests call."""

from __future__ import annotations

from collections.abc import Sequence

from cfglint.engine.finding import Unchecked
from cfglint.engine.registry import select_rules
from cfglint.engine.result import Fault, Result
from cfglint.engine.runner import run_rules
from cfglint.model.build_node import build_node
from cfglint.model.cluster import Fleet
from cfglint.model.discovery import Discovered, discover
from cfglint.model.grouping import build_fleet
from cfglint.model.version import Target


def read_fleet(paths: Sequence[str], target: Target) -> tuple[Fleet, Discovered]:
    """Find and read the nodes that the given paths hold."""
    found = discover(paths)
    nodes = [build_node(name, tree, target) for name, tree in zip(found.names, found.trees, strict=True)]
    return build_fleet(nodes), found


def check_paths(
    paths: Sequence[str],
    target: Target | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Result:
    """Check node directories or files.

    Args:
        paths: as given on the command line.
        target: the daemon versions; every supported one by default.
        select: rules or themes to run; all by default.
        ignore: rules or themes to leave out.

    Raises:
        UnknownRuleError: a name in ``select`` or ``ignore`` that no rule has.
    """
    rules = select_rules(tuple(select), tuple(ignore))
    fleet, found = read_fleet(paths, target or Target())
    result = run_rules(fleet, rules)
    return with_discovery(result, found)


def with_discovery(result: Result, found: Discovered) -> Result:
    """Add to a result what discovery could not read or left out."""
    faults = {*result.faults, *(Fault(problem.path, problem.why) for problem in found.problems)}
    skipped = {Unchecked("", skipped.path, skipped.why) for skipped in found.skipped}
    result.faults = sorted(faults)
    result.unchecked = sorted({*result.unchecked, *skipped})
    return result

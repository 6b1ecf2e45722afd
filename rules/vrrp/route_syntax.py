"""The rule ``vrrp/route-syntax``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from cfglint.analysis.keepalived_statements import VALUE, fails_check, holds, is_open, place_of, statements, subject_of
from cfglint.engine import Finding, Severity, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Statement
from cfglint.syntax.keepalived_routes import RouteFault, route_faults, rule_faults

ROUTES = (("static_routes",), ("vrrp_instance", "virtual_routes"))
RULES = (("static_rules",), ("vrrp_instance", "virtual_rules"))


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 to 2.4.3: `gw for routes is deprecated`, `Rule has no preference specified`"],
)
def route_syntax(config: KeepalivedConfig) -> Iterator[Finding]:
    """A route or rule that keepalived sets does not read, or is not written in full.

    Why it hurts: a route without a readable destination is skipped: after a takeover replies go another way, or
    nowhere. A rule without a preference gets one from 16384 on, which may lie behind rules that already match.

    When it stays silent: for destinations, `default` and the options of a route; for rules with a preference; for
    values that a template leaves open; for names of tables, scopes and the like, which the host defines.

    What to do: write the destination first; `via` for the gateway; `preference` for rules.
    """
    for paths, faults in ((ROUTES, route_faults), (RULES, rule_faults)):
        for path in paths:
            # A repetition makes many lines of one place: one finding is enough for it.
            places: set[Span] = set()
            for line in statements(config, *path, VALUE):
                if is_open(line):
                    continue
                words = [word.text for word in line.words]
                for fault in faults(words, static=len(path) == 1):
                    found = _finding(config, line, fault)
                    if found.at not in places and (not fault.before or holds(config.node, before=fault.before)):
                        yield found
                    places.add(found.at)


def _finding(config: KeepalivedConfig, line: Statement, fault: RouteFault) -> Finding:
    node = config.node
    return Finding(
        at=line.words[fault.word].span if fault.word else line.span,
        subject=(*subject_of(node, line), fault.what),
        severity=cast("Severity", fault.severity),
        message=f"in {place_of(line)} on {node.name}, {fault.what}: {fault.follows}",
        label="not as keepalived wants it",
        help="write the destination first, `via` for the gateway, `dev` for the interface; for rules `preference`",
        nodes=(node.name,),
        fails_check=fails_check(node, before=fault.before),
    )

"""The rule ``vrrp/route-syntax``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import VALUE, fails_check, is_open, place_of, statements, subject_of
from cfglint.engine import Finding, Severity, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Statement
from cfglint.syntax.keepalived_arguments import parse_address

ROUTES = (("static_routes",), ("vrrp_instance", "virtual_routes"))
RULES = (("static_rules",), ("vrrp_instance", "virtual_rules"))
TYPES = frozenset(
    {"unicast", "local", "broadcast", "anycast", "multicast", "nat", "unreachable", "prohibit", "blackhole", "throw"}
)
"""Words that may stand before the destination, beside the options."""
OPTIONS = frozenset({"src", "to", "via", "dev", "from", "table", "inet", "inet6", "default", "as", "nexthop"})
DEPRECATED = {"gw": "via", "or": "nexthop"}
PREFERENCE = frozenset({"preference", "priority", "order", "pref"})

Fault = tuple[Span, str, Severity]


def _route_faults(line: Statement) -> Iterator[Fault]:
    for word in line.words:
        if word.text in DEPRECATED:
            yield word.span, f"{word.text} is deprecated, {DEPRECATED[word.text]} replaces it", "info"
    first = next((word for word in line.words if word.text not in TYPES), line.words[0])
    if first.text not in OPTIONS and first.text not in DEPRECATED and parse_address(first.text) is None:
        yield first.span, f"{first.text} is no destination, and the route is skipped", "error"


def _rule_faults(line: Statement) -> Iterator[Fault]:
    if not any(word.text in PREFERENCE for word in line.words):
        yield line.span, "the rule has no preference, and keepalived chooses one", "warning"


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 to 2.4.3: `gw for routes is deprecated`, `Rule has no preference specified`"],
)
def route_syntax(config: KeepalivedConfig) -> Iterator[Finding]:
    """A route or rule that keepalived sets does not read, or is not written in full.

    Why it hurts: a route without a readable destination is skipped: after a takeover replies go another way, or
    nowhere. A rule without a preference gets one from 16384 on, which may lie behind rules that already match.

    When it stays silent: for destinations, `default` and the options of a route; for rules with a preference; for
    values that a template leaves open.

    What to do: write the destination first; `via` for the gateway; `preference` for rules.
    """
    for paths, faults in ((ROUTES, _route_faults), (RULES, _rule_faults)):
        for path in paths:
            for line in statements(config, *path, VALUE):
                if is_open(line):
                    continue
                for span, what, severity in faults(line):
                    yield Finding(
                        at=span,
                        subject=(*subject_of(config.node, line), what),
                        severity=severity,
                        message=f"in {place_of(line)} on {config.node.name}, {what}",
                        label="not as keepalived wants it",
                        help="write the destination first, `via` for the gateway, and `preference` for rules",
                        nodes=(config.node.name,),
                        fails_check=fails_check(config.node),
                    )

"""Rules in a ``defaults`` section, which not every section may inherit."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.line import Line, Scope
from cfglint.syntax.haproxy_keywords import ALL

_FROM_2_6 = ALL & ~1
_HTTP_RULES = ("http-request", "http-response", "http-after-response")


def check_inherited_rules(header: Line, scope: Scope) -> None:
    """Report a section that cannot inherit from its defaults because of the rules in them.

    Args:
        header: its header.
        scope: the section, whose defaults are known.
    """
    base = scope.parent
    if base is None:
        return
    if base.rule_sets is None:
        base.rule_sets = _rule_sets(base)
    if not base.rule_sets:
        return
    why = _why(scope, base, base.rule_sets)
    if why:
        base_span = base.section.header.span
        header.fail(
            "misplaced",
            0,
            f"{scope.label} cannot inherit from {base.label}, which {why}; HAProxy refuses it",
            _FROM_2_6,
            related=(("the defaults section", base_span),),
            help="move the rules into the sections that need them, or give the others defaults of their own",
        )
    base.heirs.setdefault(scope.kind, header)


def _why(scope: Scope, base: Scope, rules: frozenset[str]) -> str:
    if scope.kind in {"defaults", "listen"}:
        return f"holds {_any(rules)!r} rules"
    barred = {"frontend": ("tcp-response content",), "backend": ("tcp-request connection", "tcp-request session")}
    for name in barred[scope.kind]:
        if name in rules:
            return f"holds {name!r} rules"
    other = "backend" if scope.kind == "frontend" else "frontend"
    if other in base.heirs:
        return f"holds {_any(rules)!r} rules and is inherited by {base.heirs[other].scope.label}, too"
    return ""


def _any(rules: frozenset[str]) -> str:
    return min(rules)


def _rule_sets(base: Scope) -> frozenset[str]:
    """Which sets of rules a section certainly has."""
    found = {word for word in _HTTP_RULES if any(not row.conditional for row in base.section.all(word))}
    for word in ("tcp-request", "tcp-response"):
        for row in base.section.all(word):
            if not row.conditional and row.text(1) in {"connection", "session", "content"}:
                found.add(f"{word} {row.text(1)}")
    return frozenset(found)

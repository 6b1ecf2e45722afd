"""Which marks a firewall sets on packets before IPVS looks at them, and on which packets."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.model.firewall_rules import (
    AnyOf,
    Chain,
    FilterRule,
    Jump,
    Match,
    Nat,
    SetMark,
    SpoilMark,
    Table,
    VerdictMap,
)
from cfglint.model.firewall_worlds import Firewall
from cfglint.model.value_sets import Numbers, Range

IPVS_LOOKS_AT = 98
"""Priority of IPVS in the kernel's input hook (ip_vs_core.c): marks must be set before."""

ALL = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class MarkingRule:
    """A rule that sets a mark.

    Attributes:
        rule: the rule.
        value: the mark that a packet without one gets; None when it cannot be told.
        in_time: it stands in a chain that IPVS's packets pass before IPVS looks.
    """

    rule: FilterRule
    value: int | None
    in_time: bool

    def ranges(self, field: str) -> tuple[Range, ...] | None:
        """What the rule asks of a field, e.g. ``ip.dst``; None when it asks nothing."""
        for step in self.rule.steps:
            options = step.options if isinstance(step, AnyOf) else (step,)
            for option in options:
                if isinstance(option, Match) and option.field == field and isinstance(option.values, Numbers):
                    if option.negated:
                        return None
                    return tuple(zip(option.values.lows, option.values.highs, strict=True))
        return None


def marking_rules(firewall: Firewall) -> list[MarkingRule]:
    """Every rule that sets a packet's mark, each once."""
    found: dict[int, MarkingRule] = {}
    for world in firewall.worlds:
        for table in world.tables:
            early = _early_chains(table)
            for chain in table.chains.values():
                for rule in chain.rules:
                    for step in rule.steps:
                        if isinstance(step, (SetMark, SpoilMark)) and step.target == "packet":
                            value = _value(step)
                            found.setdefault(id(rule), MarkingRule(rule, value, chain.name in early))
    return list({(entry.rule.span, entry.value): entry for entry in found.values()}.values())


def _value(step: SetMark | SpoilMark) -> int | None:
    if isinstance(step, SpoilMark) or step.source != "packet":
        return None
    return step.flip & ALL


def _early_chains(table: Table) -> set[str]:
    """The chains that a packet to the host passes before IPVS: those of prerouting and input, and what they call."""
    todo = [
        chain
        for chain in table.chains.values()
        if chain.hook == "prerouting" or (chain.hook == "input" and chain.priority < IPVS_LOOKS_AT)
    ]
    seen = {chain.name for chain in todo}
    while todo:
        for name in _called(todo.pop()):
            if name in table.chains and name not in seen:
                seen.add(name)
                todo.append(table.chains[name])
    return seen


def _called(chain: Chain) -> list[str]:
    names: list[str] = []
    for rule in chain.rules:
        for step in rule.steps:
            targets = [verdict for _, verdict in step.elements] if isinstance(step, VerdictMap) else [step]
            names += [target.chain for target in targets if isinstance(target, Jump)]
    return names


def rewrites_sources(firewall: Firewall) -> bool:
    """True when any rule masquerades or translates sources."""
    return any(
        isinstance(step, Nat) and step.kind in {"snat", "masquerade"}
        for world in firewall.worlds
        for table in world.tables
        for chain in table.chains.values()
        for rule in chain.rules
        for step in rule.steps
    )

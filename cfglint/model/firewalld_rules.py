"""Rules of one firewalld zone or policy, in the order in which firewalld's chains hold them.

Read off the rule sets that firewalld 1.3.3 loads: in each zone or policy come rich rules of negative priority, then
what denies, then what accepts, then rich rules of positive priority.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_addresses import parse_address
from cfglint.model.firewall_rules import (
    Action,
    Condition,
    FilterRule,
    Match,
    Nat,
    SetMark,
    Step,
    Undecided,
    Verdict,
    interface_in,
)
from cfglint.model.firewalld_elements import ICMP, Conditions, ElementReader, family_condition, port_conditions
from cfglint.model.value_sets import Names, Numbers
from cfglint.source import Span
from cfglint.syntax.xml_elements import Element

OPENING = ("service", "port", "protocol", "source-port")
"""Elements that let packets in."""


@dataclass(eq=False)
class Contents:
    """What one zone or policy contributes to each table.

    Attributes:
        pre: rich rules of negative priority, by priority.
        deny: icmp-blocks and rich rules that reject or drop.
        allow: what accepts.
        post: rich rules of positive priority, by priority.
        destination_nat: forward-ports.
        source_nat: masquerading.
        marks: rich rules that set a mark.
    """

    pre: list[FilterRule] = field(default_factory=list)
    deny: list[FilterRule] = field(default_factory=list)
    allow: list[FilterRule] = field(default_factory=list)
    post: list[FilterRule] = field(default_factory=list)
    destination_nat: list[FilterRule] = field(default_factory=list)
    source_nat: list[FilterRule] = field(default_factory=list)
    marks: list[FilterRule] = field(default_factory=list)

    @property
    def filtering(self) -> list[FilterRule]:
        """The filter rules in order."""
        return [*self.pre, *self.deny, *self.allow, *self.post]


def read_contents(root: Element, reader: ElementReader) -> Contents:
    """The rules of a zone or policy."""
    contents = Contents()
    inverted = root.first("icmp-block-inversion") is not None
    ordered: list[tuple[int, FilterRule]] = []
    for child in root.children:
        if child.name in OPENING:
            contents.allow += _rules(child, reader.element(child), Verdict("accept"))
        elif child.name == "icmp-block":
            kind = Verdict("accept" if inverted else "reject")
            (contents.allow if inverted else contents.deny).extend(_rules(child, reader.element(child), kind))
        elif child.name == "masquerade":
            steps = (Match("family", Numbers.of(4)), Match("oif", Names.of("lo"), negated=True), Nat("masquerade"))
            contents.source_nat.append(FilterRule(steps, child.span, "<masquerade/>"))
        elif child.name == "forward-port":
            contents.destination_nat.append(_forward_port(child, ()))
        elif child.name == "rule":
            _rich(child, reader, contents, ordered)
    ordered.sort(key=lambda pair: pair[0])
    contents.pre += [rule for priority, rule in ordered if priority < 0]
    contents.post += [rule for priority, rule in ordered if priority > 0]
    return contents


def describe(element: Element) -> str:
    """An element as written, without what is inside."""
    attributes = "".join(f' {name}="{value}"' for name, value in element.attributes.items() if name != "shipped")
    return f"<{element.name}{attributes}{'/' if not element.children else ''}>"


def _rules(element: Element, ways: list[Conditions], verdict: Verdict) -> list[FilterRule]:
    return [FilterRule((*way, verdict), element.span, describe(element)) for way in ways]


def _forward_port(element: Element, before: Conditions) -> FilterRule:
    target = element.get("to-addr")
    address = parse_address(target) if target else None
    port_text = element.get("to-port")
    port = (int(port_text), int(port_text)) if port_text.isdecimal() else None
    nat = Nat("dnat", address, port) if address is not None else Nat("redirect", None, port)
    family: Conditions = (Match("family", Numbers.of(address.version)),) if address is not None else ()
    ports = port_conditions(element.get("port"), element.get("protocol"), "dport")
    return FilterRule((*before, *family, *ports, nat), element.span, describe(element))


def _priority(element: Element) -> int:
    try:
        return int(element.get("priority") or 0)
    except ValueError:
        return 0


def _rich(rule: Element, reader: ElementReader, contents: Contents, ordered: list[tuple[int, FilterRule]]) -> None:
    """One rich rule (firewalld.richlanguage(5))."""
    before: list[Condition] = list(family_condition(rule.get("family")))
    source, destination = rule.first("source"), rule.first("destination")
    if source is not None:
        before.append(reader.source(source))
    if destination is not None:
        before.append(reader.source(destination, "dst"))
    kinds = (*OPENING, "icmp-type", "icmp-block", "masquerade", "forward-port", "tcp-mss-clamp")
    element = next((child for child in rule.children if child.name in kinds), None)
    action = next((child for child in rule.children if child.name in {"accept", "reject", "drop", "mark"}), None)
    if element is not None and element.name == "masquerade":
        steps: tuple[Step, ...] = (*before, Match("oif", Names.of("lo"), negated=True), Nat("masquerade"))
        contents.source_nat.append(FilterRule(steps, rule.span, _text(rule)))
        return
    if element is not None and element.name == "forward-port":
        contents.destination_nat.append(_forward_port(element, tuple(before)))
        return
    blocking = element is not None and element.name == "icmp-block"
    if (action is None and not blocking) or (element is not None and element.name == "tcp-mss-clamp"):
        return
    ways = reader.element(element) if element is not None else [()]
    limit = _limit(action)
    done = _action(action)
    priority = _priority(rule)
    for way in ways:
        made = FilterRule((*before, *way, *limit, done), rule.span, _text(rule))
        if isinstance(done, SetMark):
            contents.marks.append(made)
        elif priority:
            ordered.append((priority, made))
        elif done == Verdict("accept"):
            contents.allow.append(made)
        else:
            contents.deny.append(made)


def _limit(action: Element | None) -> Conditions:
    limit = action.first("limit") if action is not None else None
    return () if limit is None else (Undecided(f"limit {limit.get('value')} depends on traffic"),)


def _action(action: Element | None) -> Action:
    if action is None or action.name == "reject":
        return Verdict("reject")
    if action.name == "mark":
        value, _, mask = action.get("set").partition("/")
        try:
            bits = int(mask, 0) if mask else 0xFFFFFFFF
            return SetMark(bits, int(value, 0))
        except ValueError:
            return SetMark(0, 0)
    return Verdict("accept" if action.name == "accept" else "drop")


def _text(rule: Element) -> str:
    return describe(rule) + "".join(describe(child) for child in rule.children)[:120]


def built_in(text: str, span: Span, *steps: Step) -> FilterRule:
    """A rule that firewalld always has."""
    return FilterRule(steps, span, f"firewalld: {text}")


def established(span: Span, *, translated: bool) -> list[FilterRule]:
    """The head of firewalld's filter chains."""
    rules = [
        built_in("established, related", span, Match("state", Names.of("established", "related")), Verdict("accept"))
    ]
    if translated:
        rules.append(built_in("translated", span, Match("ct.dnat", Numbers.of(1)), Verdict("accept")))
    return rules


def icmp_rule(root: Element, target: str) -> list[FilterRule]:
    """The ICMP rule in front of a zone's target (firewalld leaves it out where the target says the same)."""
    inverted = root.first("icmp-block-inversion") is not None
    if target in {"DROP", "REJECT", "%%REJECT%%"} or (target == "ACCEPT" and not inverted):
        return []
    kind = Verdict("reject" if inverted else "accept")
    return [FilterRule((ICMP, kind), root.span, f"firewalld: ICMP, {kind.kind}")]


def target_rule(root: Element, kind: str, own_name: str) -> list[FilterRule]:
    """What a zone or policy does with the rest."""
    target = root.get("target")
    verdicts = {"ACCEPT": Verdict("accept"), "DROP": Verdict("drop")}
    if kind == "policy" and target in {"", "CONTINUE"}:
        return []
    verdict = verdicts.get(target, Verdict("reject"))
    shipped = root.attributes.get("shipped", "")
    name = f"shipped zone {shipped}" if shipped else f"{kind} {own_name}"
    shown = target if target and target != "%%REJECT%%" else "reject the rest"
    return [FilterRule((verdict,), root.span, f"{name}: {shown}")]


def bound(direction: str, name: str) -> Match:
    """The packet's interface is one that a zone names (``+`` and ``*`` end a prefix)."""
    wildcard = "*" if name.endswith("*") else "+"
    return interface_in("iif" if direction == "iif" else "oif", name, wildcard=wildcard)

"""firewall-cmd command lines: what they change in zones, policies, ipsets and direct rules (firewall-cmd(1))."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from cfglint.model.firewall_ipsets import IpSet
from cfglint.model.firewalld_config import FirewalldConfig
from cfglint.source import Span
from cfglint.syntax.xml_elements import Element

SCOPES = ("zone", "policy", "ipset", "type", "timeout", "service")
"""Options that say what the others are about."""

_ACTIONS = frozenset({"accept", "reject", "drop", "mark"})
_WORD = re.compile(r"(\w[\w-]*)=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FirewalldCommand:
    """One call of firewall-cmd.

    Attributes:
        permanent: it edits what is on disk (``--permanent``, firewall-offline-cmd), not what is loaded.
        scopes: ``zone``, ``policy`` … with their values.
        options: the other options with their values, in order; ``--direct`` keeps its arguments as one value.
        span: the command.
        text: as written, shortened.
    """

    permanent: bool
    scopes: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    span: Span
    text: str

    def scope(self, name: str) -> str:
        """The value of a scope, or empty."""
        return next((value for key, value in self.scopes if key == name), "")

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """The options that change rules."""
        starts = ("add-", "remove-", "change-", "new-", "delete-", "set-target", "set-priority", "direct")
        return tuple((name, value) for name, value in self.options if name.startswith(starts))

    def has(self, name: str) -> bool:
        """True when an option is given."""
        return any(key == name for key, _ in self.options)


def read_firewalld_command(words: list[str], span: Span) -> FirewalldCommand:
    """Read a command line; the first word is the program."""
    permanent = words[0].rsplit("/", 1)[-1] == "firewall-offline-cmd"
    scopes: list[tuple[str, str]] = []
    options: list[tuple[str, str]] = []
    rest = list(words[1:])
    direct = "--direct" in rest
    while rest:
        word = rest.pop(0)
        if word == "--permanent":
            permanent = True
            continue
        if not word.startswith("--") or word in {"--direct", "--quiet"}:
            continue
        name, equals, value = word[2:].partition("=")
        if direct:
            arguments = [value, *rest] if equals else rest
            options.append(("direct", shlex.join([name, *arguments])))
            break
        if not equals and rest and not rest[0].startswith("-") and _takes_value(name):
            value = rest.pop(0)
        if name in SCOPES:
            scopes.append((name, value))
        else:
            options.append((name, value))
    shown = " ".join(words)
    return FirewalldCommand(
        permanent, tuple(scopes), tuple(options), span, shown if len(shown) < 120 else shown[:119] + "…"
    )


def _takes_value(name: str) -> bool:
    return name in SCOPES or (
        name.startswith(("add-", "remove-", "change-", "new-", "set-", "delete-")) and name not in _BARE
    )


_BARE = frozenset(
    f"{verb}-{name}" for verb in ("add", "remove") for name in ("masquerade", "forward", "icmp-block-inversion")
)


@dataclass(eq=False)
class FirewalldEditor:
    """Applies commands to a configuration.

    Attributes:
        config: what is changed.
        not_followed: commands with something that is not understood.
    """

    config: FirewalldConfig
    not_followed: list[FirewalldCommand] = field(default_factory=list)

    def apply(self, command: FirewalldCommand) -> None:
        """Make a command's changes."""
        understood = True
        for name, value in command.options:
            if name == "direct":
                understood &= self._direct(value, command.span)
            elif name == "set-default-zone":
                self.config.chosen_zone = (value, command.span)
            elif name.startswith("new-"):
                self._new(name.removeprefix("new-"), value, command)
            elif name in {"add-entry", "remove-entry"}:
                understood &= self._entry(name, value, command.scope("ipset"))
            elif name.startswith(("add-", "remove-", "change-", "set-target", "set-priority")):
                understood &= self._change(name, value, command)
        if not understood:
            self.not_followed.append(command)

    def _new(self, kind: str, name: str, command: FirewalldCommand) -> None:
        if kind == "zone":
            self.config.zones.setdefault(name, Element("zone", {}, command.span))
        elif kind == "policy":
            self.config.policies.setdefault(name, Element("policy", {"target": "CONTINUE"}, command.span))
        elif kind == "ipset":
            self.config.ipsets.setdefault(name, IpSet(name, command.scope("type") or "hash:ip", 4))

    def _entry(self, option: str, value: str, name: str) -> bool:
        found = self.config.ipsets.get(name)
        if found is None:
            return False
        if option == "add-entry":
            found.elements.append(value)
        elif value in found.elements:
            found.elements.remove(value)
        return True

    def _root(self, command: FirewalldCommand) -> Element | None:
        policy = command.scope("policy")
        if policy:
            return self.config.policies.get(policy)
        name = command.scope("zone") or self.config.default_zone
        if name not in self.config.zones:
            shipped = self.config.zone(name)
            if shipped is None:
                return None
            shipped.attributes.pop("shipped", None)
            self.config.zones[name] = shipped
        return self.config.zones[name]

    def _change(self, option: str, value: str, command: FirewalldCommand) -> bool:
        root = self._root(command)
        if root is None:
            return False
        if option in {"set-target", "set-priority"}:
            root.attributes[option.removeprefix("set-")] = "" if value == "default" else value
            return True
        verb, _, kind = option.partition("-")
        element = element_of(kind, value, command.span)
        if element is None:
            return False
        if verb in {"remove", "change"}:
            roots = [root] if verb == "remove" else list(self.config.zones.values())
            for other in roots:
                other.children = [child for child in other.children if not same(child, element)]
        if verb in {"add", "change"} and not any(same(child, element) for child in root.children):
            root.children.append(element)
        return True

    def _direct(self, text: str, span: Span) -> bool:
        words = shlex.split(text)
        action, rest = words[0], words[1:]
        if self.config.direct is None:
            self.config.direct = Element("direct", {}, span)
        children = self.config.direct.children
        if action in {"add-rule", "remove-rule"} and len(rest) >= 5:
            ipv, table, chain, priority, *arguments = rest
            attributes = {"ipv": ipv, "table": table, "chain": chain, "priority": priority}
            rule = Element("rule", attributes, span, shlex.join(arguments))
        elif action == "add-chain" and len(rest) == 3:
            rule = Element("chain", dict(zip(("ipv", "table", "chain"), rest, strict=True)), span)
        elif action == "add-passthrough" and len(rest) > 1:
            rule = Element("passthrough", {"ipv": rest[0]}, span, shlex.join(rest[1:]))
        else:
            return action.startswith(("query", "get"))
        if action.startswith("remove"):
            self.config.direct.children = [
                child for child in children if not same(child, rule) or child.text != rule.text
            ]
        elif not any(same(child, rule) and child.text == rule.text for child in children):
            children.append(rule)
        return True


def same(one: Element, other: Element) -> bool:
    """True for elements that mean the same."""
    return (
        one.name == other.name
        and one.attributes == other.attributes
        and len(one.children) == len(other.children)
        and all(same(first, second) for first, second in zip(one.children, other.children, strict=True))
    )


def element_of(kind: str, value: str, span: Span) -> Element | None:
    """The element that ``--add-KIND=VALUE`` adds; None for a kind that is not understood."""
    if kind in {"port", "source-port"}:
        port, slash, protocol = value.partition("/")
        return Element(kind, {"port": port, "protocol": protocol}, span) if slash else None
    if kind in {"service", "interface", "icmp-block", "ingress-zone", "egress-zone"}:
        return Element(kind, {"name": value}, span)
    if kind == "protocol":
        return Element(kind, {"value": value}, span)
    if kind in {"masquerade", "forward", "icmp-block-inversion"}:
        return Element(kind, {}, span)
    if kind == "source":
        if value.startswith("ipset:"):
            return Element(kind, {"ipset": value.removeprefix("ipset:")}, span)
        return Element(kind, {"mac" if value.count(":") == 5 and "::" not in value else "address": value}, span)
    if kind == "forward-port":
        names = {"port": "port", "proto": "protocol", "toport": "to-port", "toaddr": "to-addr"}
        parts = [part.partition("=") for part in value.split(":")]
        return Element(kind, {names[key]: text for key, _, text in parts if key in names and text}, span)
    return rich_rule(value, span) if kind == "rich-rule" else None


def rich_rule(text: str, span: Span) -> Element | None:
    """A rich rule (firewalld.richlanguage(5)) as the element that firewalld writes for it."""
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    if not words or words[0] != "rule":
        return None
    rule = Element("rule", {}, span)
    here = rule
    for word in words[1:]:
        pair = _WORD.fullmatch(word)
        if pair is not None:
            here.attributes[pair[1]] = pair[2]
        elif word.upper() == "NOT":
            here.attributes["invert"] = "True"
        elif word == "limit":
            owner = next((child for child in reversed(rule.children) if child.name in _ACTIONS), here)
            here = Element("limit", {}, span)
            owner.children.append(here)
        else:
            here = Element(word, {}, span)
            rule.children.append(here)
    return rule

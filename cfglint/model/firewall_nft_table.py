"""One nftables table as it is built up: its chains, their rules and its sets, before the rules are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_nft_rule import RuleReader
from cfglint.model.firewall_nft_sets import NftSet, split_elements
from cfglint.model.firewall_nft_variables import NftVariables
from cfglint.model.firewall_rules import (
    DSTNAT,
    FILTER,
    MANGLE,
    RAW,
    SECURITY,
    SRCNAT,
    Chain,
    FilterRule,
    Hook,
    Jump,
    Match,
    Step,
    Table,
    VerdictMap,
)
from cfglint.model.value_sets import Names
from cfglint.source import SourceFile, Span
from cfglint.syntax.nftables import Group, Item, Statement, Word

PRIORITIES = {
    "raw": RAW,
    "mangle": MANGLE,
    "dstnat": DSTNAT,
    "filter": FILTER,
    "security": SECURITY,
    "srcnat": SRCNAT,
}
HOOKS: dict[str, Hook] = {
    "prerouting": "prerouting",
    "input": "input",
    "forward": "forward",
    "output": "output",
    "postrouting": "postrouting",
    "ingress": "prerouting",
}
INGRESS = -100_000
"""What ingress chains' priorities are raised from: they come before every other hook."""

TEXT_LIMIT = 160


@dataclass(eq=False)
class NftTable:
    """A table of one family.

    Attributes:
        table: what the packet walk sees; its rules are filled in by `finish`.
        family: ``ip``, ``inet``, ``arp`` …
        variables: those of the files, shared by all tables.
        dormant: the kernel passes it over.
        sets: named sets and maps.
        rules: chain name → its rules as written, in order.
        devices: the interfaces of ingress chains.
    """

    table: Table
    family: str
    variables: NftVariables
    dormant: bool = False
    sets: dict[str, NftSet] = field(default_factory=dict)
    rules: dict[str, list[tuple[list[Item], Span]]] = field(default_factory=dict)
    devices: dict[str, list[str]] = field(default_factory=dict)

    def doubt(self, why: str, span: Span) -> None:
        """Leave the table open: something in it cannot be followed."""
        self.table.unclear, self.table.unclear_span = why, span

    def take(self, statement: Statement, span: Span, source: SourceFile | None) -> None:
        """Read a statement of the table's block; ``span`` is its place where there is no source."""
        here = source.line_span(statement.line) if source is not None else span
        items = self.variables.replaced(statement.items)
        head = items[0].text if isinstance(items[0], Word) else ""
        name = items[1].text if len(items) > 1 and isinstance(items[1], Word) else ""
        groups = [item for item in items[2:] if isinstance(item, Group)]
        if head == "flags":
            self.dormant = any(isinstance(item, Word) and item.text == "dormant" for item in items)
        elif head in {"define", "redefine"}:
            self.variables.define(items)
        elif head == "chain":
            self.declare_chain(name, here)
            for group in groups:
                self.fill_chain(name, group, here, source)
        elif head in {"set", "map"}:
            self.declare_set(name)
            for group in groups:
                self.fill_set(name, group)

    def declare_chain(self, name: str, span: Span) -> Chain:
        """The chain of this name, made where there is none."""
        self.rules.setdefault(name, [])
        return self.table.chains.setdefault(name, Chain(name, span))

    def fill_chain(self, name: str, group: Group, span: Span, source: SourceFile | None) -> None:
        """Read the statements between a chain's braces."""
        chain = self.declare_chain(name, span)
        for statement in group.statements:
            self._in_chain(chain, statement, source, span)

    def declare_set(self, name: str) -> NftSet:
        """The set or map of this name, made where there is none."""
        return self.sets.setdefault(name, NftSet(name))

    def fill_set(self, name: str, group: Group) -> None:
        """Read the statements between the braces of a set or map."""
        declared = self.declare_set(name)
        for statement in group.statements:
            items = self.variables.replaced(statement.items)
            words = [item.text for item in items if isinstance(item, Word)]
            if not words:
                continue
            if words[0] == "timeout" or (words[0] == "flags" and {"dynamic", "timeout"} & set(words)):
                declared.unclear = "its elements come and go at run time"
            elif words[0] == "elements":
                for item in items:
                    if isinstance(item, Group):
                        self.add_elements(name, item)

    def add_elements(self, name: str, group: Group) -> None:
        """Add the elements between braces to a set or map."""
        declared = self.declare_set(name)
        elements = split_elements(group)
        if elements is None:
            declared.unclear = "it has too many elements to be read"
        else:
            declared.elements += [self.variables.replaced(element) for element in elements]

    def remove(self, command: str, kind: str, name: str, span: Span) -> None:
        """Execute ``flush``, ``delete`` or ``destroy`` on something in the table."""
        if kind == "table":
            self.rules = {chain: [] for chain in self.rules}
        elif kind == "chain" and command == "flush":
            self.rules[name] = []
        elif kind == "chain":
            self.rules.pop(name, None)
            self.table.chains.pop(name, None)
        elif kind in {"set", "map", "element"}:
            if name in self.sets:
                self.sets[name].unclear = "it is changed by a command that is not followed"
        else:
            self.doubt("a rule is deleted by its handle", span)

    def finish(self) -> Table:
        """The table with its rules read, now that every set is known."""
        reader = RuleReader(self.sets, {"ip": 4, "ip6": 6}.get(self.family, 0))
        for name, chain in self.table.chains.items():
            devices = self.devices.get(name, [])
            prefix: tuple[Step, ...] = (Match("iif", Names.of(*devices)),) if devices else ()
            chain.rules = [
                FilterRule((*prefix, *reader.read(items)), span, _text(items))
                for items, span in self.rules.get(name, [])
            ]
        return self.table

    def check_jumps(self) -> None:
        """Nft refuses a file in which a rule jumps to a chain that is not there."""
        for chain in self.table.chains.values():
            for rule in chain.rules:
                for jump in _jumps(rule.steps):
                    if jump.chain not in self.table.chains and not self.table.unclear:
                        self.doubt(f"there is no chain {jump.chain}", rule.span)

    def _in_chain(self, chain: Chain, statement: Statement, source: SourceFile | None, span: Span) -> None:
        here = source.line_span(statement.line) if source is not None else span
        items = self.variables.replaced(statement.items)
        words = [item.text if isinstance(item, Word) else "{" for item in items]
        if words[0] == "type" and "hook" in words:
            self._hook(chain, items, words, here)
        elif words[0] == "policy" and len(words) > 1:
            chain.policy = "drop" if words[1] == "drop" else "accept"
            chain.policy_span = here
        elif words[0] in {"comment", "flags", "device", "devices"} and len(words) <= 4:
            return
        else:
            self.rules[chain.name].append((items, here))

    def _hook(self, chain: Chain, items: list[Item], words: list[str], span: Span) -> None:
        hook = words[words.index("hook") + 1] if words.index("hook") + 1 < len(words) else ""
        if hook not in HOOKS:
            self.doubt(f"hook {hook} is not judged", span)
            return
        chain.hook = HOOKS[hook]
        chain.is_nat = words[1:2] == ["nat"]
        chain.span = span
        if "priority" in words:
            priority = _priority(words[words.index("priority") + 1 :])
            if priority is None:
                self.doubt("a chain's priority is not understood", span)
            chain.priority = (priority or 0) + (INGRESS if hook == "ingress" else 0)
        if hook == "ingress":
            names = [item.text for item in items if isinstance(item, Word) and item.quoted]
            if "device" in words and not names:
                names = words[words.index("device") + 1 :][:1]
            for item in items:
                if isinstance(item, Group):
                    names += [part.text for part in item.items if isinstance(part, Word) and part.text != ","]
            self.devices[chain.name] = names


def _jumps(steps: tuple[Step, ...]) -> list[Jump]:
    found: list[Jump] = []
    for step in steps:
        if isinstance(step, Jump):
            found.append(step)
        elif isinstance(step, VerdictMap):
            found += [verdict for _, verdict in step.elements if isinstance(verdict, Jump)]
    return found


def _priority(words: list[str]) -> int | None:
    """``0``, ``-150``, ``filter``, ``filter + 10``, ``dstnat-5``."""
    text = "".join(words)
    for name, base in PRIORITIES.items():
        if text.startswith(name):
            text = text.removeprefix(name)
            return base if not text else _offset(base, text)
    return _offset(0, text)


def _offset(base: int, text: str) -> int | None:
    try:
        return base + int(text)
    except ValueError:
        return None


def _text(items: list[Item]) -> str:
    parts: list[str] = []
    size = 0
    for item in items:
        if isinstance(item, Group):
            words = [part.text for part in item.items[:12] if isinstance(part, Word)] if item.commas < 200 else ["…"]
            part = "{ " + " ".join(words).replace(" ,", ",") + " }"
        else:
            part = f'"{item.text}"' if item.quoted else item.text
        parts.append(part)
        size += len(part)
        if size > TEXT_LIMIT:
            parts.append("…")
            break
    return " ".join(parts).replace(" : ", ":")

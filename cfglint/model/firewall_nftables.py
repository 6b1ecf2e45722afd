"""nftables files executed in order, as ``nft -f`` does: tables, chains, sets, variables, includes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import PurePosixPath

from cfglint.model.firewall_nft_rule import RuleReader
from cfglint.model.firewall_nft_sets import NftSet, split_elements
from cfglint.model.firewall_rules import (
    DSTNAT,
    FILTER,
    MANGLE,
    RAW,
    SECURITY,
    SRCNAT,
    Chain,
    Family,
    FilterRule,
    Hook,
    Jump,
    Match,
    Step,
    Table,
    VerdictMap,
)
from cfglint.model.firewall_worlds import FirewallFile
from cfglint.model.value_sets import Names
from cfglint.source import SourceFile, Span
from cfglint.syntax.nftables import Group, Item, NftFile, Statement, Word, read_nftables
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree

FAMILIES = frozenset({"ip", "ip6", "inet", "arp", "bridge", "netdev"})
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
_OTHER_OBJECTS = frozenset({"counter", "quota", "limit", "ct", "flowtable", "secmark", "synproxy"})
INGRESS = -100_000
"""What ingress chains' priorities are raised from: they come before every other hook."""

MAX_INCLUDES = 50
MAX_SUBSTITUTIONS = 10
TEXT_LIMIT = 160

_Key = tuple[str, str]


@dataclass(eq=False)
class _NftTable:
    table: Table
    family: str
    dormant: bool = False
    sets: dict[str, NftSet] = field(default_factory=dict)
    rules: dict[str, list[tuple[list[Item], Span]]] = field(default_factory=dict)
    devices: dict[str, list[str]] = field(default_factory=dict)


@dataclass(eq=False)
class NftRules:
    """The tables that nft files leave behind.

    Attributes:
        tree: the node, for includes.
        files: every file read.
        problems: what does not read.
    """

    tree: NodeTree
    files: list[FirewallFile] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)
    _tables: dict[_Key, _NftTable] = field(default_factory=dict)
    _variables: dict[str, list[Item]] = field(default_factory=dict)
    _unclear: tuple[str, Span] | None = None

    def load(self, relative: str) -> bool:
        """Execute a file; False when it does not exist."""
        source = self.tree.read(relative)
        if source is None:
            return False
        self.files.append(FirewallFile("nftables", relative, source))
        if len(self.files) > MAX_INCLUDES:
            self.doubt("files include each other without end", Span(source.path))
            return True
        file = read_nftables(source)
        self.problems += file.problems
        if file.problems:
            self.doubt(f"{file.problems[0].message}: nft loads nothing of the file", file.problems[0].span)
        self._run(file, relative)
        return True

    def execute(self, text: str, span: Span) -> None:
        """Execute one command of a script."""
        file = read_nftables(SourceFile(span.path, text))
        for statement in file.statements:
            self._statement(self._substituted(statement.items), span, span.path)

    def tables(self) -> list[Table]:
        """The tables as they stand; rules are read now, when every set is known."""
        found: list[Table] = []
        for entry in self._tables.values():
            if entry.dormant or entry.family in {"arp", "bridge"}:
                continue
            version = {"ip": 4, "ip6": 6}.get(entry.family, 0)
            reader = RuleReader(entry.sets, version)
            for name, chain in entry.table.chains.items():
                devices = entry.devices.get(name, [])
                prefix: tuple[Step, ...] = (Match("iif", Names.of(*devices)),) if devices else ()
                chain.rules = [
                    FilterRule((*prefix, *reader.read(items)), span, _text(items))
                    for items, span in entry.rules.get(name, [])
                ]
            if self._unclear is not None and not entry.table.unclear:
                entry.table.unclear, entry.table.unclear_span = self._unclear
            _check_jumps(entry.table)
            found.append(entry.table)
        if not found and self._unclear is not None:
            why, span = self._unclear
            found.append(Table("nftables", "ruleset", "inet", unclear=why, unclear_span=span))
        return found

    def doubt(self, why: str, span: Span) -> None:
        """Leave the whole rule set open: something changes it that cannot be followed."""
        if self._unclear is None:
            self._unclear = (why, span)

    def _run(self, file: NftFile, relative: str) -> None:
        for statement in file.statements:
            span = file.source.line_span(statement.line)
            self._statement(self._substituted(statement.items), span, relative, file.source)

    def _substituted(self, items: list[Item], depth: int = 0) -> list[Item]:
        """The same items with variables replaced."""
        if depth > MAX_SUBSTITUTIONS or not any(isinstance(item, Word) and "$" in item.text for item in items):
            return items
        found: list[Item] = []
        for item in items:
            name = item.text[1:] if isinstance(item, Word) and item.text.startswith("$") and not item.quoted else ""
            if name in self._variables:
                found += self._substituted(self._variables[name], depth + 1)
            else:
                found.append(item)
        return found

    def _statement(self, items: list[Item], span: Span, relative: str, source: SourceFile | None = None) -> None:
        words = [item.text if isinstance(item, Word) else "{" for item in items]
        head = words[0] if words else ""
        if head in {"define", "redefine"}:
            self._define(items)
        elif head == "undefine":
            self._variables.pop(words[1] if len(words) > 1 else "", None)
        elif head == "include":
            self._include(words[1] if len(words) > 1 else "", span, relative)
        elif head == "table":
            self._table_block(items[1:], span, source)
        elif head in {"add", "create", "insert", "replace"}:
            self._add(items, words, span, source)
        elif head in {"delete", "destroy", "flush", "reset", "rename"}:
            self._remove(head, words[1:], span)
        elif head not in {"list", "monitor", "describe", "export"}:
            self.doubt(f"`{' '.join(words)[:40]}` is not understood", span)

    def _define(self, items: list[Item]) -> None:
        if len(items) > 3 and isinstance(items[1], Word):
            value = self._substituted(items[3:])
            self._variables[items[1].text] = value

    def _include(self, pattern: str, span: Span, relative: str) -> None:
        place = pattern if pattern.startswith("/") else (PurePosixPath(relative).parent / pattern).as_posix()
        place = place.lstrip("/")
        folder, name = PurePosixPath(place).parent.as_posix(), PurePosixPath(place).name
        if "*" in name or "?" in name or "[" in name:
            found = [path for path in self.tree.files(folder) if fnmatch(PurePosixPath(path).name, name)]
            for path in sorted(found):
                if not PurePosixPath(path).name.startswith("."):
                    self.load(path)
            return
        if not self.load(place):
            self.doubt(f"{pattern} is included, but is not among the given files", span)

    def _key(self, words: list[str]) -> tuple[_Key, list[str]]:
        """Family and name of a table, and the words after them."""
        if words and words[0] in FAMILIES:
            return (words[0], words[1] if len(words) > 1 else ""), words[2:]
        return ("ip", words[0] if words else ""), words[1:]

    def _table(self, key: _Key, span: Span) -> _NftTable:
        if key not in self._tables:
            families: dict[str, Family] = {"ip": "ip", "ip6": "ip6"}
            table = Table("nftables", f"{key[0]} {key[1]}", families.get(key[0], "inet"))
            table.unclear_span = span
            self._tables[key] = _NftTable(table, key[0])
        return self._tables[key]

    def _table_block(self, items: list[Item], span: Span, source: SourceFile | None) -> None:
        words = [item.text for item in items if isinstance(item, Word)]
        key, _ = self._key(words)
        entry = self._table(key, span)
        for item in items:
            if isinstance(item, Group):
                for statement in item.statements:
                    self._in_table(entry, statement, span, source)

    def _in_table(self, entry: _NftTable, statement: Statement, span: Span, source: SourceFile | None) -> None:
        here = source.line_span(statement.line) if source is not None else span
        items = self._substituted(statement.items)
        head = items[0].text if isinstance(items[0], Word) else ""
        name = items[1].text if len(items) > 1 and isinstance(items[1], Word) else ""
        if head == "flags":
            entry.dormant = any(isinstance(item, Word) and item.text == "dormant" for item in items)
        elif head in {"define", "redefine"}:
            self._define(items)
        elif head == "chain":
            chain = self._chain(entry, name, here)
            for item in items[2:]:
                if isinstance(item, Group):
                    for inner in item.statements:
                        self._in_chain(entry, chain, inner, source, here)
        elif head in {"set", "map"}:
            declared = entry.sets.setdefault(name, NftSet(name))
            for item in items[2:]:
                if isinstance(item, Group):
                    self._in_set(declared, item)

    def _chain(self, entry: _NftTable, name: str, span: Span) -> Chain:
        entry.rules.setdefault(name, [])
        return entry.table.chains.setdefault(name, Chain(name, span))

    def _in_chain(
        self, entry: _NftTable, chain: Chain, statement: Statement, source: SourceFile | None, span: Span
    ) -> None:
        here = source.line_span(statement.line) if source is not None else span
        items = self._substituted(statement.items)
        words = [item.text if isinstance(item, Word) else "{" for item in items]
        if words[0] == "type" and "hook" in words:
            self._hook(entry, chain, items, words, here)
        elif words[0] == "policy" and len(words) > 1:
            chain.policy = "drop" if words[1] == "drop" else "accept"
            chain.policy_span = here
        elif words[0] in {"comment", "flags", "device", "devices"} and len(words) <= 4:
            return
        else:
            entry.rules[chain.name].append((items, here))

    def _hook(self, entry: _NftTable, chain: Chain, items: list[Item], words: list[str], span: Span) -> None:
        hook = words[words.index("hook") + 1] if words.index("hook") + 1 < len(words) else ""
        if hook not in HOOKS:
            entry.table.unclear, entry.table.unclear_span = f"hook {hook} is not judged", span
            return
        chain.hook = HOOKS[hook]
        chain.is_nat = words[1:2] == ["nat"]
        chain.span = span
        if "priority" in words:
            priority = _priority(words[words.index("priority") + 1 :])
            if priority is None:
                entry.table.unclear, entry.table.unclear_span = "a chain's priority is not understood", span
            chain.priority = (priority or 0) + (INGRESS if hook == "ingress" else 0)
        if hook == "ingress":
            names = [item.text for item in items if isinstance(item, Word) and item.quoted]
            if "device" in words and not names:
                names = words[words.index("device") + 1 :][:1]
            for item in items:
                if isinstance(item, Group):
                    names += [part.text for part in item.items if isinstance(part, Word) and part.text != ","]
            entry.devices[chain.name] = names

    def _in_set(self, declared: NftSet, group: Group) -> None:
        for statement in group.statements:
            items = self._substituted(statement.items)
            words = [item.text for item in items if isinstance(item, Word)]
            if not words:
                continue
            if words[0] == "timeout" or (words[0] == "flags" and {"dynamic", "timeout"} & set(words)):
                declared.unclear = "its elements come and go at run time"
            elif words[0] == "elements":
                for item in items:
                    if isinstance(item, Group):
                        self._elements(declared, item)

    def _elements(self, declared: NftSet, group: Group) -> None:
        elements = split_elements(group)
        if elements is None:
            declared.unclear = "it has too many elements to be read"
        else:
            declared.elements += [self._substituted(element) for element in elements]

    def _add(self, items: list[Item], words: list[str], span: Span, source: SourceFile | None) -> None:
        kind = words[1] if len(words) > 1 else ""
        if kind in _OTHER_OBJECTS:
            return
        if kind not in {"table", "chain", "rule", "set", "map", "element"}:
            kind, items, words = "rule", [items[0], Word("rule", 0), *items[1:]], [words[0], "rule", *words[1:]]
        key, rest = self._key([word for word in words[2:] if word != "{"])
        if kind == "table":
            self._table_block(items[2:], span, source)
            return
        entry = self._tables.get(key)
        name = rest[0] if rest else ""
        if entry is None:
            self.doubt(f"there is no table {key[0]} {key[1]}", span)
        elif kind == "rule":
            used = 2 + (2 if words[2:3] and words[2] in FAMILIES else 1) + 1
            self._add_rule(entry, name, words[0], items[used:], span)
        else:
            for group in [item for item in items if isinstance(item, Group)] or [Group([], span.line, span.line)]:
                self._add_object(entry, kind, name, group, span)

    def _add_object(self, entry: _NftTable, kind: str, name: str, group: Group, span: Span) -> None:
        if kind == "chain":
            chain = self._chain(entry, name, span)
            for statement in group.statements:
                self._in_chain(entry, chain, statement, None, span)
            return
        declared = entry.sets.setdefault(name, NftSet(name))
        if kind == "element":
            self._elements(declared, group)
        else:
            self._in_set(declared, group)

    def _add_rule(self, entry: _NftTable, chain: str, command: str, items: list[Item], span: Span) -> None:
        first = items[0].text if items and isinstance(items[0], Word) else ""
        if chain not in entry.rules:
            self.doubt(f"there is no chain {chain}", span)
        elif first in {"handle", "position", "index"} or command == "replace":
            entry.table.unclear, entry.table.unclear_span = "a rule's place is given by a handle", span
        elif command == "insert":
            entry.rules[chain].insert(0, (items, span))
        else:
            entry.rules[chain].append((items, span))

    def _remove(self, head: str, words: list[str], span: Span) -> None:
        kind = words[0] if words else ""
        if head == "flush" and kind == "ruleset":
            family = words[1] if len(words) > 1 else ""
            self._tables = {key: entry for key, entry in self._tables.items() if family and key[0] != family}
        elif head == "rename":
            self.doubt("a chain is renamed, which is not followed", span)
        elif head != "reset":
            key, rest = self._key(words[1:])
            if key in self._tables:  # deleting what an earlier version of the file left behind is usual
                self._remove_from(key, head, kind, rest[0] if rest else "", span)

    def _remove_from(self, key: _Key, head: str, kind: str, name: str, span: Span) -> None:
        entry = self._tables[key]
        if kind == "table" and head == "flush":
            entry.rules = {chain: [] for chain in entry.rules}
        elif kind == "table":
            del self._tables[key]
        elif kind == "chain" and head == "flush":
            entry.rules[name] = []
        elif kind == "chain":
            entry.rules.pop(name, None)
            entry.table.chains.pop(name, None)
        elif kind in {"set", "map", "element"}:
            if name in entry.sets:
                entry.sets[name].unclear = "it is changed by a command that is not followed"
        else:
            entry.table.unclear, entry.table.unclear_span = "a rule is deleted by its handle", span


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


def _check_jumps(table: Table) -> None:
    """Nft refuses a file in which a rule jumps to a chain that is not there."""
    for chain in table.chains.values():
        for rule in chain.rules:
            for step in rule.steps:
                targets = [step] if isinstance(step, Jump) else []
                if isinstance(step, VerdictMap):
                    targets = [verdict for _, verdict in step.elements if isinstance(verdict, Jump)]
                for jump in targets:
                    if jump.chain not in table.chains and not table.unclear:
                        table.unclear, table.unclear_span = f"there is no chain {jump.chain}", rule.span


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

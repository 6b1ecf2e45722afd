"""nftables files executed in order, as ``nft -f`` does: tables, chains, sets, variables, includes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import PurePosixPath

from cfglint.model.firewall_nft_table import NftTable
from cfglint.model.firewall_nft_variables import NftVariables
from cfglint.model.firewall_rules import Family, Table
from cfglint.model.firewall_worlds import FirewallFile
from cfglint.source import SourceFile, Span
from cfglint.syntax.nftables import Group, Item, NftFile, Word, read_nftables
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree

FAMILIES = frozenset({"ip", "ip6", "inet", "arp", "bridge", "netdev"})
_OTHER_OBJECTS = frozenset({"counter", "quota", "limit", "ct", "flowtable", "secmark", "synproxy"})
MAX_INCLUDES = 50

_Key = tuple[str, str]


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
    _tables: dict[_Key, NftTable] = field(default_factory=dict)
    _variables: NftVariables = field(default_factory=NftVariables)
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
            self._statement(self._variables.replaced(statement.items), span, span.path)

    def tables(self) -> list[Table]:
        """The tables as they stand; rules are read now, when every set is known."""
        found: list[Table] = []
        for entry in self._tables.values():
            if entry.dormant or entry.family in {"arp", "bridge"}:
                continue
            table = entry.finish()
            if self._unclear is not None and not table.unclear:
                entry.doubt(*self._unclear)
            entry.check_jumps()
            found.append(table)
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
            self._statement(self._variables.replaced(statement.items), span, relative, file.source)

    def _statement(self, items: list[Item], span: Span, relative: str, source: SourceFile | None = None) -> None:
        words = [item.text if isinstance(item, Word) else "{" for item in items]
        head = words[0] if words else ""
        if head in {"define", "redefine"}:
            self._variables.define(items)
        elif head == "undefine":
            self._variables.undefine(words[1] if len(words) > 1 else "")
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

    def _table(self, key: _Key, span: Span) -> NftTable:
        if key not in self._tables:
            families: dict[str, Family] = {"ip": "ip", "ip6": "ip6"}
            table = Table("nftables", f"{key[0]} {key[1]}", families.get(key[0], "inet"))
            table.unclear_span = span
            self._tables[key] = NftTable(table, key[0], self._variables)
        return self._tables[key]

    def _table_block(self, items: list[Item], span: Span, source: SourceFile | None) -> None:
        words = [item.text for item in items if isinstance(item, Word)]
        key, _ = self._key(words)
        entry = self._table(key, span)
        for item in items:
            if isinstance(item, Group):
                for statement in item.statements:
                    entry.take(statement, span, source)

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
                _add_object(entry, kind, name, group, span)

    def _add_rule(self, entry: NftTable, chain: str, command: str, items: list[Item], span: Span) -> None:
        first = items[0].text if items and isinstance(items[0], Word) else ""
        if chain not in entry.rules:
            self.doubt(f"there is no chain {chain}", span)
        elif first in {"handle", "position", "index"} or command == "replace":
            entry.doubt("a rule's place is given by a handle", span)
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
            if kind == "table" and head != "flush":
                self._tables.pop(key, None)
            elif key in self._tables:  # deleting what an earlier version of the file left behind is usual
                self._tables[key].remove(head, kind, rest[0] if rest else "", span)


def _add_object(entry: NftTable, kind: str, name: str, group: Group, span: Span) -> None:
    if kind == "chain":
        entry.fill_chain(name, group, span, None)
    elif kind == "element":
        entry.add_elements(name, group)
    else:
        entry.fill_set(name, group)

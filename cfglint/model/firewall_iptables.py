"""iptables tables built by executing commands in order: restore files, scripts, firewalld's direct rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_ipsets import SetMatchReader
from cfglint.model.firewall_iptables_rule import read_rule
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
    Table,
    UnclearVerdict,
    VerdictKind,
)
from cfglint.source import Span
from cfglint.syntax.iptables_save import ChainLine, IptablesSave

_HOOKS: dict[str, Hook] = {
    "PREROUTING": "prerouting",
    "INPUT": "input",
    "FORWARD": "forward",
    "OUTPUT": "output",
    "POSTROUTING": "postrouting",
}

BUILT_IN: dict[str, dict[str, int]] = {
    "raw": {"PREROUTING": RAW, "OUTPUT": RAW},
    "mangle": dict.fromkeys(_HOOKS, MANGLE),
    "nat": {"PREROUTING": DSTNAT, "INPUT": SRCNAT, "OUTPUT": DSTNAT, "POSTROUTING": SRCNAT},
    "filter": {"INPUT": FILTER, "FORWARD": FILTER, "OUTPUT": FILTER},
    "security": {"INPUT": SECURITY, "FORWARD": SECURITY, "OUTPUT": SECURITY},
}
"""Table → built-in chain → priority."""

_COMMANDS = {
    "-A": "append",
    "--append": "append",
    "-I": "insert",
    "--insert": "insert",
    "-D": "delete",
    "--delete": "delete",
    "-R": "replace",
    "--replace": "replace",
    "-N": "new",
    "--new-chain": "new",
    "-X": "remove",
    "--delete-chain": "remove",
    "-F": "flush",
    "--flush": "flush",
    "-P": "policy",
    "--policy": "policy",
    "-E": "rename",
    "--rename-chain": "rename",
    "-Z": "none",
    "--zero": "none",
    "-C": "none",
    "--check": "none",
    "-L": "none",
    "--list": "none",
    "-S": "none",
    "--list-rules": "none",
}

TEXT_LIMIT = 160
"""Characters of a rule's text that are kept for traces and messages."""


@dataclass(eq=False)
class _Slot:
    words: tuple[str, ...]
    rule: FilterRule


@dataclass(eq=False)
class _Building:
    table: Table
    slots: dict[str, list[_Slot]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    command: str
    chain: str
    rest: list[str]
    span: Span
    text: str


@dataclass(eq=False)
class IptablesRules:
    """The tables of one IP version, as commands leave them.

    Attributes:
        version: 4 or 6.
        manager: what traces call it, e.g. ``iptables``.
        sets: the ipsets that rules may name.
    """

    version: int
    manager: str
    sets: SetMatchReader = field(default_factory=SetMatchReader)
    _tables: dict[str, _Building] = field(default_factory=dict)

    def restore(self, save: IptablesSave, *, keep: bool = False) -> None:
        """Load a file as iptables-restore does; with ``keep`` as with --noflush."""
        for block in save.tables:
            if not block.committed:
                building = self._table(block.name, block.span)
                building.table.unclear = f"table {block.name} has no COMMIT line, so iptables-restore loads none of it"
                building.table.unclear_span = block.span
                continue
            if not keep:
                self._tables.pop(block.name, None)
            self._table(block.name, block.span)
            for line in block.lines:
                if isinstance(line, ChainLine):
                    self._declare(block.name, line.name, line.policy, line.span)
                    if line.policy == "-":
                        self._tables[block.name].slots[line.name] = []  # restore empties a chain that it declares
                else:
                    self.execute(list(line.words), line.span, line.text, block.name)
        for problem in save.problems:
            if problem.kind in {"iptables-unmatched-quote", "iptables-bad-chain", "iptables-stray-line"}:
                self._spoil_all(f"{problem.message}: iptables-restore refuses the file", problem.span)

    def execute(self, words: list[str], span: Span, text: str, table: str = "filter") -> bool:
        """Execute one command (``-A INPUT …``; ``-t TABLE`` may come first).

        Returns:
            False when it is none of iptables' commands.
        """
        words = list(words)
        while len(words) > 1 and words[0] in {"-t", "--table"}:
            table, words = words[1], words[2:]
        if "-t" in words[:-1] and words[0] in _COMMANDS:
            at = words.index("-t")
            table, words = words[at + 1], [*words[:at], *words[at + 2 :]]
        if not words or words[0] not in _COMMANDS:
            self._table(table, span)
            self._spoil(table, f"{text[:40]} is not understood", span)
            return False
        command = _COMMANDS[words[0]]
        if command == "none":
            return True
        building = self._table(table, span)
        chain = words[1] if len(words) > 1 and not words[1].startswith("-") else ""
        rest = words[2:] if chain else words[1:]
        if command in {"flush", "remove"}:
            self._clear(building, chain, remove=command == "remove")
        elif not chain:
            self._spoil(table, f"{words[0]} names no chain", span)
        elif command == "new":
            self._declare(table, chain, "-", span)
        elif command == "policy":
            self._declare(table, chain, rest[0] if rest else "", span)
        elif command == "rename":
            self._spoil(table, "a chain is renamed, which is not followed", span)
        else:
            shown = text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}…"
            self._change(building, _Change(command, chain, rest, span, shown))
        return True

    def doubt(self, table: str, why: str, span: Span) -> None:
        """Leave a table open: something changes it that cannot be followed."""
        self._spoil(table, why, span)

    def tables(self) -> list[Table]:
        """The tables as they stand."""
        for building in self._tables.values():
            for name, slots in building.slots.items():
                building.table.chains[name].rules = [slot.rule for slot in slots]
            self._check(building)
        return [building.table for building in self._tables.values()]

    def _table(self, name: str, span: Span) -> _Building:
        if name not in self._tables:
            building = _Building(Table(self.manager, name, "ip" if self.version == 4 else "ip6"))
            for chain, priority in BUILT_IN.get(name, {}).items():
                building.table.chains[chain] = Chain(
                    chain, span, hook=_HOOKS[chain], priority=priority, is_nat=name == "nat"
                )
                building.slots[chain] = []
            self._tables[name] = building
            if name not in BUILT_IN:
                self._spoil(name, f"there is no table {name}", span)
        return self._tables[name]

    def _declare(self, table: str, name: str, policy: str, span: Span) -> None:
        building = self._table(table, span)
        chain = building.table.chains.setdefault(name, Chain(name, span))
        building.slots.setdefault(name, [])
        if chain.hook is None:
            return
        kinds: dict[str, VerdictKind] = {"ACCEPT": "accept", "DROP": "drop"}
        if policy in kinds:
            chain.policy = kinds[policy]
            chain.policy_span = span
        elif policy != "-":
            self._spoil(table, f"{policy or 'nothing'} is no policy", span)

    def _change(self, building: _Building, change: _Change) -> None:
        table, command, chain, rest, span = building.table, change.command, change.chain, change.rest, change.span
        slots = building.slots.get(chain)
        if slots is None:
            self._spoil(table.name, f"chain {chain} is not there", span)
            return
        number = 0
        if command in {"insert", "delete", "replace"} and rest and rest[0].isdecimal():
            number, rest = int(rest[0]), rest[1:]
        if command == "delete":
            self._delete(building, slots, number, tuple(rest), span)
            return
        steps, problem = read_rule(rest, self.version, self.sets)
        if problem:
            self._spoil(table.name, f"{problem}: iptables refuses the rule", span)
            return
        slot = _Slot(tuple(rest), FilterRule(steps, span, change.text))
        if command == "append":
            slots.append(slot)
        elif command == "insert" and number <= len(slots) + 1:
            slots.insert(max(number, 1) - 1, slot)
        elif command == "replace" and 1 <= number <= len(slots):
            slots[number - 1] = slot
        else:
            self._spoil(table.name, f"chain {chain} has no place {number}", span)

    def _delete(self, building: _Building, slots: list[_Slot], number: int, words: tuple[str, ...], span: Span) -> None:
        fitting = (place for place, slot in enumerate(slots) if slot.words == words)
        at = number - 1 if number else next(fitting, -1)
        if 0 <= at < len(slots):
            del slots[at]
        else:
            self._spoil(building.table.name, "the rule to delete is not there as written", span)

    def _clear(self, building: _Building, chain: str, *, remove: bool) -> None:
        for name in [chain] if chain else list(building.slots):
            if name not in building.slots:
                continue
            if not remove:
                building.slots[name] = []
            elif building.table.chains[name].hook is None:
                del building.slots[name]
                del building.table.chains[name]

    def _spoil(self, table: str, why: str, span: Span) -> None:
        found = self._table(table, span).table
        if not found.unclear:
            found.unclear, found.unclear_span = why, span

    def _spoil_all(self, why: str, span: Span) -> None:
        for name in list(self._tables) or ["filter"]:
            self._spoil(name, why, span)

    def _check(self, building: _Building) -> None:
        for chain in building.table.chains.values():
            for at, rule in enumerate(chain.rules):
                last = rule.steps[-1] if rule.steps else None
                if not isinstance(last, Jump) or last.chain in building.table.chains:
                    continue
                if last.chain.isupper():
                    unclear = UnclearVerdict(f"target {last.chain} is not known")
                    chain.rules[at] = FilterRule((*rule.steps[:-1], unclear), rule.span, rule.text)
                else:
                    why = f"there is no chain or target {last.chain} in table {building.table.name}"
                    self._spoil(building.table.name, why, rule.span)

"""Firewall commands in a node's shell scripts, as far as they are plain commands.

Files win: where a firewall's own files are given they are judged, since they are what such scripts leave behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cfglint.model.firewall_ipsets import IpSet, SetMatchReader
from cfglint.model.firewall_iptables import IptablesRules
from cfglint.model.firewall_nftables import NftRules
from cfglint.model.firewall_rules import Table
from cfglint.model.firewall_worlds import FirewallFile
from cfglint.model.firewalld_commands import FirewalldCommand, FirewalldEditor, read_firewalld_command
from cfglint.model.firewalld_config import FirewalldConfig
from cfglint.model.host_files import first_file
from cfglint.model.host_scripts import script_sources
from cfglint.source import SourceFile, Span
from cfglint.syntax.shell_commands import ShellCommand, read_shell_commands
from cfglint.tree import NodeTree

FIREWALLD_PROGRAMS = frozenset({"firewall-cmd", "firewall-offline-cmd"})
IPTABLES_PROGRAMS = {"iptables": 4, "ip6tables": 6}
PROGRAMS = FIREWALLD_PROGRAMS | frozenset(IPTABLES_PROGRAMS) | {"nft"}


@dataclass(frozen=True, slots=True)
class ScriptCommand:
    """One firewall command of a script.

    Attributes:
        command: the command.
        source: the script.
        unclear: why it cannot be followed (a condition, a word that takes a shell to tell); empty when it can.
    """

    command: ShellCommand
    source: SourceFile
    unclear: str

    @property
    def words(self) -> list[str]:
        """Its words; only for a command that can be followed."""
        return [word for word in self.command.words if word is not None]


@dataclass(eq=False)
class ScriptFirewall:
    """What scripts make of each manager.

    Attributes:
        tables: of iptables and ip6tables; None when no script speaks of them.
        nftables: of nft; likewise.
        firewalld: its permanent configuration; likewise.
        files: the scripts with such commands.
        not_followed: commands that are left out: text and reason, with their place.
    """

    tables: list[Table] | None = None
    nftables: list[Table] | None = None
    firewalld: FirewalldConfig | None = None
    files: list[FirewallFile] = field(default_factory=list)
    not_followed: list[tuple[str, Span]] = field(default_factory=list)


def firewall_commands(tree: NodeTree) -> Iterator[ScriptCommand]:
    """The firewall commands of a node's scripts, in order; scripts that Keepalived calls are left out."""
    scripts = script_sources(tree)
    if not scripts:
        return
    daemon = first_file(tree, "etc/keepalived/keepalived.conf", "keepalived.conf")
    config = tree.read(daemon) if daemon is not None else None
    for source in scripts:
        if not any(program in source.text for program in PROGRAMS):
            continue
        if config is not None and source.path.rsplit("/", 1)[-1] in config.text:
            continue
        for command in read_shell_commands(source):
            if command.program in PROGRAMS:
                unclear = "it runs only under a condition" if command.conditional else ""
                if None in command.words:
                    unclear = "it has a word that takes a shell to tell"
                yield ScriptCommand(command, source, unclear)


def firewalld_commands(tree: NodeTree) -> list[FirewalldCommand]:
    """The firewall-cmd commands that can be followed, in order."""
    return [
        read_firewalld_command(entry.words, entry.command.span)
        for entry in firewall_commands(tree)
        if entry.command.program in FIREWALLD_PROGRAMS and not entry.unclear
    ]


def replay_scripts(tree: NodeTree, sets: dict[str, IpSet]) -> ScriptFirewall:
    """Execute the firewall commands of a node's scripts, in order.

    Args:
        tree: the node.
        sets: the ipsets there are.
    """
    found = ScriptFirewall()
    rules = {version: IptablesRules(version, program, SetMatchReader(sets)) for program, version in _VERSIONS}
    nft = NftRules(tree)
    pending: list[FirewalldCommand] = []
    seen: dict[str, SourceFile] = {}
    for entry in firewall_commands(tree):
        program = entry.command.program
        manager = "iptables" if program in IPTABLES_PROGRAMS else "nftables" if program == "nft" else "firewalld"
        seen.setdefault(entry.source.path, entry.source)
        if entry.unclear:
            shown = " ".join(entry.words)[:60]
            found.not_followed.append((f"`{shown}`: {entry.unclear}", entry.command.span))
        if manager == "iptables":
            _iptables(rules[IPTABLES_PROGRAMS[program]], entry)
        elif manager == "nftables":
            _nft(nft, entry)
        elif not entry.unclear:
            pending.append(read_firewalld_command(entry.words, entry.command.span))
        if manager == "firewalld" and found.firewalld is None:
            found.firewalld = FirewalldConfig(entry.command.span)
    tables = [table for version in (4, 6) for table in rules[version].tables()]
    found.tables = tables or None
    found.nftables = nft.tables() or None
    if found.firewalld is not None:
        editor = _firewalld(found.firewalld, pending)
        found.not_followed += [(f"`{command.text}` is not understood", command.span) for command in editor.not_followed]
    if found.tables or found.nftables or found.firewalld:
        found.files = [FirewallFile("script", path, source) for path, source in seen.items()]
    return found


_VERSIONS = (("iptables", 4), ("ip6tables", 6))


def _iptables(rules: IptablesRules, entry: ScriptCommand) -> None:
    words = entry.words[1:]
    while words and words[0] in {"-w", "--wait", "-4", "-6"}:
        words = words[1:]
    text = " ".join(words)
    if entry.unclear:
        rules.doubt(_table_of(words), f"`{text[:60]}`: {entry.unclear}", entry.command.span)
    else:
        rules.execute(words, entry.command.span, text)


def _table_of(words: list[str]) -> str:
    return words[words.index("-t") + 1] if "-t" in words[:-1] else "filter"


def _nft(rules: NftRules, entry: ScriptCommand) -> None:
    words = entry.words[1:]
    if entry.unclear:
        rules.doubt(f"`nft {' '.join(words)[:60]}`: {entry.unclear}", entry.command.span)
    elif words[:1] == ["-f"] and len(words) > 1:
        if not rules.load(words[1].lstrip("/")):
            rules.doubt(f"{words[1]} is loaded by a script, but is not among the given files", entry.command.span)
    else:
        rules.execute(" ".join(words), entry.command.span)


def _firewalld(config: FirewalldConfig, commands: list[FirewalldCommand]) -> FirewalldEditor:
    """The permanent configuration that the commands leave: what is judged is what a reload loads."""
    editor = FirewalldEditor(config)
    runtime: list[FirewalldCommand] = []
    for command in commands:
        if command.has("runtime-to-permanent"):
            for earlier in runtime:
                editor.apply(earlier)
            runtime.clear()
        elif command.permanent or command.has("set-default-zone"):
            editor.apply(command)
        else:
            runtime.append(command)
    return editor

"""A host's packet filters: which files a node has, and what is loaded because of them."""

from __future__ import annotations

from cfglint.model.firewall_firewalld import FirewalldTables
from cfglint.model.firewall_ipsets import IpSet, SetMatchReader, ipset_of
from cfglint.model.firewall_iptables import IptablesRules
from cfglint.model.firewall_nftables import NftRules
from cfglint.model.firewall_rules import Table
from cfglint.model.firewall_worlds import Firewall, FirewallFile, World
from cfglint.model.firewalld_config import FirewalldConfig, read_firewalld
from cfglint.source import SourceFile
from cfglint.syntax.ipset_save import read_ipset_save
from cfglint.syntax.iptables_save import looks_like_iptables_save, read_iptables_save
from cfglint.tree import NodeTree

__all__ = ["Firewall", "FirewallFile", "World", "read_firewall"]

IPTABLES_FILES = (
    ("etc/iptables/rules.v4", 4),
    ("etc/iptables/rules.v6", 6),
    ("etc/sysconfig/iptables", 4),
    ("etc/sysconfig/ip6tables", 6),
    ("etc/iptables.rules", 4),
    ("etc/iptables.up.rules", 4),
    ("iptables/rules.v4", 4),
    ("iptables/rules.v6", 6),
    ("sysconfig/iptables", 4),
    ("sysconfig/ip6tables", 6),
    ("rules.v4", 4),
    ("rules.v6", 6),
    ("iptables", 4),
    ("ip6tables", 6),
    ("iptables.rules", 4),
    ("ip6tables.rules", 6),
)
"""Where iptables-restore's input lies, and the IP version it is for."""

IPSET_FILES = (
    "etc/ipset.conf",
    "etc/sysconfig/ipset",
    "etc/iptables/ipsets",
    "iptables/ipsets",
    "ipset.conf",
    "ipsets",
    "ipset",
)
"""Where members of ipsets are kept."""


NFTABLES_FILES = ("etc/nftables.conf", "etc/sysconfig/nftables.conf", "sysconfig/nftables.conf", "nftables.conf")
"""nft's main file, of which one is loaded."""


def read_firewall(tree: NodeTree) -> Firewall:
    """Read every firewall file of a node."""
    firewall = Firewall(root=tree.shown_path("").rstrip("/") or ".")
    sets = _read_ipsets(tree, firewall)
    saved = _read_iptables(tree, firewall, sets)
    nftables = _read_nftables(tree, firewall)
    firewalld = read_firewalld(tree)
    if firewalld is not None:
        firewall.sources += firewalld.files
        firewall.problems += firewalld.problems
    _choose(firewall, saved, nftables, firewalld)
    firewall.files = [file.source.path for file in firewall.sources]
    return firewall


def _read_ipsets(tree: NodeTree, firewall: Firewall) -> dict[str, IpSet]:
    sets: dict[str, IpSet] = {}
    for relative in IPSET_FILES:
        if not tree.exists(relative):
            continue
        source = tree.read(relative)
        if source is not None:
            found = {name: ipset_of(block) for name, block in read_ipset_save(source).items()}
            if found:
                sets.update(found)
                firewall.sources.append(FirewallFile("ipset", relative, source))
    return sets


def _iptables_sources(tree: NodeTree) -> list[tuple[str, int, SourceFile]]:
    places = [(name, version) for name, version in IPTABLES_FILES if tree.exists(name)]
    places += [(name, 6 if name.startswith("ip6") else 4) for name in tree.files("", "ip*tables-save*")]
    found: list[tuple[str, int, SourceFile]] = []
    for name, version in places:
        source = tree.read(name)
        if source is not None and (not source.text.strip() or looks_like_iptables_save(source)):
            found.append((name, version, source))
    return found


def _read_iptables(tree: NodeTree, firewall: Firewall, sets: dict[str, IpSet]) -> list[Table]:
    tables: list[Table] = []
    for version in (4, 6):
        manager = "iptables" if version == 4 else "ip6tables"
        rules = IptablesRules(version, manager, SetMatchReader(sets))
        for relative, its_version, source in _iptables_sources(tree):
            if its_version != version:
                continue
            save = read_iptables_save(source)
            rules.restore(save)
            firewall.problems += save.problems
            firewall.sources.append(FirewallFile("iptables", relative, source))
        tables += rules.tables()
    return tables


def _read_nftables(tree: NodeTree, firewall: Firewall) -> list[Table]:
    """The main file, which includes the others; without one, every file of rules there is."""
    main = next((name for name in NFTABLES_FILES if tree.exists(name)), None)
    names = [main] if main is not None else [*tree.files("", "*.nft"), *tree.files("etc/nftables", "*.nft")]
    rules = NftRules(tree)
    for name in names:
        rules.load(name)
    firewall.problems += rules.problems
    firewall.sources += rules.files
    return rules.tables()


def _choose(firewall: Firewall, saved: list[Table], nftables: list[Table], firewalld: FirewalldConfig | None) -> None:
    """Which managers are loaded together.

    firewalld's service excludes those of the others, so either may be the one; iptables' and nftables' files can be
    loaded at once, and then both must let a packet through.
    """
    has_saved = any(file.kind in {"iptables", "nftables"} for file in firewall.sources)
    worlds: list[World] = []
    if firewalld is not None:
        backends = [firewalld.backend] if firewalld.backend else ["nftables", "iptables"]
        for backend in backends:
            label = f"with firewalld and FirewallBackend={backend}"
            worlds.append(World(label, FirewalldTables(firewalld, backend).build()))
        if len(backends) > 1:
            firewall.open_choice = "firewalld.conf is not among the given files, so FirewallBackend is not known"
            firewall.choice_span = firewalld.place
    if has_saved or not worlds:
        if worlds:
            firewall.open_choice = "firewalld and other rule files are there, and which of them is loaded is not told"
            firewall.choice_span = None
        worlds.append(World("with the other rule files", [*saved, *nftables]))
    firewall.worlds = worlds

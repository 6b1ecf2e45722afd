"""A host's packet filters: which files a node has, and what is loaded because of them."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.model.firewall_firewalld import FirewalldTables
from cfglint.model.firewall_ipsets import IpSet, SetMatchReader, ipset_of
from cfglint.model.firewall_iptables import IptablesRules
from cfglint.model.firewall_nftables import NftRules
from cfglint.model.firewall_rules import Table
from cfglint.model.firewall_scripts import replay_scripts
from cfglint.model.firewall_ufw import Ufw, read_ufw
from cfglint.model.firewall_worlds import Firewall, FirewallFile, World
from cfglint.model.firewalld_config import FirewalldConfig, read_firewalld
from cfglint.source import SourceFile
from cfglint.syntax.ipset_save import read_ipset_save
from cfglint.syntax.iptables_save import looks_like_iptables_save, read_iptables_save
from cfglint.syntax.nftables import looks_like_nftables
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


UFW_RULES = frozenset(f"{name}{suffix}.rules" for name in ("before", "user", "after") for suffix in ("", "6"))
"""ufw's own rule files: only ufw's chains around them give them meaning."""

NFTABLES_FILES = ("etc/nftables.conf", "etc/sysconfig/nftables.conf", "sysconfig/nftables.conf", "nftables.conf")
"""nft's main file, of which one is loaded."""


def read_firewall(tree: NodeTree) -> Firewall:
    """Read every firewall file of a node."""
    firewall = Firewall(root=tree.shown_path("").rstrip("/") or ".")
    sets = _read_ipsets(tree, firewall)
    saved = _read_iptables(tree, firewall, sets)
    nftables = _read_nftables(tree, firewall)
    firewalld, ufw = read_firewalld(tree), read_ufw(tree, sets)
    for manager in (firewalld, ufw):
        if manager is not None:
            firewall.sources += manager.files
            firewall.problems += manager.problems
    kinds = {file.kind for file in firewall.sources}
    found = _Managers(firewalld, ufw, saved if "iptables" in kinds else None, nftables if "nftables" in kinds else None)
    if not kinds - {"ipset"}:
        scripted = replay_scripts(tree, sets)
        firewall.sources += scripted.files
        firewall.not_followed = scripted.not_followed
        found = _Managers(scripted.firewalld, None, scripted.tables, scripted.nftables)
    _choose(tree, firewall, found)
    firewall.files = [file.source.path for file in firewall.sources] if firewall.worlds else []
    return firewall


def _read_ipsets(tree: NodeTree, firewall: Firewall) -> dict[str, IpSet]:
    sets: dict[str, IpSet] = {}
    for relative in (*IPSET_FILES, *tree.files("", "*.ipset")):
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
    captured = [(name, 6 if name.startswith("ip6") else 4) for name in tree.files("", "ip*tables-save*")]
    seen = {version for _, version in captured}
    stored = [(name, version) for name, version in IPTABLES_FILES if tree.exists(name)]
    places = [*captured, *((name, version) for name, version in stored if version not in seen)]
    known = {name for name, _ in places}
    places += [(name, _version(name)) for name in _unnamed(tree) if name not in known]
    found: list[tuple[str, int, SourceFile]] = []
    for name, version in places:
        source = tree.read(name)
        if source is not None and (not source.text.strip() or looks_like_iptables_save(source)):
            found.append((name, version, source))
    return found


def _unnamed(tree: NodeTree) -> list[str]:
    """Files whose name does not say what they are: those that were given one by one, and ``*.rules`` in a flat node."""
    names = sorted(tree.only) if tree.only is not None else tree.files("", "*.rules")
    return [name for name in names if name not in UFW_RULES]


def _version(name: str) -> int:
    return 6 if name.startswith("ip6") or name.endswith(("6", ".v6.rules", "6.rules")) else 4


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
    names = tree.files("", "nft-*.txt") or names  # what was captured from the running host wins
    for name in _unnamed(tree):
        source = tree.read(name)
        if name not in names and source is not None and looks_like_nftables(source):
            names.append(name)
    rules = NftRules(tree)
    for name in names:
        rules.load(name)
    firewall.problems += rules.problems
    firewall.sources += rules.files
    return rules.tables()


SERVICES = {
    "firewalld": ("firewalld.service",),
    "ufw": ("ufw.service",),
    "iptables": ("iptables.service", "ip6tables.service", "netfilter-persistent.service"),
    "nftables": ("nftables.service",),
}
"""The systemd services that load each manager's files."""


@dataclass(eq=False)
class _Managers:
    """The tables of each manager whose files are there; a manager without files is None."""

    firewalld: FirewalldConfig | None
    ufw: Ufw | None
    iptables: list[Table] | None
    nftables: list[Table] | None


def _choose(tree: NodeTree, firewall: Firewall, found: _Managers) -> None:
    """Which managers are loaded together.

    Services that are enabled decide where the node shows any. firewalld and ufw each exclude the others, since they
    and iptables' files replace each other's tables; iptables' and nftables' files can be loaded at once, and then
    both must let a packet through.
    """
    if found.ufw is not None and found.ufw.enabled is False:
        found.ufw = None
        firewall.open_choice = "ufw is not enabled, and no other firewall file is there"
    if found.firewalld is not None or found.ufw is not None:
        found.iptables, found.nftables = _unless_idle(found.iptables), _unless_idle(found.nftables)
    enabled = _enabled(tree)
    worlds: list[World] = []
    if found.firewalld is not None and _counts("firewalld", enabled):
        backends = [found.firewalld.backend] if found.firewalld.backend else ["nftables", "iptables"]
        for backend in backends:
            tables = FirewalldTables(found.firewalld, backend).build()
            worlds.append(World(f"with firewalld and FirewallBackend={backend}", tables))
        if len(backends) > 1:
            firewall.open_choice = "firewalld.conf is not among the given files, so FirewallBackend is not known"
            firewall.choice_span = found.firewalld.place
    nftables = found.nftables if found.nftables is not None and _counts("nftables", enabled) else None
    others = len(worlds)
    if found.ufw is not None and _counts("ufw", enabled):
        worlds.append(World("with ufw", [*found.ufw.tables, *(nftables or [])]))
    if found.iptables is not None and _counts("iptables", enabled):
        worlds.append(World("with the iptables rule files", [*found.iptables, *(nftables or [])]))
    elif nftables is not None and len(worlds) == others:
        worlds.append(World("with the nftables files", nftables))
    if len({world.label.split(" and ")[0] for world in worlds}) > 1:
        firewall.open_choice = "files of several firewalls are there, and which of them is loaded is not told"
        firewall.choice_span = None
    firewall.worlds = worlds


def _unless_idle(tables: list[Table] | None) -> list[Table] | None:
    """None for tables that let everything through, such as Debian's nftables.conf: they leave no question open."""
    chains = [chain for table in tables or [] for chain in table.chains.values()]
    idle = all(not chain.rules and chain.policy == "accept" for chain in chains)
    return None if idle and not any(table.unclear for table in tables or []) else tables


def _enabled(tree: NodeTree) -> set[str]:
    """The managers whose service systemd starts, as far as the node's files show."""
    folders = [name for name in tree.links_and_files("etc/systemd/system") if name.endswith((".wants", ".requires"))]
    units = {unit for folder in folders for unit in tree.links_and_files(f"etc/systemd/system/{folder}")}
    return {manager for manager, names in SERVICES.items() if units & set(names)}


def _counts(manager: str, enabled: set[str]) -> bool:
    return not enabled or manager in enabled

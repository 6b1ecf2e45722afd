"""ufw: its fixed chains, its rule files and its default policies, as ufw 0.36 loads them."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_ipsets import IpSet, SetMatchReader
from cfglint.model.firewall_iptables import IptablesRules
from cfglint.model.firewall_rules import Table
from cfglint.model.firewall_worlds import FirewallFile
from cfglint.source import SourceFile, Span
from cfglint.syntax.firewalld_conf import KeyValue, read_key_values
from cfglint.syntax.iptables_save import read_iptables_save
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree

FOLDERS = ("etc/ufw", "ufw", "lib/ufw", "")
DEFAULTS = ("etc/default/ufw", "default/ufw", "etc/ufw/default", "ufw/default", "default")
POLICIES = {"input": "DEFAULT_INPUT_POLICY", "output": "DEFAULT_OUTPUT_POLICY", "forward": "DEFAULT_FORWARD_POLICY"}
SHIPPED_POLICIES = {"input": "DROP", "output": "ACCEPT", "forward": "DROP"}

_BEFORE = {
    4: (
        "input -i lo -j ACCEPT",
        "output -o lo -j ACCEPT",
        "input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "output -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "input -m conntrack --ctstate INVALID -j DROP",
        *(
            f"{way} -p icmp --icmp-type {kind} -j ACCEPT"
            for way in ("input", "forward")
            for kind in ("destination-unreachable", "time-exceeded", "parameter-problem", "echo-request")
        ),
        "input -p udp --sport 67 --dport 68 -j ACCEPT",
        "input -p udp -d 224.0.0.251 --dport 5353 -j ACCEPT",
        "input -p udp -d 239.255.255.250 --dport 1900 -j ACCEPT",
    ),
    6: (
        "input -i lo -j ACCEPT",
        "output -o lo -j ACCEPT",
        "input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "output -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "input -m conntrack --ctstate INVALID -j DROP",
        *(f"input -p icmpv6 --icmpv6-type {kind} -j ACCEPT" for kind in (1, 2, 3, 4, 128, 129, 133, 134, 135, 136)),
        *(f"output -p icmpv6 --icmpv6-type {kind} -j ACCEPT" for kind in (1, 2, 3, 4, 128, 129, 133, 134, 135, 136)),
        *(f"forward -p icmpv6 --icmpv6-type {kind} -j ACCEPT" for kind in (1, 2, 3, 4, 128, 129)),
        "input -p udp -d ff02::fb --dport 5353 -j ACCEPT",
    ),
}
"""What ufw's own before.rules let through, for a node whose copy is not given."""


@dataclass(eq=False)
class Ufw:
    """One node's ufw.

    Attributes:
        enabled: ufw.conf says so; None when it is not given.
        enabled_span: where it says so.
        tables: what is loaded while it is enabled.
        files: everything read.
        problems: what does not read.
    """

    enabled: bool | None = None
    enabled_span: Span | None = None
    tables: list[Table] = field(default_factory=list)
    files: list[FirewallFile] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)


def read_ufw(tree: NodeTree, sets: dict[str, IpSet]) -> Ufw | None:
    """Read a node's ufw files; None when it has none."""
    ufw = Ufw()
    folder = next((name for name in FOLDERS if any(tree.exists(_path(name, file)) for file in _TELLING)), None)
    if folder is None:
        return None
    settings = read_key_values(source) if (source := _read(tree, ufw, _path(folder, "ufw.conf"))) else {}
    if "ENABLED" in settings:
        ufw.enabled = settings["ENABLED"].value.lower() == "yes"
        ufw.enabled_span = settings["ENABLED"].span
    defaults: dict[str, KeyValue] = {}
    for place in DEFAULTS:
        if tree.exists(place) and (source := _read(tree, ufw, place)) is not None:
            defaults = read_key_values(source)
            break
    ipv6 = defaults["IPV6"].value.lower() == "yes" if "IPV6" in defaults else True
    reading = _Reading(tree, ufw, folder, defaults, sets)
    ufw.tables = _load(reading, 4)
    if ipv6:
        ufw.tables += _load(reading, 6)
    else:
        ufw.tables += _closed(defaults["IPV6"].span)
    return ufw


_TELLING = ("ufw.conf", "user.rules", "before.rules")


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _read(tree: NodeTree, ufw: Ufw, relative: str) -> SourceFile | None:
    source = tree.read(relative) if tree.exists(relative) else None
    if source is not None:
        ufw.files.append(FirewallFile("ufw", relative, source))
    return source


@dataclass(frozen=True, slots=True)
class _Reading:
    tree: NodeTree
    ufw: Ufw
    folder: str
    defaults: dict[str, KeyValue]
    sets: dict[str, IpSet]


def _load(reading: _Reading, version: int) -> list[Table]:
    """The chains of one IP version, in the order in which ufw's start script fills them."""
    ufw, defaults = reading.ufw, reading.defaults
    suffix = "" if version == 4 else "6"
    rules = IptablesRules(version, "ufw", SetMatchReader(reading.sets))
    sources = {
        name: _read(reading.tree, ufw, _path(reading.folder, f"{name}{suffix}.rules"))
        for name in ("before", "user", "after")
    }
    first = next((source for source in sources.values() if source is not None), None)
    place = Span(first.path) if first is not None else Span(ufw.files[0].source.path)
    script = _Script(rules, place, f"ufw{suffix}")
    policies = {way: _policy(way, defaults) for way in POLICIES}
    script.chains(policies)
    before = sources["before"]
    if before is None:
        for line in _BEFORE[version]:
            way, _, rest = line.partition(" ")
            script.run(f"-A ufw{suffix}-before-{way} {rest}")
    else:
        _restore(rules, before, ufw)
    for way in ("input", "output", "forward"):
        script.run(f"-A ufw{suffix}-before-{way} -j ufw{suffix}-user-{way}")
    for name in ("after", "user"):
        source = sources[name]
        if source is not None:
            _restore(rules, source, ufw)
    for way, policy in policies.items():
        span = defaults[POLICIES[way]].span if POLICIES[way] in defaults else place
        target = "DROP" if policy == "REJECT" else policy
        rules.execute(["-P", way.upper(), target], span, f"{POLICIES[way]}={policy}")
    return rules.tables()


def _restore(rules: IptablesRules, source: SourceFile, ufw: Ufw) -> None:
    save = read_iptables_save(source)
    ufw.problems += save.problems
    rules.restore(save, keep=True)


def _policy(way: str, defaults: dict[str, KeyValue]) -> str:
    entry = defaults.get(POLICIES[way])
    value = entry.value.upper() if entry is not None else SHIPPED_POLICIES[way]
    return value if value in {"ACCEPT", "DROP", "REJECT"} else SHIPPED_POLICIES[way]


@dataclass(frozen=True, slots=True)
class _Script:
    """What ufw's start script does before it loads the rule files."""

    rules: IptablesRules
    place: Span
    prefix: str

    def run(self, command: str) -> None:
        self.rules.execute(command.split(), self.place, f"ufw: {command}")

    def chains(self, policies: dict[str, str]) -> None:
        parts = ("before-logging", "before", "after", "after-logging", "reject", "track")
        for way, policy in policies.items():
            for part in (*parts, "user", "user-logging", "skip-to-policy"):
                self.run(f"-N {self.prefix}-{part}-{way}")
            for part in parts:
                self.run(f"-A {way.upper()} -j {self.prefix}-{part}-{way}")
            self.run(f"-A {self.prefix}-skip-to-policy-{way} -j {policy}")
            if policy == "REJECT":
                self.run(f"-A {self.prefix}-reject-{way} -j REJECT")
        for part in ("logging-deny", "logging-allow", "not-local", "user-limit", "user-limit-accept"):
            self.run(f"-N {self.prefix}-{part}")


def _closed(span: Span) -> list[Table]:
    """IPV6=no: everything but the loopback interface is dropped."""
    rules = IptablesRules(6, "ufw")
    for chain, option in (("INPUT", "-i"), ("OUTPUT", "-o")):
        rules.execute(["-A", chain, option, "lo", "-j", "ACCEPT"], span, "ufw: lo, while IPV6=no")
    for chain in ("INPUT", "FORWARD", "OUTPUT"):
        rules.execute(["-P", chain, "DROP"], span, "IPV6=no")
    return rules.tables()

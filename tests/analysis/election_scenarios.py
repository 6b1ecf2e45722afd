"""Turns recorded elections into node directories, predicts each phase, and compares.

A recorded scenario is a folder: each node's keepalived.conf and firewall rules, and ``scenario.json`` with interfaces,
segments and phases (what was done to the nodes, and how long the lab waited). Run this file to print every comparison:

    python -m tests.analysis.election_scenarios FOLDER OUTCOMES.TSV
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from ipaddress import ip_address, ip_interface
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cfglint.analysis.election_change import change_of, kept_addresses
from cfglint.analysis.election_condition import NO_TROUBLES, Troubles, condition_of
from cfglint.analysis.election_outcome import holders_of
from cfglint.analysis.election_router import Address
from cfglint.analysis.election_settle import Change, Masters, Settled, settle
from cfglint.analysis.election_world import World, build_worlds
from cfglint.model.build_node import build_node
from cfglint.model.version import Target, Version
from cfglint.tree import NodeTree

Holders = dict[str, tuple[str, ...]]
Scenario = dict[str, Any]


@dataclass(frozen=True)
class State:
    """Where one branch of a scenario stands between two phases."""

    choice: int
    masters: Masters
    kept: tuple[tuple[Address, frozenset[str]], ...] = ()


@dataclass
class Replay:
    """One scenario being played in the simulator."""

    folder: Path
    scenario: Scenario
    version: str
    work: Path
    troubles: Troubles = NO_TROUBLES
    touched: set[str] = field(default_factory=set)
    rules: dict[str, str] = field(default_factory=dict)
    configs: dict[str, str] = field(default_factory=dict)
    world: World | None = None
    unread: bool = False
    states: set[State] = field(default_factory=set)

    def phases(self) -> Iterator[tuple[str, list[Holders], list[Settled]]]:
        """Each phase's name, the holders it can end with, and how."""
        for name, nodes in self.scenario["nodes"].items():
            self.configs[name] = (self.folder / f"{name}.conf").read_text()
            nft = self.folder / f"{name}.nft"
            self.rules[name] = nft.read_text() if nft.exists() else ""
            if not nodes.get("start", True):
                self.troubles = replace(self.troubles, down=self.troubles.down | {name})
        self._read()
        self.troubles = replace(self.troubles, failing=self._failing())
        first = True
        for phase in self.scenario["phases"]:
            old, killed = self.troubles, set[str]()
            for action in phase.get("do", []):
                self._act(action, killed)
            self.troubles = replace(self.troubles, failing=self._failing())
            yield phase["name"], *self._settle(Troubles() if first else old, killed, first=first)
            first = False

    def _settle(self, old: Troubles, killed: set[str], *, first: bool) -> tuple[list[Holders], list[Settled]]:
        assert self.world is not None
        fields = self.world.fields
        if first:
            self.states = {State(choice, frozenset()) for choice in range(len(fields))}
        found, ends = set(), []
        for state in self.states:
            only = fields[state.choice]
            kept = dict(state.kept)
            for address, nodes in kept_addresses(only, state.masters, frozenset(killed)).items():
                kept[address] = kept.get(address, frozenset()) | nodes
            kept = {address: nodes & self.troubles.down for address, nodes in kept.items()}
            change = Change() if first else change_of(only, state.masters, old, self.troubles, frozenset(killed))
            for end in settle(only, condition_of(only, self.troubles), change):
                found.add(State(state.choice, end.masters, tuple(sorted(kept.items(), key=str))))
                ends.append(end)
        self.states = found
        held = [holders_of(fields[state.choice], state.masters, dict(state.kept)) for state in found]
        wanted = [(vip, ip_address(vip)) for vip in self.scenario["vips"]]
        return [{vip: one.get(address, ()) for vip, address in wanted} for one in held], ends

    def _act(self, action: list[Any], killed: set[str]) -> None:
        kind, *rest = action
        down, links = set(self.troubles.down), set(self.troubles.links)
        if kind == "kill" and rest[1] != "STOP":  # stopping the parent alone does not stop the child that elects
            down.add(rest[0])
            if rest[1] == "KILLALL":  # with KILL alone the child still ends in order, when it sees its parent die
                killed.add(rest[0])
        elif kind == "start":
            down.discard(rest[0])
        elif kind in {"carrier", "link"}:
            (links.add if rest[2] == "down" else links.discard)((rest[0], rest[1]))
        elif kind == "touch":
            self.touched.add(rest[0])
        elif kind == "rm":
            self.touched.discard(rest[0])
        elif kind == "nft":
            self.rules[rest[0]] = "" if rest[1].startswith("delete table") else rest[1]
            self._read()
        elif kind == "conf":
            self.configs[rest[0]] = rest[1]
            self._read()
        self.troubles = replace(self.troubles, down=frozenset(down), links=frozenset(links))

    def _failing(self) -> frozenset[tuple[str, str, str]]:
        """Scripts whose command cannot succeed now: they test a file that is not there, or are known to fail."""
        found = set()
        for node, text in self.configs.items():
            for name, body in re.findall(r"vrrp_script\s+(\S+)\s*\{(.*?)\}", text, re.DOTALL):
                tested = re.search(r"ok-n\d", body)
                if (tested and tested[0] not in self.touched) or re.search(r"script\s+\"?(/bin/)?false", body):
                    found.add((node, "script", name))
        return frozenset(found)

    def _read(self) -> None:
        nodes = []
        for name, details in self.scenario["nodes"].items():
            folder = self.work / name
            _write_node(folder, details, self.configs[name], self.rules[name], self.folder / f"{name}.iptables")
            target = Target(keepalived=Version.parse(self._version(details)))
            nodes.append(build_node(name, NodeTree(folder, name), target))
            self.unread = self.unread or bool(self.rules[name] and not nodes[-1].firewall.known)
        (self.world,) = build_worlds(nodes)

    def _version(self, details: dict[str, Any]) -> str:
        return str(details["bin"]) if "bin" in details and "+" in self.version else self.version.split("+")[0]


def _write_node(folder: Path, details: dict[str, Any], config: str, rules: str, iptables: Path) -> None:
    files = {"etc/keepalived/keepalived.conf": config, "etc/nftables.conf": rules, "etc/sysconfig/iptables": ""}
    if iptables.exists():
        files["etc/sysconfig/iptables"] = _iptables_save(iptables.read_text())
    files["etc/sysctl.conf"] = "".join(f"{key} = {value}\n" for key, value in details.get("sysctl", {}).items())
    addresses: dict[str, list[str]] = {interface: list(given) for interface, _, given in details["ifs"]}
    for words in details.get("pre", []):
        if words[3:5] == ["addr", "add"]:
            addresses.setdefault(words[7], []).append(words[5])
    for interface, given in addresses.items():
        files[f"etc/sysconfig/network-scripts/ifcfg-{interface}"] = _ifcfg(interface, given)
    for relative, text in files.items():
        place = folder / relative
        if text:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        else:
            place.unlink(missing_ok=True)


def _ifcfg(interface: str, addresses: list[str]) -> str:
    lines = [f"DEVICE={interface}", "ONBOOT=yes", "BOOTPROTO=none"]
    old = [one for one in map(ip_interface, addresses) if one.version == 4]
    for number, one in enumerate(old):
        suffix = str(number) if number else ""
        lines += [f"IPADDR{suffix}={one.ip}", f"PREFIX{suffix}={one.network.prefixlen}"]
    new = [one for one in map(ip_interface, addresses) if one.version == 6]
    if new:
        lines += ["IPV6INIT=yes", f"IPV6ADDR={new[0]}"]
    return "\n".join(lines) + "\n"


def _iptables_save(commands: str) -> str:
    """The rules that iptables commands leave, as iptables-save prints them."""
    policies = {"INPUT": "ACCEPT", "FORWARD": "ACCEPT", "OUTPUT": "ACCEPT"}
    rules: list[str] = []
    for line in commands.splitlines():
        words = line.split()
        if words[1] == "-P":
            policies[words[2]] = words[3]
        elif words[1] == "-I":
            rules.insert(0, " ".join(["-A", *words[2:]]))
        else:
            rules.append(" ".join(words[1:]))
    heads = [f":{chain} {policy} [0:0]" for chain, policy in policies.items()]
    return "\n".join(["*filter", *heads, *rules, "COMMIT", ""])


@dataclass(frozen=True)
class Comparison:
    """One phase of one scenario with one version: predicted and observed; unread: a rule set has no reader."""

    scenario: str
    version: str
    phase: str
    static: str
    predicted: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]
    observed: tuple[tuple[str, tuple[str, ...]], ...]
    seconds: tuple[float, float] | None
    settled: float
    unread: bool

    @property
    def verdict(self) -> str:
        """agreed, undetermined (the observed outcome is among the candidates) or wrong."""
        if self.observed not in self.predicted:
            return "wrong"
        return "agreed" if len(self.predicted) == 1 else "undetermined"

    def __str__(self) -> str:
        """One line for people."""
        shown = " | ".join(_shown(one) for one in self.predicted)
        place = f"{self.scenario} {self.version} [{self.phase}] static={self.static}"
        return f"{self.verdict:12} {place}: {shown} observed {_shown(self.observed)}"


def _shown(holders: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return " ".join(f"{vip}={'+'.join(nodes) or '-'}" for vip, nodes in holders)


def comparisons(folder: Path, outcomes: Path, *, every_version: bool = True) -> Iterator[Comparison]:
    """Play every recorded scenario with every version, or only the outermost ones, that it was observed with."""
    observed = _observed(outcomes)
    for name in sorted({scenario for scenario, _ in observed}):
        if (folder / name / "scenario.json").exists():
            versions = sorted({version for scenario, version in observed if scenario == name})
            for version in versions if every_version else sorted({versions[0], versions[-1]}):
                yield from _compare(folder / name, version, observed[name, version])


@lru_cache
def _observed(outcomes: Path) -> dict[tuple[str, str], dict[str, dict[str, str]]]:
    found: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    with outcomes.open(newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            found.setdefault((row["id"], row["version"]), {})[row["phase"]] = row
    return found


def _compare(folder: Path, version: str, rows: dict[str, dict[str, str]]) -> Iterator[Comparison]:
    scenario = json.loads((folder / "scenario.json").read_text())
    with TemporaryDirectory(prefix="cfglint-replay-") as work:
        replay = Replay(folder, scenario, version, Path(work))
        for phase, held, ends in replay.phases():
            if phase in rows:
                spans = [end.seconds for end in ends if end.seconds is not None]
                yield Comparison(
                    folder.name,
                    version,
                    phase,
                    rows[phase]["static"],
                    tuple(dict.fromkeys(tuple(sorted(one.items())) for one in held)),
                    tuple(sorted(_holders(rows[phase]["holders"]).items())),
                    (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None,
                    float(rows[phase]["settle_s"]),
                    replay.unread,
                )


def _holders(text: str) -> Holders:
    parts = (part.rsplit("=", 1) for part in text.split())
    return {vip: tuple(nodes.split("+")) if nodes != "-" else () for vip, nodes in parts}


def main() -> None:
    """Print what was not simply agreed, and the counts by version."""
    found = list(comparisons(Path(sys.argv[1]), Path(sys.argv[2])))
    for one in found:
        if one.verdict != "agreed":
            sys.stdout.write(f"{one}\n")
    counts = Counter((one.version, one.static, one.verdict) for one in found)
    for (version, static, verdict), count in sorted(counts.items()):
        sys.stdout.write(f"{version:14} static={static:12} {verdict:12} {count}\n")


if __name__ == "__main__":
    main()

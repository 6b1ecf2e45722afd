"""The faults that a cluster can meet, and what each of them breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from cfglint.analysis.election_condition import Troubles
from cfglint.analysis.election_node import sync_group_of
from cfglint.analysis.failover_services import notices_haproxy
from cfglint.model.node import Node
from cfglint.model.vrrp import Track, VrrpInstance

FaultKind = Literal[
    "node-down",
    "keepalived-killed",
    "interface-down",
    "script-failing",
    "process-down",
    "file-failing",
    "haproxy-down",
    "firewall-reloaded",
    "partition",
]

TRACKED: dict[FaultKind, str] = {"script-failing": "script", "process-down": "process", "file-failing": "file"}
NAMED_AS: dict[FaultKind, str] = {**TRACKED, "interface-down": "interface"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that breaks.

    Attributes:
        kind: what sort of fault.
        node: where; None means on every node.
        name: the interface, script, process or file; empty for the others.
        to: for a partition, the node that no longer hears `node`.
    """

    kind: FaultKind
    node: str | None = None
    name: str = ""
    to: str = ""

    def __str__(self) -> str:
        """A few words for a table's row."""
        where = f"on {self.node}" if self.node is not None else "everywhere"
        match self.kind:
            case "node-down":
                return f"{self.node} down"
            case "keepalived-killed":
                return f"keepalived killed {where}"
            case "interface-down":
                return f"{self.name} down {where}"
            case "script-failing" | "file-failing":
                return f"{TRACKED[self.kind]} {self.name} failing {where}"
            case "process-down":
                return f"process {self.name} gone {where}"
            case "haproxy-down":
                return f"haproxy down {where}"
            case "firewall-reloaded":
                return f"firewall reloaded {where}"
            case _:
                return f"{self.to} no longer hears {self.node}"


def single_faults(nodes: Sequence[Node]) -> list[Fault]:
    """Every fault that is looked at on its own, in a fixed order: by node, then what concerns several."""
    found: list[Fault] = []
    for node in nodes:
        found += _faults_of(node)
    if len(nodes) > 1:
        everywhere: tuple[FaultKind, ...] = (*TRACKED, "haproxy-down")
        for kind in everywhere:
            names = Counter(fault.name for fault in found if fault.kind == kind)
            found += [Fault(kind, None, name) for name, count in names.items() if count > 1]
        found += [Fault("partition", one.name, to=other.name) for one, other in permutations(nodes, 2)]
    return found


def _faults_of(node: Node) -> Iterator[Fault]:
    instances = _instances(node)
    if instances:
        yield Fault("node-down", node.name)
        yield Fault("keepalived-killed", node.name)
    for name in interfaces_of(node):
        yield Fault("interface-down", node.name, name)
    for kind, names in _checks(node):
        for name in names:
            yield Fault(kind, node.name, name)
    if node.haproxy is not None:
        yield Fault("haproxy-down", node.name)
    if node.firewall.known:
        yield Fault("firewall-reloaded", node.name)


def interfaces_of(node: Node) -> list[str]:
    """The interfaces that a node's files name, loopback aside, in order of name."""
    named = {name for name in node.addresses.interfaces if name != "lo"}
    for instance in _instances(node):
        if isinstance(instance.interface.value, str):
            named.add(instance.interface.value)
        named |= {track.name for track in _tracks(instance) if track.kind == "interface"}
        named |= {vip.device for vip in (*instance.vips, *instance.excluded_vips) if vip.device}
    return sorted(named - {"lo"})


def troubles_of(faults: Sequence[Fault], nodes: Sequence[Node]) -> list[Troubles]:
    """What some faults break; several possibilities where the files do not say whether a check notices haproxy."""
    down: set[str] = set()
    failing: set[tuple[str, str, str]] = set()
    links: set[tuple[str, str]] = set()
    deaf: set[tuple[str, str]] = set()
    doubtful: set[tuple[str, str, str]] = set()
    for fault in faults:
        for node in nodes:
            if fault.node is not None and fault.node != node.name:
                continue
            if fault.kind in {"node-down", "keepalived-killed"}:
                down.add(node.name)
            elif fault.kind == "interface-down":
                links.add((node.name, fault.name))
            elif fault.kind == "partition":
                deaf.add((node.name, fault.to))
            elif fault.kind in TRACKED:
                failing.add((node.name, TRACKED[fault.kind], fault.name))
            elif fault.kind == "haproxy-down":
                surely, perhaps = notices_haproxy(node)
                failing |= {(node.name, kind, name) for kind, name in surely}
                doubtful |= {(node.name, kind, name) for kind, name in perhaps}
    choices = [failing, failing | doubtful] if doubtful - failing else [failing]
    return [Troubles(frozenset(down), frozenset(chosen), frozenset(links), frozenset(deaf)) for chosen in choices]


def _instances(node: Node) -> list[VrrpInstance]:
    return node.keepalived.instances if node.keepalived is not None else []


def _checks(node: Node) -> Iterator[tuple[FaultKind, list[str]]]:
    """The scripts, processes and files that a node defines, whether or not they can change anything."""
    if node.keepalived is not None:
        yield "script-failing", [script.name for script in node.keepalived.scripts]
        yield "process-down", [process.name for process in node.keepalived.track_processes]
        yield "file-failing", [file.name for file in node.keepalived.track_files]


def _tracks(instance: VrrpInstance) -> Iterator[Track]:
    """What an instance watches, its sync group's tracks included."""
    yield from instance.tracks
    group = sync_group_of(instance)
    if group is not None:
        yield from group.tracks

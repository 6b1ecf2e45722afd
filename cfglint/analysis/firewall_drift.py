"""Ports that the balancers of one cluster treat differently, judged by packets and not by the text of the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cfglint.analysis.packet import Packet, PacketVerdict
from cfglint.analysis.packet_judge import judge
from cfglint.model.cluster import Cluster, VrrpGroup
from cfglint.model.firewall import Firewall
from cfglint.model.firewall_rules import AnyOf, FilterRule, Match, TupleMatch, VerdictMap
from cfglint.model.firewall_scripts import firewalld_commands
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.value_sets import Numbers, ValueSet
from cfglint.source import Span

MOST_PORTS = 100
"""Ports of one cluster that are compared, those first that the fewest nodes name."""

SSH, DHCP_CLIENTS = 22, frozenset({68, 546})
"""How a host is administered, and what its own DHCP client receives, is each host's own matter."""

Port = tuple[int, int]
"""Protocol number and port."""

_LAYERS = {"tcp.dport": (6,), "udp.dport": (17,), "th.dport": (6, 17)}


@dataclass(frozen=True, slots=True, eq=False)
class PortDrift:
    """One port that a node's rules name and let in, and that another node denies.

    Attributes:
        open_node: the node that accepts.
        closed_node: the node that drops or rejects.
        packet: the packet as it reaches the node that denies it.
        accepted: the verdict of the first one.
        denied: the verdict of the other.
        naming: the rule that names the port on the node that accepts.
    """

    open_node: Node
    closed_node: Node
    packet: Packet
    accepted: PacketVerdict
    denied: PacketVerdict
    naming: Span


def port_drifts(cluster: Cluster) -> Iterator[PortDrift]:
    """Every port that one member of a virtual router opens by name and another member keeps closed.

    The packet comes from anywhere to any address of the node, by the interface of the virtual router: rules that ask
    for addresses leave it undecided, and what is undecided on either node is not compared.
    """
    named = {id(node): _named_ports(node.firewall) for node in cluster.nodes if _settled(node)}
    spared = DHCP_CLIENTS if _binds_ssh(cluster) else DHCP_CLIENTS | {SSH}
    counts = Counter(port for found in named.values() for port in found if port[1] not in spared)
    ports = sorted(counts, key=lambda port: (counts[port], port))[:MOST_PORTS]
    for group in cluster.groups:
        for version in _versions(group):
            for proto, port in ports:
                yield from _compare(group, named, version, (proto, port))


def _compare(
    group: VrrpGroup, named: dict[int, dict[Port, set[Span]]], version: Literal[4, 6], port: Port
) -> Iterator[PortDrift]:
    judged: list[tuple[Node, Packet, PacketVerdict]] = []
    for member in group.members:
        interface = member.interface.value
        if id(member.node) in named and isinstance(interface, str):
            packet = Packet(hook="input", version=version, proto=port[0], iif=interface, dport=port[1])
            judged.append((member.node, packet, judge(member.node.firewall, packet)))
    opened = next(
        (
            (node, verdict, naming)
            for node, _, verdict in judged
            if verdict.accepted and (naming := _naming(verdict, named[id(node)].get(port, set()))) is not None
        ),
        None,
    )
    if opened is None:
        return
    for node, packet, verdict in judged:
        if verdict.denied:
            yield PortDrift(opened[0], node, packet, opened[1], verdict, opened[2])


def _settled(node: Node) -> bool:
    """Whether the node's files alone make its rules: a script that changes them may run, or not."""
    changed = any(command.changes for command in firewalld_commands(node.tree))
    return node.firewall.known and not changed and not node.firewall.not_followed


def _naming(verdict: PacketVerdict, rules: set[Span]) -> Span | None:
    """The rule on the packet's way in that names its port."""
    return next((entry.span for entry in verdict.trace if entry.hook == "input" and entry.span in rules), None)


def _versions(group: VrrpGroup) -> list[Literal[4, 6]]:
    found = {address.version for member in group.members for address in member.all_addresses}
    versions: tuple[Literal[4, 6], ...] = (4, 6)
    return [version for version in versions if version in found]


def _binds_ssh(cluster: Cluster) -> bool:
    """Whether a service of the cluster itself uses the port of ssh."""
    for node in cluster.nodes:
        for proxy in node.haproxy.proxies if node.haproxy is not None else ():
            for written in (address for bind in proxy.binds for address in bind.addresses):
                ports = written.ports
                if ports is not None and not isinstance(ports, Unknown) and ports[0] <= SSH <= ports[1]:
                    return True
    return False


def _named_ports(firewall: Firewall) -> dict[Port, set[Span]]:
    """The ports that rules name (of a range its ends), and the rules that do."""
    found: dict[Port, set[Span]] = {}
    for world in firewall.worlds:
        for table in world.tables:
            for chain in table.chains.values():
                for rule in chain.rules:
                    for port in _ports_of(rule):
                        found.setdefault(port, set()).add(rule.span)
    return found


def _ports_of(rule: FilterRule) -> Iterator[Port]:
    protocols = _protocols(rule)
    for step in rule.steps:
        for name, values in _named_values(step):
            layers = [proto for proto in _LAYERS.get(name, ()) if protocols is None or protocols.holds(proto, proto)]
            if layers and isinstance(values, Numbers):
                ends = {end for pair in zip(values.lows, values.highs, strict=True) for end in pair}
                yield from ((proto, end) for proto in layers for end in ends if 0 < end < 65535)


def _protocols(rule: FilterRule) -> Numbers | None:
    for step in rule.steps:
        if isinstance(step, Match) and step.field == "proto" and not step.negated and isinstance(step.values, Numbers):
            return step.values
    return None


def _named_values(step: object) -> Iterator[tuple[str, ValueSet]]:
    """The fields of a condition or map, each with the values that are named for it."""
    if isinstance(step, Match):
        if not step.negated and step.mask is None:
            yield step.field, step.values
    elif isinstance(step, TupleMatch):
        if not step.negated:
            for element in step.elements:
                yield from zip(step.fields, element, strict=False)
    elif isinstance(step, VerdictMap):
        for element, _ in step.elements:
            yield from zip(step.fields, element, strict=False)
    elif isinstance(step, AnyOf) and not step.negated:
        for option in step.options:
            yield from _named_values(option)

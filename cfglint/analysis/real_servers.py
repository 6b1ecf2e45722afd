"""The hosts behind IPVS: which node is which real_server, for which VIPs, and where they are asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from ipaddress import IPv4Address

from cfglint.analysis.segments import interfaces_towards, subnets
from cfglint.model.cluster import Cluster, Fleet
from cfglint.model.host_addresses import Address, HostAddress
from cfglint.model.lvs import RealServer, VirtualServer
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.source import Span

METHODS = ("DR", "NAT", "TUN")
FIREWALL_KINDS = ("iptables", "nftables", "firewalld", "ufw", "script")
REDIRECTION = re.compile(r"\b(REDIRECT|DNAT|TPROXY|redirect|dnat|tproxy|forward-port)\b")
REWRITES_IPVS = re.compile(r"-m\s+ipvs\b.*(SNAT|MASQUERADE)")


@dataclass(eq=False)
class Backend:
    """One node that serves one VIP behind a cluster's directors.

    Attributes:
        cluster: the directors.
        node: the real server's host.
        vip: the address that clients use.
        certain: False when the service is a mark or a group, so that it may not serve this VIP.
        entries: the real_server lines that name the node, of every director and service.
    """

    cluster: Cluster = field(repr=False)
    node: Node
    vip: Address
    certain: bool
    entries: list[RealServer]

    @property
    def key(self) -> tuple[str, ...]:
        """Its symbolic path: cluster, node, VIP."""
        return (self.cluster.name, self.node.name, str(self.vip))

    @property
    def is_director(self) -> bool:
        """True when the node is itself one of the directors (a local real server)."""
        return any(node is self.node for node in self.cluster.nodes)

    @cached_property
    def carriers(self) -> list[HostAddress]:
        """Where the node carries the VIP."""
        return self.node.addresses.carriers(self.vip)

    @property
    def directors(self) -> list[Node]:
        """The directors that send to the node, each once."""
        return list({id(entry.node): entry.node for entry in self.entries}.values())

    @property
    def own_addresses(self) -> set[Address]:
        """The node's addresses that the directors send to."""
        return {entry.address for entry in self.entries if not isinstance(entry.address, Unknown)}

    @cached_property
    def asked_on(self) -> list[str] | Unknown:
        """The node's interfaces on which neighbours ask for the VIP by ARP."""
        host, vips = self.node.addresses, cluster_vips(self.cluster)
        found = interfaces_towards(host, self.vip, vips)
        if any(name.startswith("?") for name in found):
            return Unknown("the name of the interface on which it is asked for")
        if found:
            return found
        near = [entry.interface for address in self.own_addresses for entry in host.carriers(address)]
        answers = [self._vip_is_near(director) for director in self.directors]
        if any(name.startswith("?") for name in near):
            return Unknown("the name of the interface on which it is asked for")
        if True in answers:
            return list(dict.fromkeys(near))
        return Unknown(f"on which segment {self.vip} is asked for") if None in answers else []

    def _vip_is_near(self, director: Node) -> bool | None:
        """Whether a director holds the VIP on the segment of the node's own address; None when it is not known."""
        interfaces = vip_interfaces(director).get(self.vip, {})
        networks = [net for name in interfaces for net in subnets(director.addresses, name, cluster_vips(self.cluster))]
        if not networks:
            return None
        return any(address in network for address in self.own_addresses for network in networks)


@lru_cache(maxsize=16)
def served_clusters(fleet: Fleet) -> tuple[Cluster, ...]:
    """The clusters, and each director that stands alone among the given nodes with the real servers behind it."""
    placed = {id(node) for cluster in fleet.clusters for node in cluster.nodes}
    alone = [node for node in fleet.nodes if id(node) not in placed and node.keepalived is not None]
    found = list(fleet.clusters)
    if not alone:
        return tuple(found)
    owners: dict[Address | Unknown, list[Node]] = defaultdict(list)
    for node in fleet.nodes:
        if node.role != "balancer":
            for address in {entry.address.ip for entry in node.addresses.addresses}:
                owners[address].append(node)
    for director in alone:
        entries = [entry for method in METHODS for entry in real_server_entries(Cluster([director]), method)]
        servers = {id(node): node for entry in entries for node in owners.get(entry.address, ())}
        if servers:
            found.append(Cluster([director], list(servers.values())))
    return tuple(found)


@lru_cache(maxsize=256)
def backends(cluster: Cluster, method: str) -> tuple[Backend, ...]:
    """The nodes that serve behind a cluster by one method, once for each VIP.

    Args:
        cluster: the directors and the real servers behind them.
        method: ``DR``, ``NAT`` or ``TUN``.
    """
    by_address: dict[Address, list[Node]] = defaultdict(list)
    for node in (*cluster.real_servers, *cluster.nodes):
        for address in dict.fromkeys(entry.address.ip for entry in node.addresses.addresses):
            by_address[address].append(node)
    found: dict[tuple[int, Address], Backend] = {}
    for entry in real_server_entries(cluster, method):
        if isinstance(entry.address, Unknown):
            continue
        for vip, certain in _vips(entry.server, cluster):
            for node in by_address.get(entry.address, ()):
                backend = found.setdefault((id(node), vip), Backend(cluster, node, vip, certain, []))
                backend.entries.append(entry)
                backend.certain = backend.certain or certain
    return tuple(backend for backend in found.values() if backend.certain or backend.carriers)


def real_server_entries(cluster: Cluster, method: str) -> list[RealServer]:
    """The real_server lines of a cluster's directors that use a method."""
    return [
        entry
        for node in cluster.nodes
        if node.keepalived is not None
        for server in node.keepalived.virtual_servers
        for entry in server.real_servers
        if entry.method.value == method
    ]


@lru_cache(maxsize=256)
def cluster_vips(cluster: Cluster) -> frozenset[Address]:
    """Every known VIP of a cluster's instances."""
    return frozenset(
        address
        for node in cluster.nodes
        if node.keepalived is not None
        for instance in node.keepalived.instances
        for address in instance.all_addresses
    )


@lru_cache(maxsize=256)
def vip_interfaces(node: Node) -> dict[Address, dict[str, Span]]:
    """The devices on which a director holds each VIP, with the line that says so."""
    found: dict[Address, dict[str, Span]] = {}
    for instance in node.keepalived.instances if node.keepalived is not None else ():
        for line in (*instance.vips, *instance.excluded_vips):
            device = line.device or instance.interface.value
            if not isinstance(line.address, Unknown) and isinstance(device, str):
                found.setdefault(line.address, {}).setdefault(device, line.span)
    return found


def is_ipv4(address: Address) -> bool:
    """True for the addresses that ARP is about."""
    return isinstance(address, IPv4Address)


def _vips(server: VirtualServer, cluster: Cluster) -> list[tuple[Address, bool]]:
    if server.kind == "address":
        return [] if server.address is None or isinstance(server.address, Unknown) else [(server.address, True)]
    group = next((group for group in server.config.server_groups if group.name == server.group), None)
    if group is not None and not group.fwmarks:
        return [(address, True) for address, _, _ in group.endpoints if not isinstance(address, Unknown)]
    return [(address, False) for address in sorted(cluster_vips(cluster), key=str)]


def takes_in_by_firewall(node: Node, address: Address) -> bool:
    """True when a firewall file names an address beside a redirection, so that packets for it may be taken in."""
    text_of = (file.source.text for file in node.files if file.kind in FIREWALL_KINDS)
    return any(str(address) in line and REDIRECTION.search(line) for text in text_of for line in text.splitlines())


def redirects_by_firewall(node: Node) -> bool:
    """True when any rule of a node's firewall files redirects packets, or may."""
    return any(REDIRECTION.search(file.source.text) for file in node.files if file.kind in FIREWALL_KINDS)


def owner_of(address: Address, nodes: Sequence[Node]) -> tuple[Node, Span] | None:
    """The node that has an address as its own, with the text that gives it; None when none of them has it."""
    for node in nodes:
        found = next((entry for entry in node.addresses.addresses if entry.address.ip == address), None)
        if found is not None:
            return node, found.span
    return None


def vips_towards(backend: Backend) -> dict[Address, Span]:
    """The VIPs of the cluster in a real server's subnets: the addresses it can use to reach the active director."""
    networks = subnets(backend.node.addresses, None, cluster_vips(backend.cluster))
    return {
        line.address: line.span
        for node in backend.cluster.nodes
        if node.keepalived is not None
        for instance in node.keepalived.instances
        for line in (*instance.vips, *instance.excluded_vips)
        if not isinstance(line.address, Unknown) and any(line.address in network for network in networks)
    }


def source_may_be_rewritten(node: Node) -> bool:
    """True when a director's files let IPVS traffic through netfilter's source NAT (masquerading of requests)."""
    if any(
        REWRITES_IPVS.search(line)
        for file in node.files
        if file.kind in FIREWALL_KINDS
        for line in file.source.text.splitlines()
    ):
        return True
    conntrack = node.kernel.value("net.ipv4.vs.conntrack")
    if conntrack is None or not conntrack.number:
        return False
    return any("MASQUERADE" in file.source.text or "masquerade" in file.source.text for file in node.files)


def firewalld_forwards(node: Node) -> bool:
    """True when a zone or policy of firewalld masquerades IPv4: loading it switches IPv4 forwarding on."""
    return any("<masquerade" in file.source.text for file in node.files if file.kind == "firewalld")

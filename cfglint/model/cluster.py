"""Clusters: which nodes share a virtual router, and which instances across nodes are one router."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.node import Node
from cfglint.model.vrrp import VrrpInstance


@dataclass(frozen=True, slots=True, order=True)
class NotCompared:
    """Something that grouping left uncompared, and why."""

    node: str
    what: str
    why: str


@dataclass(eq=False)
class VrrpGroup:
    """One virtual router: the instances of several nodes that are meant to hold the same VIPs.

    Attributes:
        name: the instance name most members use.
        cluster: the cluster it belongs to.
        members: one instance a node, in the order of the cluster's nodes.
        tied_by: how they were recognised: ``vip``, ``name`` or ``vrid``.
    """

    name: str
    cluster: Cluster = field(repr=False)
    members: list[VrrpInstance]
    tied_by: str

    @property
    def key(self) -> tuple[str, ...]:
        """Its symbolic path: cluster and name."""
        return (self.cluster.name, self.name)

    @property
    def nodes(self) -> list[Node]:
        """The nodes that have a member."""
        return [member.node for member in self.members]

    @property
    def absent(self) -> list[Node]:
        """Balancers of the cluster that run Keepalived but have no member."""
        present = {id(node) for node in self.nodes}
        return [node for node in self.cluster.nodes if node.keepalived is not None and id(node) not in present]


@dataclass(eq=False)
class Cluster:
    """Nodes that share at least one virtual router, with the real servers behind them.

    Attributes:
        nodes: the balancers, sorted by name.
        real_servers: the nodes that serve behind them.
        groups: their virtual routers.
    """

    nodes: list[Node]
    real_servers: list[Node] = field(default_factory=list)
    groups: list[VrrpGroup] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The balancers' names joined by ``+``."""
        return "+".join(node.name for node in self.nodes)

    @property
    def vips(self) -> list[str]:
        """Every known VIP, in order of address."""
        found = {
            address
            for node in self.nodes
            if node.keepalived is not None
            for instance in node.keepalived.instances
            for address in instance.all_addresses
        }
        return [str(address) for address in sorted(found, key=lambda address: (address.version, int(address)))]


@dataclass(eq=False)
class Fleet:
    """Everything that was given.

    Attributes:
        nodes: every node, sorted by name.
        clusters: those nodes that share a virtual router.
        not_compared: what grouping could not tie together, and why.
    """

    nodes: list[Node]
    clusters: list[Cluster]
    not_compared: list[NotCompared] = field(default_factory=list)

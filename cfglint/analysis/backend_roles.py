"""One backend's servers on one node, and their addresses read as roles: this node, or another one of the cluster.

Two nodes that also serve themselves may each list "me" and "the other one": ``127.0.0.1`` on both, or own addresses
that are swapped. Such lists agree once every address is read as the node that owns it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cfglint.model.cluster import Cluster
from cfglint.model.haproxy import Address, Proxy, Server
from cfglint.model.node import Node
from cfglint.model.value import Unknown


@dataclass(eq=False)
class ServerSet:
    """One backend on one node.

    Attributes:
        proxy: the backend or listen section.
    """

    proxy: Proxy

    @cached_property
    def servers(self) -> dict[str, Server]:
        """The servers that certainly count, by name."""
        found: dict[str, Server] = {}
        for server in self.proxy.servers:
            if not server.conditional and server.name:
                found.setdefault(server.name, server)
        return found

    @cached_property
    def open_names(self) -> set[str]:
        """Names of servers that may or may not count."""
        return {server.name for server in self.proxy.servers if server.conditional}

    @cached_property
    def signature(self) -> tuple[object, ...]:
        """What is compared, as one value: to find out which nodes agree."""
        return tuple(sorted((name, str(facts_of(server))) for name, server in self.servers.items()))


def facts_of(server: Server) -> tuple[object, ...]:
    """What is compared of a server, apart from its name."""
    return (
        server.address,
        server.port,
        server.endpoint.offset if server.endpoint is not None else None,
        server.weight.value,
        server.backup,
        server.disabled,
        server.template,
    )


def owners_of(cluster: Cluster) -> dict[Address | str, str]:
    """Which node of the cluster owns a host name or, all the time, an address.

    Addresses come from interface files and from the sources of unicast adverts.
    """
    owners: dict[Address | str, str] = {}
    for node in cluster.nodes:
        owners.setdefault(node.name.rsplit("/", 1)[-1].split(".", maxsplit=1)[0].lower(), node.name)
        for address in _own_addresses(node):
            owners.setdefault(address, node.name)
    return owners


def _own_addresses(node: Node) -> Iterator[Address]:
    for entry in node.addresses.configured:
        yield entry.address.ip
    for instance in node.keepalived.instances if node.keepalived is not None else ():
        source = instance.unicast_source.value
        if source is not None and not isinstance(source, Unknown):
            yield source


def as_roles(one: ServerSet, owners: Mapping[Address | str, str]) -> Counter[tuple[object, ...]] | None:
    """The servers with "this node" or "another node of the cluster" for their address; None where none is either."""
    me = one.proxy.node.name
    roles: Counter[tuple[object, ...]] = Counter()
    relative = False
    for server in one.servers.values():
        facts = facts_of(server)
        if any(isinstance(part, Unknown) for part in facts):
            return None
        role = _role(server.address, me, owners)
        relative |= role is not None
        roles[(role or str(server.address), *facts[1:])] += 1
    return roles if relative else None


def prefer_others(usual: ServerSet, odd: ServerSet) -> bool:
    """Both nodes have the same servers and as many backups, only others of them: each prefers what is near to it."""
    without_backup = [
        {name: (*facts_of(server)[:4], *facts_of(server)[5:]) for name, server in one.servers.items()}
        for one in (usual, odd)
    ]
    backups = [{server.name for server in one.servers.values() if server.backup} for one in (usual, odd)]
    return without_backup[0] == without_backup[1] and len(backups[0]) == len(backups[1]) > 0


def _role(address: Address | str | Unknown, me: str, owners: Mapping[Address | str, str]) -> str | None:
    if isinstance(address, Unknown):
        return None
    if isinstance(address, str):
        address = address.split(".", maxsplit=1)[0].lower()
        owner = me if address == "localhost" else owners.get(address)
        return None if owner is None else "this node" if owner == me else "another node"
    owner = me if address.is_loopback else owners.get(address)
    return None if owner is None else "this node" if owner == me else "another node"

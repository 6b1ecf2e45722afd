"""Server sets of one backend on several nodes: what differs, beyond what mirrors which node is which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cfglint.analysis.backend_roles import ServerSet, as_roles, facts_of, owners_of, prefer_others
from cfglint.model.cluster import Cluster
from cfglint.model.haproxy import Address, HaproxyConfig, Proxy, Server
from cfglint.model.value import Unknown
from cfglint.source import Span


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        text: what, with the nodes and values.
        usual: the place on the node most others agree with.
        odd: the place on the node that differs.
        moves_traffic: other servers get requests because of it; False for names, weights and the order of choice.
    """

    text: str
    usual: Span
    odd: Span
    moves_traffic: bool


@dataclass(slots=True)
class BackendDrift:
    """One backend that differs between two nodes.

    Attributes:
        name: its name.
        usual: how most nodes have it.
        odd: how the other node has it; None when it lacks it.
        odd_config: the other node's configuration.
        differences: what differs; empty when the other node lacks it.
    """

    name: str
    usual: Proxy
    odd: Proxy | None
    odd_config: HaproxyConfig
    differences: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NotCompared:
    """Something that could not be compared.

    Attributes:
        node: the node that leaves it open.
        what: a few words.
        why: the reason.
    """

    node: str
    what: str
    why: str


def compare_backends(cluster: Cluster) -> Iterator[BackendDrift | NotCompared]:
    """Compare every backend and listen section that has servers between the nodes of a cluster, by name."""
    configs = [node.haproxy for node in cluster.nodes if node.haproxy is not None]
    if len(configs) < 2:
        return
    tables = [(config, _tables(config)) for config in configs]
    unmatched = _unmatched([table for _, table in tables])
    owners = owners_of(cluster)
    for name in dict.fromkeys(name for _, table in tables for name in table):
        present = [table[name] for _, table in tables if name in table]
        if not any(one.servers for one in present):
            continue
        usual = _usual(present)
        for (config, table), own in zip(tables, unmatched, strict=True):
            odd = table.get(name)
            if odd is None:
                yield from _missing(name, usual, config, own)
            elif odd is not usual:
                yield from _compare(name, usual, odd, owners)


def _tables(config: HaproxyConfig) -> dict[str, ServerSet]:
    found: dict[str, ServerSet] = {}
    for proxy in config.proxies:
        if proxy.serves and proxy.name and not proxy.lines.conditional:
            found.setdefault(proxy.name, ServerSet(proxy))
    return found


def _usual(present: list[ServerSet]) -> ServerSet:
    frequent = Counter(one.signature for one in present)
    most = max(frequent.values())
    return next(one for one in present if frequent[one.signature] == most)


def _missing(
    name: str, usual: ServerSet, config: HaproxyConfig, unmatched: set[frozenset[str]]
) -> Iterator[BackendDrift | NotCompared]:
    if not usual.servers:
        return
    if config.incomplete is not None:
        yield NotCompared(config.node.name, f"backend {name}", config.incomplete.why)
    elif _places(usual) not in unmatched:
        # Where a section of another name has the same servers, nothing is lost.
        yield BackendDrift(name, usual.proxy, None, config)


def _unmatched(configs: list[dict[str, ServerSet]]) -> list[set[frozenset[str]]]:
    """For each node the servers of the sections that no other node has by name."""
    owners = Counter(name for table in configs for name in table)
    return [{_places(own) for name, own in table.items() if owners[name] == 1} for table in configs]


def _places(one: ServerSet) -> frozenset[str]:
    return frozenset(f"{server.address}:{server.port}" for server in one.servers.values())


def _compare(
    name: str, usual: ServerSet, odd: ServerSet, owners: Mapping[Address | str, str]
) -> Iterator[BackendDrift | NotCompared]:
    for one in (usual, odd):
        if one.proxy.incomplete is not None:
            yield NotCompared(one.proxy.node.name, f"all servers of {name}", one.proxy.incomplete.why)
    yield from _unknown_parts(name, usual, odd)
    roles = as_roles(usual, owners)
    if (roles is not None and roles == as_roles(odd, owners)) or prefer_others(usual, odd):
        return
    differences = list(_differences(usual, odd))
    if differences:
        yield BackendDrift(name, usual.proxy, odd.proxy, odd.proxy.config, differences)


def _unknown_parts(name: str, usual: ServerSet, odd: ServerSet) -> Iterator[NotCompared]:
    for one in (usual, odd):
        for server in one.servers.values():
            unknown = next((part for part in facts_of(server) if isinstance(part, Unknown)), server.parameters.open)
            if unknown is not None:
                yield NotCompared(one.proxy.node.name, f"server {server.name} of {name}", unknown.why)
        nameless = next((value for value in _nameless(one)), None)
        if nameless is not None:
            yield NotCompared(one.proxy.node.name, f"all servers of {name}", nameless.why)


def _nameless(one: ServerSet) -> Iterator[Unknown]:
    """Why servers without a known name have none."""
    for server in one.proxy.servers:
        value = server.line.values[1]
        if isinstance(value, Unknown):
            yield value


def _differences(usual: ServerSet, odd: ServerSet) -> Iterator[Difference]:
    left, right = usual.proxy.node.name, odd.proxy.node.name
    skipped = usual.open_names | odd.open_names
    gone = {name: server for name, server in usual.servers.items() if name not in odd.servers and name not in skipped}
    new = {name: server for name, server in odd.servers.items() if name not in usual.servers and name not in skipped}
    # A line whose name is not known may be any of these.
    gone, new = ({} if any(_nameless(odd)) else gone), ({} if any(_nameless(usual)) else new)
    twins = {place: other for other in new.values() if (place := _place(other)) is not None}
    for name, server in list(gone.items()):
        twin = twins.pop(_place(server) or "", None)
        if twin is not None:
            del gone[name], new[twin.name]
            text = f"{_place(server)} is server {name} on {left} and {twin.name} on {right}"
            yield Difference(text, server.span, twin.span, moves_traffic=False)
    for name, server in gone.items():
        text = f"server {name} ({_place(server) or 'address unknown'}) is only on {left}"
        yield Difference(text, server.span, odd.proxy.span, moves_traffic=True)
    for name, server in new.items():
        text = f"server {name} ({_place(server) or 'address unknown'}) is only on {right}"
        yield Difference(text, usual.proxy.span, server.span, moves_traffic=True)
    for name, server in usual.servers.items():
        if name in odd.servers and name not in skipped:
            yield from _changes(server, odd.servers[name])


def _changes(usual: Server, odd: Server) -> Iterator[Difference]:
    left, right = usual.proxy.node.name, odd.proxy.node.name
    here, there = _place(usual), _place(odd)
    if here is not None and there is not None and here != there:
        text = f"server {usual.name} is {here} on {left} and {there} on {right}"
        yield Difference(
            text, usual.line.span_of(usual.address_index), odd.line.span_of(odd.address_index), moves_traffic=True
        )
    if usual.template != odd.template:
        text = f"server-template {usual.name} makes other servers on {right} than on {left}"
        yield Difference(text, usual.span, odd.span, moves_traffic=True)
    if usual.parameters.open is not None or odd.parameters.open is not None:
        return
    first, second = usual.weight, odd.weight
    if first.known and second.known and first.value != second.value:
        text = f"server {usual.name} has weight {first.value} on {left} and {second.value} on {right}"
        serious = 0 in {first.value, second.value}
        yield Difference(
            text,
            first.span if first.written else usual.span,
            second.span if second.written else odd.span,
            moves_traffic=serious,
        )
    # Which of the same servers comes first is often a node's own choice; one that starts disabled gets nothing.
    for word, mine, theirs, serious in (
        ("backup", usual.backup, odd.backup, False),
        ("disabled", usual.disabled, odd.disabled, True),
    ):
        if mine != theirs:
            text = f"server {usual.name} is {word} on {left if mine else right} only"
            yield Difference(text, usual.span, odd.span, moves_traffic=serious)


def _place(server: Server) -> str | None:
    """Address and port as written; None when unknown."""
    if isinstance(server.address, Unknown) or isinstance(server.port, Unknown):
        return None
    host = str(server.address)
    endpoint = server.endpoint
    if endpoint is None or endpoint.kind != "ip":
        return host
    bracketed = f"[{host}]" if ":" in host else host
    if endpoint.offset is not None:
        return f"{bracketed}:{endpoint.offset:+d}"
    return bracketed if server.port is None else f"{bracketed}:{server.port}"

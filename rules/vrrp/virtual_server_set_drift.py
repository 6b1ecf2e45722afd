"""The rule ``vrrp/virtual-server-set-drift``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import listing
from cfglint.model.cluster import Cluster
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.lvs import VirtualServer
from cfglint.model.value import Unknown
from cfglint.source import Span


def _services(config: KeepalivedConfig) -> dict[str, VirtualServer]:
    found: dict[str, VirtualServer] = {}
    for server in config.virtual_servers:
        if not isinstance(server.address, Unknown) and not isinstance(server.port, Unknown):
            found.setdefault(server.label, server)
    return found


def _real_servers(server: VirtualServer) -> dict[str, VirtualServer] | Unknown:
    found: dict[str, VirtualServer] = {}
    for real in server.real_servers:
        for value in (real.address, real.port):
            if isinstance(value, Unknown):
                return value
        found[f"{real.address}:{real.port}" if ":" not in str(real.address) else f"[{real.address}]:{real.port}"] = (
            server
        )
    return found


@rule(
    severity="error",
    yields_to=("fleet/pair-incomplete", "lvs/vs-vip-unmanaged"),
    sources=["keepalived.conf(5): virtual_server; IPVS tables are built from the local file alone"],
)
def virtual_server_set_drift(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    """The directors of one cluster define different virtual servers, or different real servers behind one.

    Why it hurts: each director balances by its own file. After a failover a service that the new MASTER lacks is
    refused, and a real server that it lacks gets no traffic, or a removed one gets it again.

    When it stays silent: for another order; for services whose address, port or real servers are not known; for nodes
    that run no virtual server because their file is not wholly known.

    What to do: define the same services and real servers on every director.
    """
    configs = [node.keepalived for node in cluster.nodes if node.keepalived is not None]
    if len(configs) < 2 or not any(config.virtual_servers for config in configs):
        return
    for config in configs:
        if config.incomplete is not None:
            yield Unchecked(config.node.name, "virtual servers against the other directors'", config.incomplete.why)
            return
    tables = [(config, _services(config)) for config in configs]
    for label in dict.fromkeys(label for _, table in tables for label in table):
        having = [table[label] for _, table in tables if label in table]
        lacking = [config for config, table in tables if label not in table]
        if lacking:
            yield _missing_service(cluster, label, having[0], lacking)
        yield from _real_server_drift(cluster, label, having)


def _missing_service(cluster: Cluster, label: str, server: VirtualServer, lacking: list[KeepalivedConfig]) -> Finding:
    others = listing(config.node.name for config in lacking)
    return Finding(
        at=server.span,
        subject=(cluster.name, "virtual_server", label),
        message=(
            f"virtual_server {label} is defined on {server.node.name} but not on {others}: while {others} is MASTER, "
            "its clients are refused"
        ),
        label=f"only on {server.node.name}",
        related=[Related(f"{config.node.name} lacks it", config.span) for config in lacking],
        help=f"define the service on {others} too",
        nodes=[server.node.name, *(config.node.name for config in lacking)],
    )


def _real_server_drift(cluster: Cluster, label: str, having: list[VirtualServer]) -> Iterator[Finding | Unchecked]:
    usual = having[0]
    expected = _real_servers(usual)
    for other in having[1:]:
        actual = _real_servers(other)
        if isinstance(expected, Unknown) or isinstance(actual, Unknown):
            why = expected.why if isinstance(expected, Unknown) else actual.why if isinstance(actual, Unknown) else ""
            yield Unchecked(other.node.name, f"real servers of {label}", why)
            continue
        only_here, only_there = sorted(actual.keys() - expected.keys()), sorted(expected.keys() - actual.keys())
        if not only_here and not only_there:
            continue
        sides = [
            f"{listing(extra)} only on {server.node.name}"
            for server, extra in ((other, only_here), (usual, only_there))
            if extra
        ]
        yield Finding(
            at=_place(other, only_here),
            subject=(cluster.name, "virtual_server", label, "real_server", other.node.name),
            message=(
                f"the real servers of {label} differ: {'; '.join(sides)}: after a failover requests go to another set "
                "of servers"
            ),
            label=f"on {other.node.name}",
            related=[Related(f"on {usual.node.name}", _place(usual, only_there))],
            help="list the same real servers on every director",
            nodes=[usual.node.name, other.node.name],
        )


def _place(server: VirtualServer, names: list[str]) -> Span:
    for real in server.real_servers:
        if any(name in {f"{real.address}:{real.port}", f"[{real.address}]:{real.port}"} for name in names):
            return real.span
    return server.span

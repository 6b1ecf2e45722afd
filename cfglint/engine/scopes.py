"""Scopes: which objects of a fleet a rule is called for, by the type of its parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from cfglint.model.cluster import Cluster, Fleet, VrrpGroup
from cfglint.model.haproxy import Bind, HaproxyConfig, Proxy, Server
from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.lvs import RealServer, VirtualServer
from cfglint.model.node import FileProblem, Node, NodeFile
from cfglint.model.vrrp import VrrpInstance, VrrpScript, VrrpSyncGroup


def _keepalived(fleet: Fleet) -> Iterator[KeepalivedConfig]:
    return (node.keepalived for node in fleet.nodes if node.keepalived is not None)


def _haproxy(fleet: Fleet) -> Iterator[HaproxyConfig]:
    return (node.haproxy for node in fleet.nodes if node.haproxy is not None)


def _proxies(fleet: Fleet) -> Iterator[Proxy]:
    return (proxy for config in _haproxy(fleet) for proxy in config.proxies)


def _virtual_servers(fleet: Fleet) -> Iterator[VirtualServer]:
    return (server for config in _keepalived(fleet) for server in config.virtual_servers)


SCOPES: dict[type, Callable[[Fleet], Iterable[object]]] = {
    Fleet: lambda fleet: (fleet,),
    Cluster: lambda fleet: fleet.clusters,
    VrrpGroup: lambda fleet: (group for cluster in fleet.clusters for group in cluster.groups),
    Node: lambda fleet: fleet.nodes,
    NodeFile: lambda fleet: (file for node in fleet.nodes for file in node.files),
    FileProblem: lambda fleet: (problem for node in fleet.nodes for problem in node.problems),
    KeepalivedConfig: _keepalived,
    VrrpInstance: lambda fleet: (instance for config in _keepalived(fleet) for instance in config.instances),
    VrrpScript: lambda fleet: (script for config in _keepalived(fleet) for script in config.scripts),
    VrrpSyncGroup: lambda fleet: (group for config in _keepalived(fleet) for group in config.sync_groups),
    VirtualServer: _virtual_servers,
    RealServer: lambda fleet: (real for server in _virtual_servers(fleet) for real in server.real_servers),
    HaproxyConfig: _haproxy,
    ConfigSection: lambda fleet: (section for config in _haproxy(fleet) for section in config.sections),
    Proxy: _proxies,
    Bind: lambda fleet: (bind for proxy in _proxies(fleet) for bind in proxy.binds),
    Server: lambda fleet: (server for proxy in _proxies(fleet) for server in proxy.servers),
}
"""Every scope but HAProxy's lines, which come from an index by keyword."""


class LineIndex:
    """HAProxy's lines by keyword, so that a rule sees only those it asked for; skipped ``.if`` branches hold none."""

    def __init__(self, fleet: Fleet) -> None:
        self._by_keyword: dict[str, list[ConfigLine]] = {}
        for config in _haproxy(fleet):
            for line in config.lines:
                self._by_keyword.setdefault(line.keyword, []).append(line)

    def get(self, keywords: tuple[str, ...]) -> Iterator[ConfigLine]:
        """The lines whose first word is one of these; all of them when none is named."""
        wanted = keywords or tuple(self._by_keyword)
        return chain.from_iterable(self._by_keyword.get(keyword, ()) for keyword in wanted)

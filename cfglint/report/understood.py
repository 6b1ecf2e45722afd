"""What was understood, as plain values: nodes with roles, files and effective values, clusters and virtual routers.

It follows the model's dataclasses, so that a field added there is shown without an edit here. Back references and
syntax trees are left out, secrets masked.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network

from cfglint.engine.result import Result
from cfglint.model.cluster import Cluster, VrrpGroup
from cfglint.model.haproxy import Bind, Server
from cfglint.model.lvs import VirtualServer
from cfglint.model.node import Node
from cfglint.model.value import MASK, Secret, Setting, Unknown
from cfglint.model.version import Version
from cfglint.report.cells import printable
from cfglint.report.json_v1 import Value
from cfglint.report.masking import mask_line
from cfglint.report.prepare import make_safe
from cfglint.source import SourceFile, Span
from cfglint.tree import NodeTree

_AS_TEXT = (IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network, Version, Decimal, Span)
_LEFT_OUT = (Node, SourceFile, NodeTree)
_DERIVED: Mapping[type, tuple[str, ...]] = {
    Bind: ("options", "span"),
    Server: ("address", "port", "weight", "backup", "disabled", "check", "options", "span"),
    VirtualServer: ("label",),
}
"""Properties that are shown beside the fields: what the models work out only when they are asked."""

_MAX_DEPTH = 12


def understood(result: Result) -> Value:
    """Everything that the run made of the given files."""
    safe = make_safe(result)
    return {
        "version": 1,
        "nodes": [node_values(node) for node in result.fleet.nodes],
        "clusters": [_cluster(cluster) for cluster in result.fleet.clusters],
        "not_compared": [
            {"node": printable(entry.node), "what": printable(entry.what), "why": printable(entry.why)}
            for entry in result.fleet.not_compared
        ],
        "unchecked": [{"node": entry.node, "what": entry.what, "why": entry.why} for entry in safe.unchecked],
        "faults": [{"where": fault.where, "why": fault.why} for fault in safe.faults],
    }


def node_values(node: Node) -> Value:
    """One node as plain values."""
    return {
        "name": printable(node.name),
        "path": printable(node.path),
        "role": node.role,
        "target": {
            "haproxy": None if node.target.haproxy is None else str(node.target.haproxy),
            "keepalived": None if node.target.keepalived is None else str(node.target.keepalived),
        },
        "files": [{"path": printable(file.source.path), "kind": file.kind} for file in node.files],
        "keepalived": _plain(node.keepalived, 0),
        "haproxy": _plain(node.haproxy, 0),
        "kernel": _plain(node.kernel, 0),
        "addresses": _plain(node.addresses, 0),
        "firewall": _plain(node.firewall, 0),
    }


def _cluster(cluster: Cluster) -> Value:
    return {
        "name": printable(cluster.name),
        "nodes": [printable(node.name) for node in cluster.nodes],
        "real_servers": [printable(node.name) for node in cluster.real_servers],
        "vips": cluster.vips,
        "virtual_routers": [_group(group) for group in cluster.groups],
    }


def _group(group: VrrpGroup) -> Value:
    return {
        "name": printable(group.name),
        "tied_by": group.tied_by,
        "members": [
            {
                "node": printable(member.node.name),
                "instance": printable(member.name),
                "vrid": _plain(member.vrid, 0),
                "state": _plain(member.state, 0),
                "priority": _plain(member.priority, 0),
            }
            for member in group.members
        ],
    }


def _plain(value: object, depth: int) -> object:
    """A model value as JSON knows it."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return printable(mask_line(value).text)
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, _AS_TEXT):
        return printable(str(value))
    if isinstance(value, Unknown):
        return {"unknown": printable(mask_line(value.why).text)}
    if isinstance(value, Setting):
        return {"value": _plain(value.value, depth), "written": value.written, "span": printable(str(value.span))}
    return _compound(value, depth)


def _compound(value: object, depth: int) -> object:
    if depth > _MAX_DEPTH or isinstance(value, _LEFT_OUT) or _is_syntax(value):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name, None), depth + 1)
            for field in dataclasses.fields(value)
            if field.repr and not _left_out(getattr(value, field.name, None))
        } | {name: _plain(getattr(value, name), depth + 1) for name in _DERIVED.get(type(value), ())}
    if isinstance(value, Mapping):
        return {printable(str(key)): _plain(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, Iterable):
        entries = value if not isinstance(value, set | frozenset) else sorted(value, key=str)
        return [_plain(entry, depth + 1) for entry in entries if not _left_out(entry)]
    return printable(str(value))


def _left_out(value: object) -> bool:
    if isinstance(value, list | tuple) and value and not isinstance(value, _AS_TEXT):
        return all(_left_out(entry) for entry in value)
    return isinstance(value, _LEFT_OUT) or _is_syntax(value)


def _is_syntax(value: object) -> bool:
    module = type(value).__module__
    return module.startswith("cfglint.syntax.") and not module.endswith(".problem")

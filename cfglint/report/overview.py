"""One node in a dozen lines: what was understood of it, for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cfglint.model.haproxy import BindAddress, HaproxyConfig, Proxy, Server
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.lvs import VirtualServer
from cfglint.model.node import Node
from cfglint.model.value import MASK, Setting, Unknown
from cfglint.model.vrrp import Vip, VrrpInstance
from cfglint.report.cells import printable
from cfglint.report.masking import mask_line
from cfglint.report.styled import Line

TITLE_WIDTH = 12
"""Cells before the text of a row."""

MAX_ROWS = 40
"""Entries of one kind that are listed; the rest are counted (JSON has all of them)."""


def node_lines(node: Node) -> list[Line]:
    """A heading with name, path and role, then a row for each thing the node has."""
    target = ", ".join(
        f"{name} {version}"
        for name, version in (("haproxy", node.target.haproxy), ("keepalived", node.target.keepalived))
        if version is not None
    )
    lines: list[Line] = [[(printable(node.name), "path"), (f"  {node.role}  {printable(node.path)}", "quiet")]]
    lines += _rows("files", [file.relative for file in node.files] or ["none was read"], joined=True)
    lines += _rows("target", [target] if target else [])
    if node.keepalived is not None:
        lines += _keepalived(node.keepalived)
    if node.haproxy is not None:
        lines += _haproxy(node.haproxy)
    lines += _rows("sysctl", [f"{entry.key} = {entry.value}" for entry in node.kernel.assignments])
    lines += _rows("addresses", [f"{entry.interface} {entry.address}" for entry in node.addresses.addresses])
    lines += _rows(
        "route", [f"default via {route.gateway}{_on(route.interface)}" for route in node.addresses.default_routes]
    )
    lines += _rows("firewall", [path.removeprefix(f"{node.path}/") for path in node.firewall.files], joined=True)
    return lines


def _rows(title: str, texts: Sequence[str], *, joined: bool = False) -> list[Line]:
    """Rows of one kind: the title stands before the first; ``joined`` puts short texts on one row."""
    if joined and texts:
        shown = ", ".join(texts[:MAX_ROWS])
        texts = [f"{shown} and {len(texts) - MAX_ROWS} more" if len(texts) > MAX_ROWS else shown]
    rest = len(texts) - MAX_ROWS
    rows = [*texts[:MAX_ROWS], f"and {rest} more"] if rest > 0 else texts
    return [
        [(f"  {title if index == 0 else '':<{TITLE_WIDTH - 2}}", "quiet"), (printable(mask_line(text).text), "")]
        for index, text in enumerate(rows)
    ]


def _keepalived(config: KeepalivedConfig) -> list[Line]:
    rows: list[str] = []
    for instance in config.instances:
        rows += _instance(instance)
    for group in config.sync_groups:
        rows.append(f"sync group {group.name}: {', '.join(name for name, _ in group.members)}")
    lines = _rows("VRRP", rows or ["no instance"])
    lines += _rows("scripts", [f"{script.name}: {_value(script.command)}" for script in config.scripts])
    lines += _rows("IPVS", [_virtual_server(server) for server in config.virtual_servers])
    if config.incomplete is not None:
        lines += _rows("incomplete", [config.incomplete.why])
    return lines


def _instance(instance: VrrpInstance) -> list[str]:
    mode = (
        f"unicast to {', '.join(_plain(peer.address) for peer in instance.unicast_peers)}"
        if instance.is_unicast
        else f"multicast {_value(instance.multicast_group)}"
    )
    kind = instance.authentication.kind
    secret = f"{_plain(kind)} {MASK}" if kind in {"PASS", "AH", "HMAC"} else "no authentication"
    place = f"VRID {_value(instance.vrid)} on {_value(instance.interface)}"
    rows = [
        f"{instance.name}: {place}, {_value(instance.state)}, priority {_value(instance.priority)}",
        f"  VRRPv{_value(instance.version)} every {_value(instance.advert_int)} s, {mode}, {secret}",
        f"  VIPs {_vips(instance.vips)}",
    ]
    if instance.excluded_vips:
        rows.append(f"  excluded VIPs {_vips(instance.excluded_vips)}")
    if instance.nopreempt:
        rows.append("  nopreempt")
    if instance.tracks:
        tracks = (f"{track.kind} {track.name} (weight {_plain(track.weight)})" for track in instance.tracks)
        rows.append(f"  tracks {', '.join(tracks)}")
    if instance.damaged is not None:
        rows.append(f"  damaged: {instance.damaged.why}")
    return rows


def _vips(vips: Iterable[Vip]) -> str:
    texts = [
        f"{_plain(vip.address)}/{vip.prefix}" if not isinstance(vip.address, Unknown) else _plain(vip.address)
        for vip in vips
    ]
    return ", ".join(texts) or "none"


def _virtual_server(server: VirtualServer) -> str:
    behind = ", ".join(f"{_plain(real.address)}:{_plain(real.port)}" for real in server.real_servers)
    return f"{server.label} {_value(server.scheduler)} {_value(server.method)}: {behind or 'no real server'}"


def _haproxy(config: HaproxyConfig) -> list[Line]:
    return _rows("HAProxy", [_proxy(proxy) for proxy in config.proxies] or ["no proxy"])


def _proxy(proxy: Proxy) -> str:
    binds = ", ".join(_bind(address) for bind in proxy.binds for address in bind.addresses)
    servers = ", ".join(_server(server) for server in proxy.servers)
    parts = [part for part in (f"listens on {binds}" if binds else "", f"servers {servers}" if servers else "") if part]
    return f"{proxy.kind} {proxy.name} ({_value(proxy.mode)}){': ' if parts else ''}{'; '.join(parts)}"


def _bind(bound: BindAddress) -> str:
    if bound.kind != "ip":
        return bound.kind
    address = "*" if bound.address is None else _plain(bound.address)
    if bound.ports is None or isinstance(bound.ports, Unknown):
        return address
    first, last = bound.ports
    return f"{address}:{first}" if first == last else f"{address}:{first}-{last}"


def _server(server: Server) -> str:
    notes = [word for word, is_set in (("backup", server.backup), ("disabled", server.disabled)) if is_set]
    notes += [] if server.check else ["no check"]
    port = "" if server.port is None else f":{_plain(server.port)}"
    remark = f" ({', '.join(notes)})" if notes else ""
    return f"{server.name} {_plain(server.address)}{port}{remark}"


def _value(setting: Setting[Any]) -> str:
    return _plain(setting.value)


def _plain(value: object) -> str:
    if value is None:
        return "none"
    return f"unknown ({value.why})" if isinstance(value, Unknown) else str(value)


def _on(interface: str | None) -> str:
    return f" dev {interface}" if interface else ""

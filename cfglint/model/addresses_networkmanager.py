"""Interfaces from NetworkManager's keyfiles (nm-settings-keyfile(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.model.address_text import read_address, read_interface, refuse
from cfglint.model.host_addresses import DefaultRoute, HostAddress, HostAddresses, StaticRoute
from cfglint.model.host_files import all_places
from cfglint.model.value import Unknown
from cfglint.syntax.ini import IniEntry, IniFile, IniSection, parse_ini
from cfglint.syntax.ip_command import read_route
from cfglint.tree import NodeTree

FOLDERS = (
    "etc/NetworkManager/system-connections",
    "run/NetworkManager/system-connections",
    "usr/lib/NetworkManager/system-connections",
)
NUMBERED_ADDRESS = re.compile(r"address(?:es)?[0-9]*")
NUMBERED_ROUTE = re.compile(r"routes?[0-9]*")


def read_networkmanager(tree: NodeTree, host: HostAddresses) -> None:
    """Add what the node's keyfiles tell."""
    for path in _files(tree):
        source = tree.read(path)
        if source is None:
            host.unreadable = host.unreadable or Unknown(f"{path} cannot be read")
            continue
        host.files.append(source.path)
        _read_connection(parse_ini(source), host)


def _files(tree: NodeTree) -> Iterator[str]:
    seen: set[str] = set()
    for folder in (*all_places(FOLDERS), "system-connections", ""):
        for path in tree.files(folder, "*.nmconnection"):
            name = path.rsplit("/", 1)[-1]
            if name not in seen:
                seen.add(name)
                yield path


def _read_connection(file: IniFile, host: HostAddresses) -> None:
    host.problems.extend(file.problems)
    connection = file.merged("connection")
    device = connection.text("interface-name")
    if connection.text("type") in {"wifi", "vpn", "wireguard", "gsm"} and not device:
        return
    if connection.text("autoconnect") in {"false", "no", "0"}:
        return
    whole = file.source.whole
    host.manages.setdefault("networkmanager", whole)
    if device:
        if device in host.interfaces and host.interfaces[device].path != whole.path:
            why = f"more than one connection is for {device}, and only one of them is active"
            host.unreadable = host.unreadable or Unknown(why, connection.span)
        host.interfaces.setdefault(device, whole)
        host.mentioned.add(device)
    else:
        host.names_complete = False
        device = f"?{connection.text('id') or file.source.path}"
    for section, key in (("vlan", "parent"), ("connection", "master"), ("connection", "controller")):
        parent = file.merged(section).text(key)
        if parent:
            host.mentioned.add(parent)
    for name in ("ipv4", "ipv6"):
        _read_family(file.merged(name), device, host)


def _read_family(section: IniSection, device: str, host: HostAddresses) -> None:
    method = section.get("method")
    if method is not None and method.value in {"disabled", "ignore", "link-local"}:
        return
    if method is not None and section.name == "ipv4" and method.value in {"auto", "shared"}:
        host.dynamic.setdefault(device, method.value_span)
    may_route = section.text("never-default") not in {"true", "yes", "1"}
    for entry in section.entries:
        if NUMBERED_ADDRESS.fullmatch(entry.key):
            _add_addresses(entry, device, host, may_route=may_route)
        elif entry.key == "gateway" and may_route:
            gateway = read_address(entry.value)
            if gateway is None:
                refuse(host, "gateway", entry.value, entry.value_span, addresses=False)
            else:
                host.default_routes.append(DefaultRoute(gateway, device, entry.value_span))
        elif NUMBERED_ROUTE.fullmatch(entry.key):
            _add_route(entry, device, host)
        elif entry.key.startswith("routing-rule") or entry.key == "route-table":
            host.policy_routing = host.policy_routing or entry.span


def _add_addresses(entry: IniEntry, device: str, host: HostAddresses, *, may_route: bool) -> None:
    for item in (part.strip() for part in entry.value.split(";")):
        if not item:
            continue
        written, _, gateway = item.partition(",")
        address = read_interface(written.strip())
        if address is None:
            refuse(host, entry.key, item, entry.value_span)
            continue
        host.addresses.append(HostAddress(device, address, entry.value_span))
        hop = read_address(gateway.strip()) if gateway.strip() else None
        if hop is not None and may_route and int(hop):
            host.default_routes.append(DefaultRoute(hop, device, entry.value_span))


def _add_route(entry: IniEntry, device: str, host: HostAddresses) -> None:
    parts = [part.strip() for part in entry.value.rstrip(";").split(",")]
    hop = parts[1] if len(parts) > 1 else ""
    words = [parts[0], *(("via", hop) if hop and read_address(hop) and int(read_address(hop) or 0) else ())]
    route = read_route(words)
    if route is None:
        refuse(host, entry.key, entry.value, entry.value_span, addresses=False)
    elif route.destination is not None:
        host.routes.append(StaticRoute(route.destination, route.gateway, device, entry.value_span))
    elif route.gateway is not None:
        host.default_routes.append(DefaultRoute(route.gateway, device, entry.value_span))

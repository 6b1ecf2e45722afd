"""Interfaces from systemd-networkd's units (systemd.network(5), systemd.netdev(5)).

Files sort by name over all folders, a name in an earlier folder hides the others; the first .network file whose [Match]
fits an interface configures it, and no other does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.model.address_text import add_route, read_address, read_interface, refuse
from cfglint.model.host_addresses import HostAddress, HostAddresses, Scope
from cfglint.model.host_files import all_places
from cfglint.model.value import Unknown
from cfglint.syntax.ini import IniFile, IniSection, parse_ini
from cfglint.syntax.ip_command import read_route
from cfglint.tree import NodeTree

FOLDERS = ("etc/systemd/network", "run/systemd/network", "usr/local/lib/systemd/network", "usr/lib/systemd/network")
DHCP_VALUES = frozenset({"yes", "true", "1", "on", "both", "ipv4", "v4"})
SCOPES: dict[str, Scope] = {"host": "host", "link": "link", "global": "global", "254": "host", "253": "link"}


def read_networkd(tree: NodeTree, host: HostAddresses) -> None:
    """Add what the node's networkd units tell."""
    taken: set[str] = set()
    for path in _units(tree, "*.netdev"):
        file = _read(tree, path, host)
        if file is not None:
            name = file.merged("NetDev").text("Name")
            if name:
                host.interfaces.setdefault(name, file.source.whole)
                host.mentioned.add(name)
    for path in _units(tree, "*.network"):
        file = _read(tree, path, host)
        if file is None:
            continue
        for name in _devices(file, host):
            if name not in taken:
                taken.add(name)
                _read_network(file, name, host)


def _units(tree: NodeTree, pattern: str) -> list[str]:
    found: dict[str, str] = {}
    masked: set[str] = set()
    for folder in (*all_places(FOLDERS), ""):
        for path in tree.files(folder, pattern):
            name = path.rsplit("/", 1)[-1]
            if name not in masked:
                found.setdefault(name, path)
        masked |= tree.masks(folder) if folder else set()
    return [found[name] for name in sorted(found)]


def _read(tree: NodeTree, path: str, host: HostAddresses) -> IniFile | None:
    source = tree.read(path)
    if source is None:
        host.unreadable = host.unreadable or Unknown(f"{path} cannot be read")
        return None
    host.files.append(source.path)
    file = parse_ini(source, joins_lines=True)
    name = path.rsplit("/", 1)[-1]
    for folder in all_places(FOLDERS):
        for drop_in in tree.files(f"{folder}/{name}.d", "*.conf"):
            extra = tree.read(drop_in)
            if extra is not None:
                host.files.append(extra.path)
                file.sections += parse_ini(extra, joins_lines=True).sections
    host.problems.extend(file.problems)
    return file


def _devices(file: IniFile, host: HostAddresses) -> Iterator[str]:
    """The devices a unit is for; one that is chosen by pattern or address has no name of its own."""
    match = file.merged("Match")
    names = [word for entry in match.all("Name") for word in entry.value.split()]
    host.manages.setdefault("networkd", file.source.whole)
    if not names:
        host.names_complete = False
        yield f"?{file.source.path}"
    for name in names:
        if re.search(r"[*?\[!]", name):
            host.names_complete = False
            yield f"?{name}"
        else:
            host.interfaces.setdefault(name, file.source.whole)
            host.mentioned.add(name)
            yield name


def _read_network(file: IniFile, device: str, host: HostAddresses) -> None:
    network = file.merged("Network")
    dhcp = network.get("DHCP")
    if dhcp is not None and dhcp.value.lower() in DHCP_VALUES:
        host.dynamic.setdefault(device, dhcp.value_span)
    keep = network.get("KeepConfiguration")
    host.networkd[device] = keep.value.lower() if keep is not None else ""
    for key in ("IPForward", "IPv4Forwarding", "IPMasquerade"):
        entry = network.get(key)
        if entry is not None and entry.value.lower() not in {"", "no", "false", "0", "off", "ipv6"}:
            host.forwards = host.forwards or entry.value_span
    for key in ("VLAN", "Bond", "Bridge", "MACVLAN", "VRF"):
        host.mentioned.update(entry.value for entry in network.all(key))
    _read_addresses(file, network, device, host)
    _read_routes(file, network, device, host)
    rules = next(file.named("RoutingPolicyRule"), None)
    if rules is not None:
        host.policy_routing = host.policy_routing or rules.span


def _read_addresses(file: IniFile, network: IniSection, device: str, host: HostAddresses) -> None:
    for entry in network.all("Address"):
        address = read_interface(entry.value)
        if address is None:
            refuse(host, "Address", entry.value, entry.value_span)
        else:
            host.addresses.append(HostAddress(device, address, entry.value_span))
    for section in file.named("Address"):
        _add_address(section, device, host)


def _read_routes(file: IniFile, network: IniSection, device: str, host: HostAddresses) -> None:
    for entry in network.all("Gateway"):
        if not entry.value.startswith("_"):
            _add_gateway(["default", "via", entry.value], device, host, network, "Gateway")
    for section in file.named("Route"):
        gateway, table = section.text("Gateway"), section.text("Table")
        if gateway.startswith("_"):
            continue
        words = [section.text("Destination") or "default", *(("via", gateway) if gateway else ())]
        _add_gateway([*words, *(("table", table) if table else ())], device, host, section, "Gateway")


def _add_address(section: IniSection, device: str, host: HostAddresses) -> None:
    written = section.get("Address")
    if written is None:
        return
    address = read_interface(written.value)
    if address is None:
        refuse(host, "Address", written.value, written.value_span)
        return
    scope = SCOPES.get(section.text("Scope"), "global")
    host.addresses.append(HostAddress(device, address, written.value_span, scope, section.text("Label")))


def _add_gateway(words: list[str], device: str, host: HostAddresses, section: IniSection, key: str) -> None:
    written = section.get(key) or section.get("Destination")
    span = written.value_span if written is not None else section.span
    route = read_route(words)
    if route is None or ("via" in words and read_address(words[words.index("via") + 1]) is None):
        refuse(host, key, " ".join(words), span, addresses=False)
        return
    on_link = section.text("GatewayOnLink").lower() in {"yes", "true", "1"}
    add_route(route, device, span, host, on_link=on_link)

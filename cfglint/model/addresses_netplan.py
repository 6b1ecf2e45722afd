"""Interfaces from netplan's YAML files.

Run with netplan 0.106: files sort by name over /lib, /etc and /run; of one name the file in /run hides that in /etc,
and that the one in /lib; later files merge into earlier ones, and their address lists add up.
"""

from __future__ import annotations

from cfglint.model.address_text import add_route, read_address, read_interface, refuse
from cfglint.model.host_addresses import DefaultRoute, HostAddress, HostAddresses
from cfglint.model.host_files import all_places
from cfglint.model.value import Unknown
from cfglint.syntax.ip_command import read_route
from cfglint.syntax.netplan import YamlMap, YamlMissingError, YamlText, merge, parse_netplan, texts
from cfglint.tree import NodeTree

FOLDERS = ("run/netplan", "etc/netplan", "lib/netplan", "usr/lib/netplan")
KINDS = ("ethernets", "vlans", "bonds", "bridges", "dummy-devices", "tunnels", "vrfs", "wifis", "virtual-ethernets")


def read_netplan(tree: NodeTree, host: HostAddresses) -> None:
    """Add what the node's netplan files tell."""
    merged: YamlMap | None = None
    for path in _files(tree):
        source = tree.read(path)
        if source is None:
            host.unreadable = host.unreadable or Unknown(f"{path} cannot be read")
            continue
        host.files.append(source.path)
        try:
            top, problems = parse_netplan(source)
        except YamlMissingError as error:
            host.unreadable = host.unreadable or Unknown(str(error), source.whole)
            return
        host.problems.extend(problems)
        if problems:
            host.unreadable = host.unreadable or Unknown(f"{source.path} does not read", problems[0].span)
        network = top.map("network") if top is not None else None
        if network is not None and merged is None:
            merged = network
        elif network is not None and merged is not None:
            merge(merged, network)
    if merged is not None:
        _read_network(merged, host)


def _files(tree: NodeTree) -> list[str]:
    found: dict[str, str] = {}
    for folder in (*all_places(FOLDERS), ""):
        for pattern in ("*.yaml", "*.yml"):
            for path in tree.files(folder, pattern if folder else f"*netplan{pattern}"):
                found.setdefault(path.rsplit("/", 1)[-1], path)
    return [found[name] for name in sorted(found)]


def _read_network(network: YamlMap, host: HostAddresses) -> None:
    common = network.text("renderer")
    for kind in KINDS:
        section = network.map(kind)
        for name, value in section.entries.items() if section is not None else ():
            if isinstance(value, YamlMap):
                renderer = value.text("renderer") or common
                _read_interface(name, value, renderer.text if renderer is not None else "networkd", host)


def _read_interface(name: str, value: YamlMap, renderer: str, host: HostAddresses) -> None:
    device = _device(name, value, host)
    host.manages.setdefault("networkmanager" if renderer == "NetworkManager" else "networkd", value.span)
    if renderer != "NetworkManager":
        critical = value.text("critical")
        host.networkd.setdefault(device, "yes" if critical is not None and critical.true else "")
    if not device.startswith("?"):
        host.interfaces.setdefault(device, value.span)
        host.mentioned.add(device)
    _read_names(value, host)
    dhcp = value.text("dhcp4")
    if dhcp is not None and dhcp.true:
        host.dynamic.setdefault(device, dhcp.span)
    for written in texts(value.list("addresses")):
        address = read_interface(written.text)
        if address is None:
            refuse(host, "addresses", written.text, written.span)
        else:
            host.addresses.append(HostAddress(device, address, written.span))
    _read_gateways(value, device, host)
    for route in value.list("routes"):
        if isinstance(route, YamlMap):
            _read_route(route, device, host)
    if value.list("routing-policy"):
        host.policy_routing = host.policy_routing or value.span


def _read_names(value: YamlMap, host: HostAddresses) -> None:
    link = value.text("link")
    host.mentioned.update([link.text] if link is not None else [])
    host.mentioned.update(member.text for member in texts(value.list("interfaces")))


def _read_gateways(value: YamlMap, device: str, host: HostAddresses) -> None:
    for key in ("gateway4", "gateway6"):
        hop = value.text(key)
        gateway = read_address(hop.text) if hop is not None else None
        if hop is not None and gateway is not None:
            host.default_routes.append(DefaultRoute(gateway, device, hop.span))
        elif hop is not None:
            refuse(host, key, hop.text, hop.span, addresses=False)


def _device(name: str, value: YamlMap, host: HostAddresses) -> str:
    """The device that an entry is for: its own name, unless it is matched by something else."""
    match = value.map("match")
    given = value.text("set-name")
    if given is not None:
        return given.text
    if match is None:
        return name
    named = match.text("name")
    if named is not None and not set(named.text) & set("*?["):
        return named.text
    host.names_complete = False
    return f"?{name}"


def _read_route(route: YamlMap, device: str, host: HostAddresses) -> None:
    to, via, table = route.text("to"), route.text("via"), route.text("table")
    if to is None:
        return
    words = [to.text]
    for word, value in (("via", via), ("table", table)):
        if isinstance(value, YamlText):
            words += [word, value.text]
    found = read_route(words)
    if found is None:
        refuse(host, "routes", " ".join(words), to.span, addresses=False)
        return
    on_link = route.text("on-link")
    add_route(found, device, (via or to).span, host, on_link=on_link is not None and on_link.true)

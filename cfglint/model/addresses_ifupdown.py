"""Interfaces of Debian's kind: /etc/network/interfaces and what it sources."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatch

from cfglint.model.address_text import add_route, read_address, read_interface, refuse
from cfglint.model.host_addresses import DefaultRoute, HostAddress, HostAddresses, Scope
from cfglint.model.host_files import first_file, places
from cfglint.model.value import Unknown
from cfglint.syntax.ip_command import read_address_change, read_route
from cfglint.syntax.network_interfaces import InterfaceOption, Stanza, parse_interfaces
from cfglint.tree import NodeTree

DYNAMIC_METHODS = frozenset({"dhcp", "bootp", "ppp", "wvdial", "auto"})
SOURCEABLE = re.compile(r"[A-Za-z0-9_-]+")
"""Names that ``source-directory`` reads: none with a dot."""
MEMBER_OPTIONS = (
    "vlan-raw-device", "vlan_raw_device", "bridge_ports", "bridge-ports", "bond-master", "bond-slaves", "bond_slaves",
    "slaves",
)  # fmt: skip
MAX_DEPTH = 10


def read_ifupdown(tree: NodeTree, host: HostAddresses) -> None:
    """Add what the node's interfaces file and the files it sources tell."""
    path = first_file(tree, "etc/network/interfaces", "interfaces")
    if path is None:
        return
    stanzas = list(_stanzas(tree, path, host, 0, set()))
    by_name = {stanza.words[0]: stanza for stanza in stanzas if stanza.kind in {"iface", "template"} and stanza.words}
    for stanza in stanzas:
        if stanza.kind == "mapping":
            why = "a mapping script chooses among interface stanzas"
            host.unreadable = host.unreadable or Unknown(why, stanza.span)
        elif stanza.kind == "iface" and len(stanza.words) >= 3:
            _read_stanza(stanza, by_name, host)
        elif stanza.kind == "auto" or stanza.kind.startswith("allow-"):
            host.mentioned.update(word.split(":")[0] for word in stanza.words)


def _stanzas(tree: NodeTree, path: str, host: HostAddresses, depth: int, seen: set[str]) -> Iterator[Stanza]:
    source = tree.read(path) if path not in seen and depth < MAX_DEPTH else None
    seen.add(path)
    if source is None:
        return
    host.files.append(source.path)
    host.manages.setdefault("ifupdown", source.whole)
    file = parse_interfaces(source)
    host.problems.extend(file.problems)
    for stanza in file.stanzas:
        if stanza.kind in {"source", "source-directory"} and stanza.words:
            for name in _sourced(tree, stanza, path):
                yield from _stanzas(tree, name, host, depth + 1, seen)
        else:
            yield stanza


def _sourced(tree: NodeTree, stanza: Stanza, from_path: str) -> Iterator[str]:
    written = stanza.words[0]
    if not written.startswith("/"):
        written = f"{from_path.rpartition('/')[0]}/{written}"
    for place in places(written.strip("/")):
        folder, _, pattern = place.rpartition("/")
        if stanza.kind == "source-directory":
            names = [path for path in tree.files(place) if SOURCEABLE.fullmatch(path.rsplit("/", 1)[-1])]
        else:
            names = [path for path in tree.files(folder) if fnmatch(path.rsplit("/", 1)[-1], pattern)]
        if names:
            yield from names
            return


def _read_stanza(stanza: Stanza, by_name: dict[str, Stanza], host: HostAddresses) -> None:
    label, family, method = stanza.words[:3]
    device = label.split(":", 1)[0]
    host.interfaces.setdefault(device, stanza.span)
    _note_names(stanza, device, host)
    if method in DYNAMIC_METHODS and family == "inet":
        host.dynamic.setdefault(device, stanza.span)
    if "inherits" in stanza.words:
        _inherit(stanza, by_name.get(stanza.words[-1]), host)
    _read_addresses(stanza, device, label if ":" in label else "", host)
    for option in stanza.all("gateway"):
        gateway = read_address(option.value)
        if gateway is None:
            refuse(host, "gateway", option.value, option.span, addresses=False)
        else:
            host.default_routes.append(DefaultRoute(gateway, device, option.span))
    for option in stanza.all("up", "post-up", "pre-up"):
        _read_command(option, device, host)


def _note_names(stanza: Stanza, device: str, host: HostAddresses) -> None:
    """Note every interface that the stanza names: itself, its parent, its members."""
    host.mentioned.add(device)
    for option in stanza.all(*MEMBER_OPTIONS):
        host.mentioned.update(word for word in option.value.split() if word not in {"none", "all", "regex"})
    if re.fullmatch(r".+\.[0-9]+", device):
        host.mentioned.add(device.rsplit(".", 1)[0])


def _inherit(stanza: Stanza, parent: Stanza | None, host: HostAddresses) -> None:
    if parent is None:
        host.unreadable = host.unreadable or Unknown("an interface inherits from a missing one", stanza.span)
        return
    own = {option.name for option in stanza.options}
    stanza.options += [option for option in parent.options if option.name not in own]


def _read_addresses(stanza: Stanza, device: str, label: str, host: HostAddresses) -> None:
    scope: Scope = "host" if stanza.text("scope") == "host" else "link" if stanza.text("scope") == "link" else "global"
    prefix = stanza.text("netmask")
    for option in stanza.all("address"):
        text = option.value.split()[0] if option.value else ""
        address = read_interface(text if "/" in text or not prefix else f"{text}/{prefix}")
        if address is None:
            refuse(host, "address", option.value, option.span)
        else:
            host.addresses.append(HostAddress(device, address, option.span, scope, label))


def _read_command(option: InterfaceOption, device: str, host: HostAddresses) -> None:
    """Take a plain ``ip`` command that runs when the interface comes up; leave everything else alone."""
    text = option.value.replace("$IFACE", device).replace("${IFACE}", device).split("||")[0].strip()
    try:
        words = shlex.split(text)
    except ValueError:
        return
    words = [word for word in words if word not in {"-4", "-6"}]
    if not words or words[0].rsplit("/", 1)[-1] != "ip":
        return
    if words[1:3] in (["route", "add"], ["route", "replace"], ["r", "add"], ["ro", "add"]):
        route = read_route(words[3:])
        if route is not None:
            add_route(route, route.device or device, option.span, host, on_link="onlink" in words)
    elif words[1:2] in (["rule"], ["ru"]):
        host.policy_routing = host.policy_routing or option.span
    else:
        change = read_address_change(words[1:])
        if change is not None and change.adds:
            scope: Scope = change.scope or "global"
            host.addresses.append(
                HostAddress(change.device or device, change.address, option.span, scope, change.label)
            )

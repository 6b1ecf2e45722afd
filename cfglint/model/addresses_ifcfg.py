"""Interfaces of Red Hat's kind: ifcfg-*, route-* and route6-* files, /etc/sysconfig/network.

Two tools read them, NetworkManager and the older initscripts: of numbered addresses (IPADDR, IPADDR0, IPADDR1, then
IPADDR2 … up to the first gap) both take all; ``GATEWAYn`` with a number only NetworkManager takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface, ip_address, ip_interface

from cfglint.model.address_text import add_route
from cfglint.model.host_addresses import DefaultRoute, HostAddress, HostAddresses, Scope
from cfglint.model.host_files import first_file
from cfglint.model.value import Unknown
from cfglint.source import SourceFile, Span
from cfglint.syntax.ip_command import read_route
from cfglint.syntax.problem import SyntaxProblem
from cfglint.syntax.shell_assignments import Assignment, AssignmentFile, parse_assignments
from cfglint.tree import NodeTree

FOLDERS = ("etc/sysconfig/network-scripts", "sysconfig/network-scripts", "network-scripts", "")
IGNORED_ENDS = ("~", ".bak", ".old", ".orig", ".rpmsave", ".rpmnew", ".rpmorig", ".swp", ".augnew", ".augtmp")
KEY_FORM = re.compile(r"(?m)^\s*ADDRESS[0-9]+=")
DYNAMIC = frozenset({"dhcp", "bootp", "ibft", "shared", "autoip"})
MAX_NUMBERED = 10_000
"""Numbered keys of one file that are followed; a file has a handful."""


def ifcfg_files(tree: NodeTree) -> Iterator[tuple[str, str, str]]:
    """The interface files: their kind (``ifcfg``, ``route``, ``rule``), the name behind the dash, the node's path."""
    seen: set[tuple[str, str]] = set()
    for folder in FOLDERS:
        for path in tree.files(folder):
            kind, dash, name = path.rsplit("/", 1)[-1].partition("-")
            if kind not in {"ifcfg", "route", "route6", "rule", "rule6"} or not dash or not name:
                continue
            if name.endswith(IGNORED_ENDS) or (kind, name) in seen:
                continue
            seen.add((kind, name))
            yield kind, name, path


def read_ifcfg(tree: NodeTree, host: HostAddresses) -> None:
    """Add what the node's ifcfg, route and rule files tell."""
    routes: list[tuple[str, SourceFile]] = []
    for kind, name, path in ifcfg_files(tree):
        source = tree.read(path)
        if source is None:
            host.unreadable = host.unreadable or Unknown(f"{path} cannot be read")
            continue
        host.files.append(source.path)
        if kind == "ifcfg":
            _read_interface(parse_assignments(source), name, host)
        elif kind in {"route", "route6"}:
            routes.append((name, source))
        else:
            host.policy_routing = host.policy_routing or source.whole
    for name, source in routes:
        _read_routes(name, source, host)
    if host.manages.get("ifcfg") is not None and not host.default_routes:
        _read_fallback(tree, host)


def _read_interface(file: AssignmentFile, name: str, host: HostAddresses) -> None:
    """Add one ifcfg file."""
    source = file.source
    host.problems.extend(file.problems)
    label = file.text("DEVICE") or name
    device = label.split(":", 1)[0]
    host.manages.setdefault("ifcfg", source.whole)
    host.interfaces.setdefault(device, source.whole)
    host.mentioned.add(device)
    for key in ("PHYSDEV", "BRIDGE", "MASTER", "TEAM_MASTER", "OVS_BRIDGE", "MY_PHYSDEV"):
        if file.text(key):
            host.mentioned.add(file.text(key))
    if re.fullmatch(r".+\.[0-9]+", device):
        host.mentioned.add(device.rsplit(".", 1)[0])
    boot = file.get("BOOTPROTO")
    if boot is not None and (boot.value or "").lower() in DYNAMIC:
        host.dynamic.setdefault(device, boot.value_span)
    for key in ("IPADDR_START", "CLONENUM_START"):
        found = file.get(key)
        if found is not None:
            host.unreadable = host.unreadable or Unknown(f"{source.path} gives a range of addresses", found.span)
    scope: Scope | None = None if device == "lo" else "global"
    place = HostPlace(device, label, scope, at_boot=file.truth("ONBOOT", default=True))
    may_route = file.truth("DEFROUTE", default=True)
    for suffix in _suffixes(file, "IPADDR", optional=("", "0", "1"), first=2):
        _add_ipv4(file, suffix, place, host)
    for suffix in _suffixes(file, "GATEWAY", optional=("", "0", "1"), first=2):
        _add_gateway(file, f"GATEWAY{suffix}", device, host, counts=may_route)
    _add_ipv6(file, place, host)
    _add_gateway(file, "IPV6_DEFAULTGW", device, host, counts=file.truth("IPV6_DEFROUTE", default=True))


class HostPlace:
    """Where an address goes: the device, the name with its alias, the scope, whether it is there after a boot."""

    __slots__ = ("at_boot", "device", "label", "scope")

    def __init__(self, device: str, label: str, scope: Scope | None, *, at_boot: bool) -> None:
        self.at_boot = at_boot
        self.device = device
        self.label = label if ":" in label else ""
        self.scope = scope

    def address(self, address: IPv4Interface | IPv6Interface, span: Span) -> HostAddress:
        """An address in this place."""
        return HostAddress(self.device, address, span, self.scope, self.label, at_boot=self.at_boot)


def _suffixes(file: AssignmentFile, key: str, optional: tuple[str, ...], first: int) -> Iterator[str]:
    keys = {entry.key for entry in file.assignments if entry.value != ""}
    yield from (suffix for suffix in optional if f"{key}{suffix}" in keys)
    for number in range(first, MAX_NUMBERED):
        if f"{key}{number}" not in keys:
            return
        yield str(number)


def _add_ipv4(file: AssignmentFile, suffix: str, place: HostPlace, host: HostAddresses) -> None:
    written = file.get(f"IPADDR{suffix}")
    if written is None:
        return
    address = _interface(written.value, _prefix(file, suffix))
    if not isinstance(address, IPv4Interface):
        _refuse(written, host)
        return
    host.addresses.append(place.address(address, written.value_span))


def _add_ipv6(file: AssignmentFile, place: HostPlace, host: HostAddresses) -> None:
    for key in ("IPV6ADDR", "IPV6ADDR_SECONDARIES"):
        written = file.get(key)
        if written is None:
            continue
        for word in (written.value or "?").split():
            address = _interface(word.split("%", 1)[0], "64")
            if isinstance(address, IPv6Interface):
                host.addresses.append(place.address(address, written.value_span))
            else:
                _refuse(written, host)


def _prefix(file: AssignmentFile, suffix: str) -> str:
    """The prefix length or netmask that goes with an address; empty when only the address's class tells."""
    for key in (f"PREFIX{suffix}", f"NETMASK{suffix}"):
        if file.text(key):
            return file.text(key)
    return ""


def _interface(text: str | None, prefix: str) -> IPv4Interface | IPv6Interface | None:
    if text is None:
        return None
    try:
        if "/" in text:
            return ip_interface(text)
        if not prefix:
            prefix = str(_class_prefix(IPv4Address(text)))
        return ip_interface(f"{text}/{prefix}")
    except ValueError:
        return None


def _class_prefix(address: IPv4Address) -> int:
    first = int(address) >> 24
    return 8 if first < 128 else 16 if first < 192 else 24


def _add_gateway(file: AssignmentFile, key: str, device: str | None, host: HostAddresses, *, counts: bool) -> None:
    written = file.get(key)
    if written is None or not counts:
        return
    try:
        gateway = ip_address((written.value or "").split("%", 1)[0])
    except ValueError:
        _refuse(written, host, addresses=False)
        return
    if int(gateway):
        host.default_routes.append(DefaultRoute(gateway, device, written.value_span))


def _refuse(written: Assignment, host: HostAddresses, *, addresses: bool = True) -> None:
    message = f"{written.key} is not an address"
    host.problems.append(SyntaxProblem(written.value_span, "address-invalid", message, severity="warning"))
    if addresses:
        host.unreadable = host.unreadable or Unknown(f"{written.key} is not an address", written.value_span)


def _read_routes(name: str, source: SourceFile, host: HostAddresses) -> None:
    if KEY_FORM.search(source.text):
        _read_key_form(name, parse_assignments(source), host)
        return
    for number in range(1, len(source.lines) + 1):
        text = source.line(number).strip()
        if not text or text.startswith("#"):
            continue
        route = read_route(text.split())
        span = source.line_span(number)
        if route is None:
            message = "`ip route add` refuses the line: it is no route"
            host.problems.append(SyntaxProblem(span, "route-invalid", message, severity="warning"))
        else:
            add_route(route, route.device or name, span, host, on_link="onlink" in text.split())


def _read_key_form(name: str, file: AssignmentFile, host: HostAddresses) -> None:
    for suffix in _suffixes(file, "ADDRESS", optional=(), first=0):
        address, gateway = file.get(f"ADDRESS{suffix}"), file.text(f"GATEWAY{suffix}")
        if address is None:
            return
        mask = file.text(f"NETMASK{suffix}") or file.text(f"PREFIX{suffix}")
        target = f"{address.value}/{mask}" if mask else f"{address.value}"
        route = read_route([target, *(("via", gateway) if gateway else ())])
        if route is None:
            message = f"ADDRESS{suffix} is not a route"
            host.problems.append(SyntaxProblem(address.value_span, "route-invalid", message, severity="warning"))
        else:
            add_route(route, name, address.value_span, host)


def _read_fallback(tree: NodeTree, host: HostAddresses) -> None:
    path = first_file(tree, "etc/sysconfig/network")
    source = tree.read(path) if path is not None else None
    if source is None:
        return
    host.files.append(source.path)
    file = parse_assignments(source)
    _add_gateway(file, "GATEWAY", file.text("GATEWAYDEV") or None, host, counts=True)

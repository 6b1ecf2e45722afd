"""firewalld's files of one node: what /etc/firewalld sets over what firewalld ships (firewalld.conf(5), zone(5) …)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath

from cfglint.model.firewall_ipsets import IpSet
from cfglint.model.firewall_worlds import FirewallFile
from cfglint.source import SourceFile, Span
from cfglint.syntax.data import data_text
from cfglint.syntax.firewalld_conf import KeyValue, read_key_values
from cfglint.syntax.problem import SyntaxProblem
from cfglint.syntax.xml_elements import Element, read_xml
from cfglint.tree import NodeTree

FOLDERS = ("etc/firewalld", "firewalld", "usr/lib/firewalld", "")
"""Where a node's directory may have them; the empty one is the flat layout."""

SHIPPED_ZONES: dict[str, tuple[str, str, str]] = {
    "block": ("%%REJECT%%", "", ""),
    "dmz": ("", "ssh", ""),
    "drop": ("DROP", "", ""),
    "external": ("", "ssh", "masquerade"),
    "home": ("", "ssh mdns samba-client dhcpv6-client", ""),
    "internal": ("", "ssh mdns samba-client dhcpv6-client", ""),
    "public": ("", "ssh dhcpv6-client", ""),
    "trusted": ("ACCEPT", "", ""),
    "work": ("", "ssh dhcpv6-client", ""),
}
"""Zone → target, services, further elements (Debian's firewalld 1.3.3; Red Hat's adds cockpit)."""

COCKPIT_ZONES = frozenset({"public", "home", "internal", "work"})
"""Shipped zones that let cockpit (9090/tcp) in on Red Hat's distributions, not on others."""


@dataclass(frozen=True, slots=True)
class ServicePorts:
    """What a service opens.

    Attributes:
        ports: ``port/protocol`` or ``first-last/protocol``; an empty port means the whole protocol.
        protocols: protocol names or numbers.
        source_ports: like ports.
        destinations: IP version → address; empty means everywhere, else only the versions named.
        includes: further services.
    """

    ports: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    source_ports: tuple[str, ...] = ()
    destinations: tuple[tuple[int, str], ...] = ()
    includes: tuple[str, ...] = ()


@cache
def shipped_services() -> dict[str, ServicePorts]:
    """The services that firewalld brings along, by name."""
    text = data_text("firewalld-services.tsv")
    table: dict[str, ServicePorts] = {}
    for line in text.splitlines()[1:]:
        name, ports, protocols, source_ports, ipv4, ipv6, includes = line.split("\t")
        destinations = tuple((version, address) for version, address in ((4, ipv4), (6, ipv6)) if address)
        table[name] = ServicePorts(
            tuple(ports.split()),
            tuple(protocols.split()),
            tuple(source_ports.split()),
            destinations,
            tuple(includes.split()),
        )
    return table


@dataclass(eq=False)
class FirewalldConfig:
    """One node's firewalld.

    Attributes:
        place: what stands for the configuration as a whole: firewalld.conf, or the first file found.
        chosen_zone: the default zone that a script sets, with its command; firewalld.conf wins.
        conf: firewalld.conf's assignments; None without the file.
        connection_zones: interface → zone that its connection (ifcfg, keyfile) names: it wins over zones' files.
        direct: the root of direct.xml, or None.
        zones: zone → its root element (the node's own file).
        policies: likewise.
        services: services defined in the node's files.
        ipsets: likewise.
        files: everything read.
        problems: what does not read.
    """

    place: Span
    chosen_zone: tuple[str, Span] | None = None
    conf: dict[str, KeyValue] | None = None
    connection_zones: dict[str, tuple[str, Span]] = field(default_factory=dict)
    direct: Element | None = None
    zones: dict[str, Element] = field(default_factory=dict)
    policies: dict[str, Element] = field(default_factory=dict)
    services: dict[str, ServicePorts] = field(default_factory=dict)
    ipsets: dict[str, IpSet] = field(default_factory=dict)
    files: list[FirewallFile] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)

    @property
    def default_zone(self) -> str:
        """The zone of interfaces that are bound to none."""
        entry = (self.conf or {}).get("DefaultZone")
        if entry is not None and entry.value:
            return entry.value
        return self.chosen_zone[0] if self.chosen_zone is not None else "public"

    @property
    def default_zone_span(self) -> Span:
        """Where it is set."""
        entry = (self.conf or {}).get("DefaultZone")
        if entry is not None:
            return entry.span
        return self.chosen_zone[1] if self.chosen_zone is not None else self.place

    @property
    def backend(self) -> str:
        """``nftables`` or ``iptables``; empty when firewalld.conf is not given."""
        if self.conf is None:
            return ""
        entry = self.conf.get("FirewallBackend")
        return "iptables" if entry is not None and entry.value.lower() == "iptables" else "nftables"

    @property
    def backend_span(self) -> Span:
        """Where it is set."""
        entry = (self.conf or {}).get("FirewallBackend")
        return entry.span if entry is not None else self.place

    def zone(self, name: str) -> Element | None:
        """A zone: the node's own file, else as shipped; None for a zone that is neither."""
        if name in self.zones:
            return self.zones[name]
        shipped = SHIPPED_ZONES.get(name)
        if shipped is None:
            return None
        target, services, others = shipped
        span = self.default_zone_span
        attributes = {"target": target, "shipped": name} if target else {"shipped": name}
        children = [Element("service", {"name": service}, span) for service in services.split()]
        children += [Element(other, {}, span) for other in (*others.split(), "forward")]
        return Element("zone", attributes, span, children=children)

    def service(self, name: str) -> ServicePorts | None:
        """A service: the node's own, else as shipped."""
        return self.services.get(name) or shipped_services().get(name)


def read_firewalld(tree: NodeTree) -> FirewalldConfig | None:
    """Read a node's firewalld files; None when it has none."""
    config = FirewalldConfig(Span(tree.shown_path("")))
    for folder in FOLDERS:
        prefix = f"{folder}/" if folder else ""
        if config.conf is None and (source := _read(tree, config, f"{prefix}firewalld.conf")) is not None:
            config.conf = read_key_values(source)
        if config.direct is None and (source := _read(tree, config, f"{prefix}direct.xml")) is not None:
            config.direct = _root(config, source, "direct")
        for kind in ("zones", "policies", "services", "ipsets"):
            for name in tree.files(f"{prefix}{kind}", "*.xml"):
                _read_named(tree, config, kind, name)
    if not config.files:
        return None
    config.connection_zones = _connection_zones(tree)
    config.place = Span(config.files[0].source.path)
    return config


def _connection_zones(tree: NodeTree) -> dict[str, tuple[str, Span]]:
    """The zones that interface files name: ``ZONE=`` of ifcfg files, ``zone=`` of NetworkManager's keyfiles."""
    found: dict[str, tuple[str, Span]] = {}
    for folder in ("etc/sysconfig/network-scripts", "sysconfig/network-scripts", "network-scripts", ""):
        for name in tree.files(folder, "ifcfg-*"):
            _connection_zone(tree, name, ("DEVICE", "ZONE"), PurePosixPath(name).name.removeprefix("ifcfg-"), found)
    for folder in ("etc/NetworkManager/system-connections", "NetworkManager/system-connections", ""):
        for name in tree.files(folder, "*.nmconnection"):
            _connection_zone(tree, name, ("interface-name", "zone"), "", found)
    return found


def _connection_zone(
    tree: NodeTree, name: str, keys: tuple[str, str], device: str, found: dict[str, tuple[str, Span]]
) -> None:
    source = tree.read(name)
    values = read_key_values(source) if source is not None else {}
    zone = values.get(keys[1])
    interface = values[keys[0]].value if keys[0] in values else device
    if zone is not None and zone.value and interface:
        found.setdefault(interface, (zone.value, zone.span))


def _read_named(tree: NodeTree, config: FirewalldConfig, kind: str, relative: str) -> None:
    name = PurePosixPath(relative).stem
    known = {*config.zones} if kind == "zones" else {*config.policies} if kind == "policies" else set()
    known = {*config.services} if kind == "services" else {*config.ipsets} if kind == "ipsets" else known
    if name in known:
        return  # /etc/firewalld replaces the shipped file as a whole
    source = _read(tree, config, relative)
    if source is None:
        return
    expected = {"zones": "zone", "policies": "policy", "services": "service", "ipsets": "ipset"}[kind]
    root = _root(config, source, expected)
    if root is None:
        return
    if kind == "zones":
        config.zones[name] = root
    elif kind == "policies":
        config.policies[name] = root
    elif kind == "services":
        config.services[name] = _service(root)
    else:
        config.ipsets[name] = _ipset(name, root)


def _read(tree: NodeTree, config: FirewalldConfig, relative: str) -> SourceFile | None:
    if not tree.exists(relative):
        return None
    source = tree.read(relative)
    if source is not None:
        config.files.append(FirewallFile("firewalld", relative, source))
    return source


def _root(config: FirewalldConfig, source: SourceFile, expected: str) -> Element | None:
    root, problems = read_xml(source)
    config.problems += problems
    if root is not None and root.name != expected:
        message = f"<{root.name}> where <{expected}> is expected"
        config.problems.append(SyntaxProblem(root.span, "xml-wrong-root", message, lost="firewalld skips the file"))
        return None
    return root


def _service(root: Element) -> ServicePorts:
    destination = root.first("destination")
    destinations: list[tuple[int, str]] = []
    if destination is not None:
        destinations = [
            (version, destination.get(f"ipv{version}")) for version in (4, 6) if destination.get(f"ipv{version}")
        ]
    ports = tuple(f"{child.get('port')}/{child.get('protocol')}" for child in root.all("port"))
    source_ports = tuple(f"{child.get('port')}/{child.get('protocol')}" for child in root.all("source-port"))
    protocols = tuple(child.get("value") for child in root.all("protocol"))
    includes = tuple(child.get("service") for child in root.all("include"))
    return ServicePorts(ports, protocols, source_ports, tuple(destinations), includes)


def _ipset(name: str, root: Element) -> IpSet:
    options = {child.get("name"): child.get("value") for child in root.all("option")}
    version = 6 if options.get("family") == "inet6" else 4
    unclear = "its members expire, so files do not tell them" if "timeout" in options else ""
    return IpSet(name, root.get("type"), version, [child.text.strip() for child in root.all("entry")], unclear)

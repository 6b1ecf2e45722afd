"""What the elements of zones and policies match: ports, protocols, services, sources, rich rules."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.model.firewall_addresses import address_range, version_of
from cfglint.model.firewall_ipsets import SetMatchReader
from cfglint.model.firewall_rules import Condition, Match, Undecided, protocol_is
from cfglint.model.firewalld_config import FirewalldConfig
from cfglint.model.value_sets import Numbers
from cfglint.syntax.network_names import ICMP6_TYPES, ICMP_TYPES, port_range, protocol_number
from cfglint.syntax.xml_elements import Element

Conditions = tuple[Condition, ...]

NEVER = Match("proto", Numbers((), ()))
"""A condition that no packet fulfils."""

ICMP = Match("proto", Numbers.of(1, 58))
"""ICMP and ICMPv6."""

_PORTED = {"tcp", "udp", "sctp", "dccp"}


@dataclass(eq=False)
class ElementReader:
    """Turns elements into conditions.

    Attributes:
        config: for services and ipsets.
    """

    config: FirewalldConfig

    def __post_init__(self) -> None:
        self.sets = SetMatchReader(dict(self.config.ipsets))

    def element(self, element: Element) -> list[Conditions]:
        """The alternatives under which an opening element (service, port, protocol …) matches."""
        if element.name == "service":
            return self.service(element.get("name"))
        if element.name == "port":
            return [port_conditions(element.get("port"), element.get("protocol"), "dport")]
        if element.name == "source-port":
            return [port_conditions(element.get("port"), element.get("protocol"), "sport")]
        if element.name == "protocol":
            return [protocol_conditions(element.get("value"))]
        if element.name in {"icmp-block", "icmp-type"}:
            return icmp_conditions(element.get("name"))
        return [(Undecided(f"<{element.name}> is not understood"),)]

    def service(self, name: str, seen: frozenset[str] = frozenset()) -> list[Conditions]:
        """The alternatives under which a service matches, with the services that it includes."""
        found = self.config.service(name)
        if found is None:
            return [(Undecided(f"service {name} is defined nowhere in the given files"),)]
        ways: list[Conditions] = []
        for target in _destinations(found.destinations):
            ways += [(*target, *port_conditions(*_split(port), "dport")) for port in found.ports]
            ways += [(*target, *port_conditions(*_split(port), "sport")) for port in found.source_ports]
            ways += [(*target, *protocol_conditions(protocol)) for protocol in found.protocols]
        for included in found.includes:
            if included not in seen and included != name:
                ways += self.service(included, seen | {name})
        return ways

    def source(self, element: Element, side: str = "src") -> Condition:
        """The condition that a packet comes from (or goes to) what a source or destination element names."""
        negated = element.get("invert").lower() in {"yes", "true", "1"}
        if element.get("ipset"):
            members = self.sets.sets.get(element.get("ipset"))
            version = members.version if members is not None else 4
            return self.sets.condition(element.get("ipset"), side, version, negated=negated)
        if element.get("mac"):
            return Undecided("a hardware address is not part of the packet asked about")
        address = element.get("address")
        version = version_of(address) or 4
        found = address_range(address, version)
        if found is None:
            return Undecided(f"{address} is not an address")
        return Match(f"{'ip' if version == 4 else 'ip6'}.{side}", Numbers.ranges([found]), negated)


def _split(port: str) -> tuple[str, str]:
    number, _, protocol = port.partition("/")
    return number, protocol


def _destinations(destinations: tuple[tuple[int, str], ...]) -> list[Conditions]:
    ways: list[Conditions] = []
    for version, address in destinations:
        found = address_range(address, version)
        if found is None:
            ways.append((Undecided(f"{address} is not an address"),))
        else:
            ways.append((Match("ip.dst" if version == 4 else "ip6.dst", Numbers.ranges([found])),))
    return ways or [()]


def port_conditions(port: str, protocol: str, side: str) -> Conditions:
    """A port of a protocol; without a port the whole protocol."""
    if not port:
        return protocol_conditions(protocol)
    ports = port_range(port, "-", protocol)
    if ports is None or protocol not in _PORTED:
        return (Undecided(f"port {port}/{protocol} is not understood"),)
    return (Match(f"{protocol}.{side}", Numbers.ranges([ports])),)


def protocol_conditions(value: str) -> Conditions:
    """A protocol by name or number."""
    number = protocol_number(value)
    return (Undecided(f"protocol {value} has no known number"),) if number is None else (protocol_is(number),)


def icmp_conditions(name: str) -> list[Conditions]:
    """The ICMP and ICMPv6 types of a name."""
    ways: list[Conditions] = []
    for field, table in (("icmp.type", ICMP_TYPES), ("icmp6.type", ICMP6_TYPES)):
        if name in table:
            ways.append((Match(field, Numbers.of(*table[name])),))
    return ways or [(ICMP, Undecided(f"ICMP type {name} is not known"))]


def family_condition(family: str) -> Conditions:
    """``ipv4`` or ``ipv6`` only; empty means both."""
    if family not in {"ipv4", "ipv6"}:
        return ()
    return (Match("family", Numbers.of(4 if family == "ipv4" else 6)),)

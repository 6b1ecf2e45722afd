"""Names that firewall files use for numbers: protocols, services, ICMP types."""

from __future__ import annotations

from functools import cache

from cfglint.syntax.data import data_text

ICMP_TYPES: dict[str, tuple[int, ...]] = {
    "echo-reply": (0,),
    "pong": (0,),
    "destination-unreachable": (3,),
    "source-quench": (4,),
    "redirect": (5,),
    "echo-request": (8,),
    "ping": (8,),
    "router-advertisement": (9,),
    "router-solicitation": (10,),
    "time-exceeded": (11,),
    "ttl-exceeded": (11,),
    "parameter-problem": (12,),
    "timestamp-request": (13,),
    "timestamp-reply": (14,),
    "info-request": (15,),
    "info-reply": (16,),
    "address-mask-request": (17,),
    "address-mask-reply": (18,),
}
"""Types of ICMP (RFC 792) by the names that iptables, nftables and firewalld give them."""

ICMP6_TYPES: dict[str, tuple[int, ...]] = {
    "destination-unreachable": (1,),
    "packet-too-big": (2,),
    "too-big": (2,),
    "time-exceeded": (3,),
    "ttl-exceeded": (3,),
    "parameter-problem": (4,),
    "echo-request": (128,),
    "ping": (128,),
    "echo-reply": (129,),
    "pong": (129,),
    "mld-listener-query": (130,),
    "mld-listener-report": (131,),
    "mld-listener-done": (132,),
    "mld-listener-reduction": (132,),
    "nd-router-solicit": (133,),
    "router-solicitation": (133,),
    "nd-router-advert": (134,),
    "router-advertisement": (134,),
    "nd-neighbor-solicit": (135,),
    "neighbor-solicitation": (135,),
    "neighbour-solicitation": (135,),
    "nd-neighbor-advert": (136,),
    "neighbor-advertisement": (136,),
    "neighbour-advertisement": (136,),
    "nd-redirect": (137,),
    "redirect": (137,),
    "router-renumbering": (138,),
    "ind-neighbor-solicit": (141,),
    "ind-neighbor-advert": (142,),
    "mld2-listener-report": (143,),
}
"""Types of ICMPv6 (RFC 4443, 4861) by the same names."""


@cache
def _protocols() -> dict[str, int]:
    table: dict[str, int] = {}
    for line in _lines("ip-protocols.tsv"):
        number, names = line.split("\t")
        for name in names.split():
            table.setdefault(name, int(number))
    return table


@cache
def _services() -> dict[str, list[tuple[int, frozenset[str]]]]:
    table: dict[str, list[tuple[int, frozenset[str]]]] = {}
    for line in _lines("service-ports.tsv"):
        name, port, protocols = line.split("\t")
        table.setdefault(name, []).append((int(port), frozenset(protocols.split())))
    return table


def _lines(name: str) -> list[str]:
    return data_text(name).splitlines()[1:]


def protocol_number(name: str) -> int | None:
    """A protocol's number, from its name or the number itself; None when there is none of that name."""
    if name.isdecimal():
        number = int(name)
        return number if number <= 255 else None
    return _protocols().get(name.lower())


def protocol_name(number: int) -> str:
    """How people call a protocol, e.g. ``vrrp``; the number itself when it has no name."""
    common = {1: "icmp", 6: "tcp", 17: "udp", 50: "esp", 51: "ah", 58: "icmpv6", 112: "vrrp", 132: "sctp"}
    if number in common:
        return common[number]
    return next((name for name, value in _protocols().items() if value == number), str(number))


def service_port(name: str, protocol: str = "") -> int | None:
    """A port's number, from a service's name or the number itself; None when there is none of that name."""
    if name.isdecimal():
        number = int(name)
        return number if number <= 65535 else None
    entries = _services().get(name.lower(), [])
    fitting = [port for port, protocols in entries if not protocol or protocol in protocols]
    return next(iter(fitting or [port for port, _ in entries]), None)


def port_range(text: str, separator: str, protocol: str = "") -> tuple[int, int] | None:
    """A port or a range of ports; an open end means 0 or 65535; None when it does not read."""
    first, found, last = text.partition(separator)
    if not found:
        port = service_port(text, protocol)
        return None if port is None else (port, port)
    low = service_port(first, protocol) if first else 0
    high = service_port(last, protocol) if last else 65535
    return None if low is None or high is None or low > high else (low, high)

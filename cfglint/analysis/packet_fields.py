"""The fields of one packet on its way through the filters, as rules read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from ipaddress import IPv4Address

from cfglint.analysis.packet import EPHEMERAL, Packet
from cfglint.model.firewall_rules import CONNTRACK

VRRP, AH, ESP = 112, 51, 50
TCP, UDP, ICMP, ICMP6, SCTP, DCCP, UDPLITE = 6, 17, 1, 58, 132, 33, 136
NEIGHBOUR_DISCOVERY = range(133, 138)
"""ICMPv6 types that are sent with a hop limit of 255 (RFC 4861)."""

_PORTED = {TCP: "tcp", UDP: "udp", SCTP: "sctp", DCCP: "dccp", UDPLITE: "udplite"}
_FLAG_BITS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}


class Lack(Enum):
    """Values that are none."""

    ABSENT = "the packet has no such field"
    OPEN = "not known"


Value = int | tuple[int, int] | str | Lack


@dataclass(frozen=True, slots=True)
class Flight:
    """A packet on its way: what filters have changed so far.

    Attributes:
        packet: with addresses and ports as rewritten so far.
        stage: the hook it is at.
        priority: of the base chain it is in.
        mark: None when it cannot be told.
        connection_mark: the connection's, likewise.
        untracked: a rule took it out of conntrack.
        destination_nat: its destination was decided by a translation rule.
        source_nat: its source was.
        destination_moved: the connection's entry says that its destination is another one now; None when open.
        source_moved: likewise for the source.
        destination_open: the new destination cannot be told.
        source_open: the new source cannot be told.
        destination_host: the translated destination is this host itself.
    """

    packet: Packet
    stage: str
    priority: int
    mark: int | None
    connection_mark: int | None
    untracked: bool = False
    destination_nat: bool = False
    source_nat: bool = False
    destination_moved: bool | None = False
    source_moved: bool | None = False
    destination_open: bool = False
    source_open: bool = False
    destination_host: bool = False

    @property
    def has_entry(self) -> bool | None:
        """True when conntrack keeps an entry and has looked already: only then there are marks, directions, status.

        None in a chain of conntrack's own priority: which of the two comes first depends on what was loaded before.
        """
        if self.untracked:
            return False
        if self.stage in {"prerouting", "output"} and self.priority <= CONNTRACK:
            return None if self.priority == CONNTRACK else False
        return True

    @property
    def state(self) -> str | Lack:
        """What conntrack says; before it has looked, everything is invalid."""
        if self.untracked:
            return "untracked"
        if self.has_entry is None:
            return Lack.OPEN
        return self.packet.state if self.has_entry else "invalid"


def first_flight(packet: Packet) -> Flight:
    """The packet before any rule has seen it."""
    fresh = packet.state == "new"
    return Flight(
        packet=packet,
        stage="prerouting" if packet.hook != "output" else "output",
        priority=-400,
        mark=packet.mark,
        connection_mark=0 if fresh else None,
    )


def rewrite(flight: Flight, **changes: object) -> Flight:
    """The same flight with other addresses or ports."""
    return replace(flight, packet=replace(flight.packet, **changes))  # type: ignore[arg-type]


def read_field(flight: Flight, name: str) -> Value:
    """The value of a field by its name in conditions, e.g. ``ip.src``; `Lack.OPEN` for a field nobody knows."""
    reader = _READERS.get(name)
    return Lack.OPEN if reader is None else reader(flight)


def _iif(flight: Flight) -> Value:
    """The incoming interface; where there is none the kernel compares with an empty name.

    A routed packet still has it in its postrouting chains (observed with Linux 6.18).
    """
    if flight.packet.hook == "output":
        return ""
    return flight.packet.iif if flight.packet.iif is not None else Lack.OPEN


def _oif(flight: Flight) -> Value:
    if flight.stage in {"prerouting", "input"}:
        return ""
    return flight.packet.oif if flight.packet.oif is not None else Lack.OPEN


def _address(side: str, version: int) -> Callable[[Flight], Value]:
    def read(flight: Flight) -> Value:
        if flight.packet.version != version:
            return Lack.ABSENT
        if flight.destination_open if side == "dst" else flight.source_open:
            return Lack.OPEN
        address = flight.packet.dst if side == "dst" else flight.packet.src
        return Lack.OPEN if address is None else int(address)

    return read


def _port(protocols: tuple[int, ...], side: str) -> Callable[[Flight], Value]:
    def read(flight: Flight) -> Value:
        if flight.packet.proto not in protocols:
            return Lack.ABSENT
        port = flight.packet.sport if side == "sport" else flight.packet.dport
        if port is not None:
            return port
        return EPHEMERAL if side == "sport" and flight.packet.state == "new" else Lack.OPEN

    return read


def _flags(flight: Flight) -> Value:
    packet = flight.packet
    if packet.proto != TCP:
        return Lack.ABSENT
    if packet.tcp_flags is None:
        return _FLAG_BITS["SYN"] if packet.state == "new" else Lack.OPEN
    total = 0
    for flag in packet.tcp_flags:
        total |= _FLAG_BITS.get(flag, 0)
    return total


def _icmp(protocol: int, echo: int) -> Callable[[Flight], Value]:
    def read(flight: Flight) -> Value:
        if flight.packet.proto != protocol:
            return Lack.ABSENT
        return flight.packet.icmp_type if flight.packet.icmp_type is not None else echo

    return read


def _ttl(flight: Flight) -> Value:
    """The TTL or hop limit; a router lowers it before the packet comes to its forward chains."""
    packet = flight.packet
    routed = flight.stage == "forward" or (flight.stage == "postrouting" and packet.hook != "output")
    if packet.ttl is not None:
        return packet.ttl - routed
    advert = packet.proto == VRRP or (packet.proto == AH and packet.dst is not None and packet.dst.is_multicast)
    neighbours = packet.proto == ICMP6 and packet.icmp_type in NEIGHBOUR_DISCOVERY
    return 255 - routed if advert or neighbours else Lack.OPEN


def _spi(protocol: int) -> Callable[[Flight], Value]:
    def read(flight: Flight) -> Value:
        if flight.packet.proto != protocol:
            return Lack.ABSENT
        return flight.packet.spi if flight.packet.spi is not None else 1

    return read


def _family_proto(version: int) -> Callable[[Flight], Value]:
    def read(flight: Flight) -> Value:
        return flight.packet.proto if flight.packet.version == version else Lack.ABSENT

    return read


def _translated(side: str) -> Callable[[Flight], Value]:
    def read(flight: Flight) -> Value:
        moved = flight.destination_moved if side == "dst" else flight.source_moved
        if moved is None:
            return Lack.OPEN
        if moved:
            return 1
        return Lack.OPEN if flight.packet.state in {"established", "related"} and not flight.untracked else 0

    return read


def _of_entry(read: Callable[[Flight], Value]) -> Callable[[Flight], Value]:
    """A field of the connection's entry: without one, no condition on it holds, negated or not."""

    def of_entry(flight: Flight) -> Value:
        if flight.has_entry is None:
            return Lack.OPEN
        return read(flight) if flight.has_entry else Lack.ABSENT

    return of_entry


def _kind_of(flight: Flight, side: str) -> Value:
    packet = flight.packet
    address = packet.dst if side == "dst" else packet.src
    if address is None or (side == "dst" and flight.destination_open):
        return Lack.OPEN
    if address.is_multicast:
        return "multicast"
    if isinstance(address, IPv4Address) and int(address) == 0xFFFFFFFF:
        return "broadcast"
    if address.is_loopback:
        return "local"
    ours = (packet.hook == "input") if side == "dst" else (packet.hook == "output")
    if side == "dst" and flight.destination_nat:
        return "local" if flight.stage == "input" else "unicast"
    if isinstance(address, IPv4Address) and int(address) & 0xFF == 0xFF and side == "dst":
        return Lack.OPEN
    return "local" if ours else "unicast"


def _kind_on_interface(flight: Flight) -> Value:
    """Whether an address of the host is one of this very interface is not known."""
    kind = _kind_of(flight, "dst")
    return kind if kind in {"multicast", "broadcast"} else Lack.OPEN


def _packet_type(flight: Flight) -> Value:
    if flight.stage in {"output", "postrouting"}:
        return Lack.OPEN
    kind = _kind_of(flight, "dst")
    return "unicast" if kind == "local" else kind


_READERS: dict[str, Callable[[Flight], Value]] = {
    "iif": _iif,
    "oif": _oif,
    "ip.src": _address("src", 4),
    "ip.dst": _address("dst", 4),
    "ip6.src": _address("src", 6),
    "ip6.dst": _address("dst", 6),
    "proto": lambda flight: flight.packet.proto,
    "ip.proto": _family_proto(4),
    "ip6.proto": _family_proto(6),
    "family": lambda flight: flight.packet.version,
    "th.sport": _port(tuple(_PORTED), "sport"),
    "th.dport": _port(tuple(_PORTED), "dport"),
    "tcp.flags": _flags,
    "icmp.type": _icmp(ICMP, 8),
    "icmp6.type": _icmp(ICMP6, 128),
    "none": lambda _: Lack.ABSENT,
    "ip.fragment": lambda flight: 0 if flight.packet.version == 4 else Lack.ABSENT,
    "dst.type.iif": _kind_on_interface,
    "ct.direction": _of_entry(lambda flight: "original" if flight.packet.state == "new" else Lack.OPEN),
    "ttl": _ttl,
    "ip.ttl": lambda flight: _ttl(flight) if flight.packet.version == 4 else Lack.ABSENT,
    "ip6.ttl": lambda flight: _ttl(flight) if flight.packet.version == 6 else Lack.ABSENT,
    "ah.spi": _spi(AH),
    "esp.spi": _spi(ESP),
    "mark": lambda flight: Lack.OPEN if flight.mark is None else flight.mark,
    "ctmark": _of_entry(lambda flight: Lack.OPEN if flight.connection_mark is None else flight.connection_mark),
    "state": lambda flight: flight.state,
    "ct.dnat": _translated("dst"),
    "ct.snat": _translated("src"),
    "ct.status.dnat": _of_entry(_translated("dst")),
    "ct.status.snat": _of_entry(_translated("src")),
    "src.type": lambda flight: _kind_of(flight, "src"),
    "dst.type": lambda flight: _kind_of(flight, "dst"),
    "pkttype": _packet_type,
}
for _number, _layer in _PORTED.items():
    for _side in ("sport", "dport"):
        _READERS[f"{_layer}.{_side}"] = _port((_number,), _side)

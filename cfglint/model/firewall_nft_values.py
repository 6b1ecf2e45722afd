"""nftables expressions: which field of the packet they name, and how their values are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cfglint.model.firewall_addresses import dash_range
from cfglint.model.value_sets import Names, Numbers, Range, ValueSet
from cfglint.syntax.network_names import ICMP6_TYPES, ICMP_TYPES, port_range, protocol_number

Kind = Literal["ip", "ip6", "proto", "port", "mark", "number", "name", "interface", "flags", "icmp", "icmp6", "family"]

TCP_FLAGS = {"fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "cwr": 128}


@dataclass(frozen=True, slots=True)
class Field:
    """A field that an expression names.

    Attributes:
        name: as conditions call it.
        kind: how its values are written.
    """

    name: str
    kind: Kind


_PORTS = {
    f"{layer} {side}": Field(f"{layer}.{side}", "port")
    for layer in ("tcp", "udp", "udplite", "sctp", "dccp", "th")
    for side in ("sport", "dport")
}

FIELDS: dict[str, Field] = _PORTS | {
    "ip saddr": Field("ip.src", "ip"),
    "ip daddr": Field("ip.dst", "ip"),
    "ip protocol": Field("ip.proto", "proto"),
    "ip ttl": Field("ip.ttl", "number"),
    "ip version": Field("family", "number"),
    "ip6 saddr": Field("ip6.src", "ip6"),
    "ip6 daddr": Field("ip6.dst", "ip6"),
    "ip6 nexthdr": Field("ip6.proto", "proto"),
    "ip6 hoplimit": Field("ip6.ttl", "number"),
    "ip6 version": Field("family", "number"),
    "rt type": Field("none", "number"),
    "ip frag-off": Field("ip.fragment", "number"),
    "fib daddr . iif type": Field("dst.type.iif", "name"),
    "ct direction": Field("ct.direction", "name"),
    "tcp flags": Field("tcp.flags", "flags"),
    "icmp type": Field("icmp.type", "icmp"),
    "icmpv6 type": Field("icmp6.type", "icmp6"),
    "ah spi": Field("ah.spi", "number"),
    "esp spi": Field("esp.spi", "number"),
    "meta l4proto": Field("proto", "proto"),
    "meta nfproto": Field("family", "family"),
    "meta protocol": Field("family", "family"),
    "meta iif": Field("iif", "interface"),
    "meta oif": Field("oif", "interface"),
    "meta iifname": Field("iif", "interface"),
    "meta oifname": Field("oif", "interface"),
    "meta mark": Field("mark", "mark"),
    "meta pkttype": Field("pkttype", "name"),
    "ct state": Field("state", "name"),
    "ct mark": Field("ctmark", "mark"),
    "fib daddr type": Field("dst.type", "name"),
    "fib saddr type": Field("src.type", "name"),
}
"""Expression → field."""

BARE_META = frozenset({"iif", "oif", "iifname", "oifname", "mark", "pkttype", "l4proto", "nfproto", "protocol"})
"""Meta keys that may stand without the word ``meta``."""

_ALIASES = {"host": "unicast", "other": "otherhost"}
_FAMILIES = {"ipv4": 4, "ip": 4, "0x0800": 4, "ipv6": 6, "ip6": 6, "0x86dd": 6}


def read_values(kind: Kind, words: list[str]) -> ValueSet | None:
    """The set of the values that words name (alternatives); None when one does not read."""
    if kind == "interface":
        exact = frozenset(word for word in words if not word.endswith("*"))
        return Names(exact, tuple(word[:-1] for word in words if word.endswith("*")))
    if kind == "name":
        return Names.of(*(_ALIASES.get(word.lower(), word.lower()) for word in words))
    ranges: list[Range] = []
    for word in words:
        found = _range(kind, word)
        if found is None:
            return None
        ranges.extend(found)
    return Numbers.ranges(ranges)


def _range(kind: Kind, word: str) -> list[Range] | None:
    if kind in {"ip", "ip6"}:
        found = dash_range(word, 4 if kind == "ip" else 6)
        return None if found is None else [found]
    if kind == "port":
        ports = port_range(word, "-")
        return None if ports is None else [ports]
    if kind in {"icmp", "icmp6"}:
        names = ICMP_TYPES if kind == "icmp" else ICMP6_TYPES
        if word.lower() in names:
            return [(number, number) for number in names[word.lower()]]
    if kind == "family":
        number = _FAMILIES.get(word.lower())
        return None if number is None else [(number, number)]
    if kind == "flags" and not word[:1].isdecimal():
        bits = flag_bits(word.split("|"))
        return None if bits is None else [(bits, bits)]
    return _numbers(kind, word)


def _numbers(kind: Kind, word: str) -> list[Range] | None:
    whole = number_of(kind, word)
    if whole is not None:
        return [(whole, whole)]
    first, dash, last = word.partition("-")
    low = number_of(kind, first)
    high = number_of(kind, last) if dash else low
    return None if low is None or high is None or low > high else [(low, high)]


def number_of(kind: Kind, word: str) -> int | None:
    """One number: decimal, hexadecimal, or a protocol's name."""
    if kind == "proto":
        found = protocol_number(word)
        if found is not None:
            return found
    try:
        return int(word, 0)
    except ValueError:
        return int(word) if word.isdecimal() else None


def flag_bits(words: list[str]) -> int | None:
    """TCP flags as bits; None when one is not known."""
    total = 0
    for word in words:
        if word.lower() not in TCP_FLAGS:
            return None
        total |= TCP_FLAGS[word.lower()]
    return total


_TYPE_FIELDS: dict[str, Kind] = {
    "ipv4_addr": "ip",
    "ipv6_addr": "ip6",
    "inet_proto": "proto",
    "inet_service": "port",
    "mark": "mark",
    "ifname": "interface",
    "icmp_type": "icmp",
    "icmpv6_type": "icmp6",
}


def kinds_of_type(words: list[str]) -> list[Kind] | None:
    """The kinds of a set's ``type a . b`` line; None when one is not understood."""
    kinds = [_TYPE_FIELDS.get(word) for word in words if word != "."]
    known = [kind for kind in kinds if kind is not None]
    return known if len(known) == len(kinds) and known else None

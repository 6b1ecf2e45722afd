"""The match options of iptables rules as conditions (iptables-extensions(8))."""

from __future__ import annotations

from cfglint.model.firewall_addresses import address_range, dash_range
from cfglint.model.firewall_iptables_arguments import Arguments, Reader
from cfglint.model.firewall_rules import AnyOf, Condition, Match, interface_in
from cfglint.model.value_sets import Names, Numbers
from cfglint.syntax.network_names import ICMP6_TYPES, ICMP_TYPES, port_range, protocol_number

TCP_FLAGS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ALL": 63, "NONE": 0}

KNOWN_MODULES = frozenset(
    {
        "addrtype",
        "ah",
        "comment",
        "conntrack",
        "connmark",
        "esp",
        "hl",
        "icmp",
        "icmp6",
        "icmpv6",
        "iprange",
        "mark",
        "multiport",
        "pkttype",
        "set",
        "state",
        "tcp",
        "udp",
        "udplite",
        "sctp",
        "dccp",
        "ttl",
        "standard",
    }
)
"""Match extensions whose options are understood; any other one leaves its rule undecided."""

TUNED_BY_TIME = frozenset({"limit", "hashlimit", "recent", "statistic", "quota", "connlimit", "connbytes", "time"})

EXTENSION_HEADERS = frozenset({"rt", "frag", "dst", "hbh", "mh"})
"""Match extensions for IPv6 headers that the packets asked about do not have: they never match."""


def _protocol(arguments: Arguments, values: list[str], negated: bool) -> None:
    name = values[0].lower()
    if name in {"all", "0"}:
        return
    number = protocol_number(name)
    if number is None:
        arguments.doubt("-p", f"protocol {values[0]} has no known number")
        return
    if not negated:
        arguments.protocol = number
    arguments.conditions.append(Match("proto", Numbers.of(number), negated))


def _address(side: str) -> Reader:
    def read(arguments: Arguments, values: list[str], negated: bool) -> None:
        ranges = [address_range(part, arguments.version) for part in values[0].split(",")]
        known = [entry for entry in ranges if entry is not None]
        if len(known) != len(ranges):
            arguments.doubt(side, f"{values[0]} is a name or a mask with holes, not an address")
            return
        bits = 32 if arguments.version == 4 else 128
        if not negated and (0, 2**bits - 1) in known:
            return
        family = "ip" if arguments.version == 4 else "ip6"
        arguments.conditions.append(Match(f"{family}.{side}", Numbers.ranges(known), negated))

    return read


def _interface(direction: str) -> Reader:
    def read(arguments: Arguments, values: list[str], negated: bool) -> None:
        if values[0] == "+" and not negated:
            return
        match = interface_in("iif" if direction == "in" else "oif", values[0], wildcard="+")
        arguments.conditions.append(Match(match.field, match.values, negated))

    return read


def _port(side: str, separator: str) -> Reader:
    def read(arguments: Arguments, values: list[str], negated: bool) -> None:
        layer = arguments.layer
        ranges = [port_range(part, separator, "" if layer == "th" else layer) for part in values[0].split(",")]
        known = [entry for entry in ranges if entry is not None]
        if len(known) != len(ranges):
            arguments.doubt(side, f"port {values[0]} has no known number")
            return
        numbers = Numbers.ranges(known)
        if side == "either":
            options = (Match(f"{layer}.sport", numbers), Match(f"{layer}.dport", numbers))
            arguments.conditions.append(AnyOf(options, negated))
        else:
            arguments.conditions.append(Match(f"{layer}.{side}", numbers, negated))

    return read


def _module(arguments: Arguments, values: list[str], negated: bool) -> None:
    del negated
    module = values[0]
    arguments.modules.append(module)
    if module in KNOWN_MODULES:
        return
    if module in EXTENSION_HEADERS:
        arguments.conditions.append(Match("proto", Numbers((), ())))
        return
    if module in TUNED_BY_TIME:
        arguments.doubt(module, f"-m {module} depends on traffic and time")
    else:
        arguments.doubt(module, f"-m {module} looks at what the given files do not tell")


def _target(goto: bool) -> Reader:
    def read(arguments: Arguments, values: list[str], negated: bool) -> None:
        del negated
        arguments.target = values[0]
        arguments.goto = goto

    return read


def _states(arguments: Arguments, values: list[str], negated: bool) -> None:
    words = {word.upper() for word in values[0].split(",")}
    options: list[Condition] = []
    plain = words & {"NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"}
    if plain:
        options.append(Match("state", Names.of(*(word.lower() for word in plain))))
    options += [Match(f"ct.{word.lower()}", Numbers.of(1)) for word in sorted(words & {"DNAT", "SNAT"})]
    if words - plain - {"DNAT", "SNAT"}:
        arguments.doubt("state", f"connection state {values[0]} is not understood")
        return
    if len(options) == 1 and isinstance(options[0], Match):
        arguments.conditions.append(Match(options[0].field, options[0].values, negated))
    else:
        arguments.conditions.append(AnyOf(tuple(options), negated))


def _iprange(side: str) -> Reader:
    def read(arguments: Arguments, values: list[str], negated: bool) -> None:
        found = dash_range(values[0], arguments.version)
        if found is None:
            arguments.doubt(side, f"{values[0]} is not a range of addresses")
            return
        family = "ip" if arguments.version == 4 else "ip6"
        arguments.conditions.append(Match(f"{family}.{side}", Numbers.ranges([found]), negated))

    return read


def _mark(arguments: Arguments, values: list[str], negated: bool) -> None:
    value, _, mask = values[0].partition("/")
    try:
        number, bits = int(value, 0), int(mask, 0) if mask else None
    except ValueError:
        arguments.doubt("mark", f"mark {values[0]} is not a number")
        return
    module = next((name for name in reversed(arguments.modules) if name in {"mark", "connmark"}), "mark")
    name = "mark" if module == "mark" else "ctmark"
    arguments.conditions.append(Match(name, Numbers.of(number), negated, bits))


def _address_type(side: str) -> Reader:
    def read(arguments: Arguments, values: list[str], negated: bool) -> None:
        kinds = Names.of(*(word.lower() for word in values[0].split(",")))
        arguments.conditions.append(Match(f"{side}.type", kinds, negated))

    return read


def _packet_type(arguments: Arguments, values: list[str], negated: bool) -> None:
    aliases = {"bcast": "broadcast", "mcast": "multicast", "host": "unicast"}
    kind = values[0].lower()
    arguments.conditions.append(Match("pkttype", Names.of(aliases.get(kind, kind)), negated))


def _hops(comparison: str) -> Reader:
    def read(arguments: Arguments, values: list[str], negated: bool) -> None:
        try:
            number = int(values[0], 0)
        except ValueError:
            arguments.doubt("ttl", f"TTL {values[0]} is not a number")
            return
        spread = {"eq": (number, number), "lt": (0, number - 1), "gt": (number + 1, 255)}[comparison]
        arguments.conditions.append(Match("ttl", Numbers.ranges([spread] if spread[0] <= spread[1] else []), negated))

    return read


def _spi(name: str) -> Reader:
    def read(arguments: Arguments, values: list[str], negated: bool) -> None:
        low, colon, high = values[0].partition(":")
        try:
            first = int(low, 0) if low else 0
            last = (int(high, 0) if high else 0xFFFFFFFF) if colon else first
        except ValueError:
            arguments.doubt("spi", f"SPI {values[0]} is not a number")
            return
        arguments.conditions.append(Match(name, Numbers.ranges([(first, last)]), negated))

    return read


def _icmp(arguments: Arguments, values: list[str], negated: bool) -> None:
    names = ICMP_TYPES if arguments.version == 4 else ICMP6_TYPES
    layer = "icmp" if arguments.version == 4 else "icmp6"
    kind, _, code = values[0].lower().partition("/")
    if kind == "any":
        return
    numbers = (int(kind),) if kind.isdecimal() else names.get(kind, ())
    if not numbers:
        arguments.doubt("icmp", f"ICMP type {values[0]} is not known")
        return
    arguments.conditions.append(Match(f"{layer}.type", Numbers.of(*numbers), negated))
    if code:
        arguments.doubt("icmp code", "an ICMP code is not part of the packet asked about")


def _tcp_flags(arguments: Arguments, values: list[str], negated: bool) -> None:
    bits: list[int] = []
    for word in values[:2]:
        names = word.upper().split(",")
        if any(name not in TCP_FLAGS for name in names):
            arguments.doubt("flags", f"TCP flags {word} are not understood")
            return
        bits.append(_sum_flags(names))
    arguments.conditions.append(Match("tcp.flags", Numbers.of(bits[1]), negated, bits[0]))


def _sum_flags(names: list[str]) -> int:
    total = 0
    for name in names:
        total |= TCP_FLAGS[name]
    return total


def _syn(arguments: Arguments, values: list[str], negated: bool) -> None:
    del values
    arguments.conditions.append(Match("tcp.flags", Numbers.of(2), negated, 1 | 2 | 4 | 16))


def _match_set(arguments: Arguments, values: list[str], negated: bool) -> None:
    arguments.conditions.append(arguments.sets.condition(values[0], values[1], arguments.version, negated=negated))


def _fragment(arguments: Arguments, values: list[str], negated: bool) -> None:
    del values
    if not negated:
        arguments.conditions.append(Match("proto", Numbers((), ())))  # packets asked about are whole: never a fragment


def _ignore(arguments: Arguments, values: list[str], negated: bool) -> None:
    del arguments, values, negated


MATCH_OPTIONS: dict[str, tuple[int, Reader]] = {}
"""Option → number of arguments and what reads them."""

for _names, _count, _reader in (
    ("-p --protocol --proto", 1, _protocol),
    ("-s --source --src", 1, _address("src")),
    ("-d --destination --dst", 1, _address("dst")),
    ("-i --in-interface", 1, _interface("in")),
    ("-o --out-interface", 1, _interface("out")),
    ("-m --match", 1, _module),
    ("-j --jump", 1, _target(goto=False)),
    ("-g --goto", 1, _target(goto=True)),
    ("-f --fragment", 0, _fragment),
    ("-4 --ipv4 -6 --ipv6", 0, _ignore),
    ("-c --set-counters", 2, _ignore),
    ("-w --wait", 0, _ignore),
    ("--comment", 1, _ignore),
    ("--sport --source-port", 1, _port("sport", ":")),
    ("--dport --destination-port", 1, _port("dport", ":")),
    ("--sports --source-ports", 1, _port("sport", ":")),
    ("--dports --destination-ports", 1, _port("dport", ":")),
    ("--ports", 1, _port("either", ":")),
    ("--ctstate --state", 1, _states),
    ("--src-range", 1, _iprange("src")),
    ("--dst-range", 1, _iprange("dst")),
    ("--mark", 1, _mark),
    ("--src-type", 1, _address_type("src")),
    ("--dst-type", 1, _address_type("dst")),
    ("--pkt-type", 1, _packet_type),
    ("--ttl-eq --ttl --hl-eq --hl", 1, _hops("eq")),
    ("--ttl-lt --hl-lt", 1, _hops("lt")),
    ("--ttl-gt --hl-gt", 1, _hops("gt")),
    ("--ahspi", 1, _spi("ah.spi")),
    ("--espspi", 1, _spi("esp.spi")),
    ("--icmp-type --icmpv6-type", 1, _icmp),
    ("--tcp-flags", 2, _tcp_flags),
    ("--syn", 0, _syn),
    ("--match-set", 2, _match_set),
):
    for _name in _names.split():
        MATCH_OPTIONS[_name] = (_count, _reader)

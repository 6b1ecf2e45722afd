"""Words of ``ip`` commands: what stands in route-* files, in scripts, and in what ``ip route`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import Literal

ROUTE_TYPES = frozenset(
    {"unicast", "local", "broadcast", "multicast", "throw", "unreachable", "prohibit", "blackhole", "nat", "anycast"}
)


@dataclass(frozen=True, slots=True)
class RouteWords:
    """The arguments of one ``ip route`` line.

    Attributes:
        kind: the route's type, ``unicast`` by default.
        destination: the network; None means the default route.
        gateway: the next hop; None for a route to a link.
        device: the interface named, or None.
        table: the routing table named, ``main`` by default.
        metric: as written, or None.
        source: the preferred source address, or None.
    """

    kind: str
    destination: IPv4Network | IPv6Network | None
    gateway: IPv4Address | IPv6Address | None
    device: str | None
    table: str = "main"
    metric: int | None = None
    source: IPv4Address | IPv6Address | None = None


def read_route(words: Sequence[str]) -> RouteWords | None:
    """Read ``[TYPE] default|PREFIX [via A] [dev D] [table T] …``; None when it is not one."""
    rest = list(words)
    kind = rest.pop(0) if rest and rest[0] in ROUTE_TYPES else "unicast"
    if rest and rest[0] == "to":
        rest.pop(0)
    if not rest:
        return None
    target = rest.pop(0)
    destination = None
    if target not in {"default", "0/0"}:
        destination = _network(target)
        if destination is None:
            return None
        if destination.prefixlen == 0:
            destination = None
    options = _options(rest)
    gateway = _address(options["via"]) if "via" in options else None
    if "via" in options and gateway is None:
        return None
    metric = options.get("metric", "")
    return RouteWords(
        kind,
        destination,
        gateway,
        options.get("dev"),
        options.get("table", "main"),
        int(metric) if metric.isascii() and metric.isdigit() else None,
        _address(options.get("src", "")),
    )


def _options(words: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    place = 0
    while place < len(words):
        word = words[place]
        if word == "via" and place + 1 < len(words) and words[place + 1] in {"inet", "inet6"}:
            place += 1
        if word in {"via", "dev", "table", "metric", "src", "proto", "scope", "mtu", "preference", "weight", "advmss"}:
            if place + 1 < len(words):
                found.setdefault(word, words[place + 1])
            place += 1
        place += 1
    return found


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.split("%", 1)[0])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class AddressChange:
    """The arguments of one ``ip addr add`` or ``ip addr del``.

    Attributes:
        adds: True for add and replace.
        address: the address, of a host's own prefix where none is written.
        device: the interface, without an alias; empty when none is named.
        label: the alias name, or empty.
        scope: as named, or None.
    """

    adds: bool
    address: IPv4Interface | IPv6Interface
    device: str
    label: str
    scope: Literal["global", "link", "host"] | None


def read_address_change(words: Sequence[str]) -> AddressChange | None:
    """Read the words behind ``ip``: ``addr add A/P dev D …``; None when it is not one."""
    if len(words) < 3 or not words[0].startswith("a") or not "address".startswith(words[0].removesuffix("s")):
        return None
    verb = words[1]
    if verb not in {"add", "a", "replace", "change", "del", "delete", "d"}:
        return None
    options: dict[str, str] = {}
    bare: list[str] = []
    rest = iter(words[2:])
    for word in rest:
        if word in {"dev", "label", "scope", "brd", "broadcast", "peer", "valid_lft", "preferred_lft", "metric"}:
            options[word] = next(rest, "")
        elif word not in {"local", "nodad", "noprefixroute", "home"}:
            bare.append(word)
    try:
        address = ip_interface(bare[0]) if bare else None
    except ValueError:
        return None
    if address is None:
        return None
    scope = options.get("scope")
    return AddressChange(
        verb in {"add", "a", "replace", "change"},
        address,
        options.get("dev", "").split(":", 1)[0],
        options.get("label", ""),
        "host" if scope == "host" else "link" if scope == "link" else "global" if scope == "global" else None,
    )

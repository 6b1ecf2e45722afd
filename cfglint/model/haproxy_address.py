"""Addresses as HAProxy writes them: ``ipv4@``, ``unix@``, ``*:80``, ``:::80``, ``[::1]:80``, port ranges and offsets.

Follows str2sa_range() of HAProxy's standard.c: the last colon (not inside brackets) separates the port, so ``::1``
is the address ``:`` with port 1.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Literal, NamedTuple

from cfglint.syntax.haproxy_addresses import WrittenAddress, parse_address
from cfglint.syntax.haproxy_phrases import PhraseError

Address = IPv4Address | IPv6Address
Kind = Literal["ip", "unix", "abns", "fd", "other"]

_OCTET = r"(0|[1-9][0-9]{0,2})"
_IPV4 = re.compile(rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}(?::([0-9]{{1,5}}))?")

_KINDS: dict[str, tuple[Kind, Literal[4, 6] | None, bool]] = {
    "unix": ("unix", None, False),
    "uxst": ("unix", None, False),
    "uxdg": ("unix", None, True),
    "abns": ("abns", None, False),
    "abnsz": ("abns", None, False),
    "fd": ("fd", None, False),
    "sockpair": ("other", None, False),
    "rhttp": ("other", None, False),
    "rev": ("other", None, False),
    "ipv4": ("ip", 4, False),
    "ipv6": ("ip", 6, False),
    "tcp": ("ip", None, False),
    "tcp4": ("ip", 4, False),
    "tcp6": ("ip", 6, False),
    "mptcp": ("ip", None, False),
    "mptcp4": ("ip", 4, False),
    "mptcp6": ("ip", 6, False),
    "udp": ("ip", None, True),
    "udp4": ("ip", 4, True),
    "udp6": ("ip", 6, True),
    "quic4": ("ip", 4, True),
    "quic6": ("ip", 6, True),
}
"""Prefix to kind, family and whether datagrams are meant."""


class Endpoint(NamedTuple):
    """One address as written.

    Attributes:
        kind: ``ip``, ``unix``, ``abns``, ``fd`` or ``other``.
        address: of kind ip: the address, or None for every local one; a host name as text; of other kinds the text
            behind the prefix.
        family: 4 or 6 of kind ip; None for a host name without ``ipv4@`` or ``ipv6@``.
        ports: first and last port; None without one, and for ``+offset`` and ``-offset``.
        offset: the signed port offset, or None.
        datagram: UDP or QUIC, or a datagram socket.
        wrong: why it is no address, or empty.
    """

    kind: Kind
    address: Address | str | None
    family: Literal[4, 6] | None
    ports: tuple[int, int] | None
    offset: int | None = None
    datagram: bool = False
    wrong: str = ""


@lru_cache(maxsize=4096)
def parse_endpoint(text: str) -> Endpoint:
    """Read one address, as on a bind or server line; never fails: `Endpoint.wrong` says what is odd."""
    simple = _IPV4.fullmatch(text)
    if simple:
        return _plain_ipv4(text, simple)
    try:
        written = parse_address(text)
    except PhraseError as error:
        return Endpoint("ip", text, None, None, wrong=error.message)
    name = written.prefix.removeprefix("stream+").removeprefix("dgram+")
    kind, family, datagram = _KINDS.get(name, ("other", None, False)) if name else ("ip", None, False)
    datagram |= written.prefix.startswith("dgram+")
    if kind == "ip" and written.path:
        kind = "unix"
    if kind != "ip":
        rest = text[len(written.prefix) + 1 :] if written.prefix else text
        return Endpoint(kind, rest, None, None, datagram=datagram)
    return _internet(written, family, datagram=datagram)


def _plain_ipv4(text: str, found: re.Match[str]) -> Endpoint:
    """The usual case by hand, since a big file has an address on nearly every line."""
    first, second, third, fourth = (int(found[index]) for index in (1, 2, 3, 4))
    if max(first, second, third, fourth) > 255:
        host = text.partition(":")[0]
        return Endpoint("ip", host, 4, None, wrong=f"{host} is not an IPv4 address")
    number = first << 24 | second << 16 | third << 8 | fourth
    port = int(found[5]) if found[5] else None
    wrong = f"port {port} is above 65535" if port is not None and port > 65535 else ""
    address = IPv4Address(number) if number else None
    return Endpoint("ip", address, 4, None if port is None else (port, port), wrong=wrong)


def _internet(written: WrittenAddress, family: Literal[4, 6] | None, *, datagram: bool) -> Endpoint:
    host = written.host
    ports, offset, wrong = _ports(written)
    address: Address | str | None
    if host in {"", "*"}:
        address, family = None, family or 4
    else:
        address = _numeric(host)
        if isinstance(address, str):
            wrong = wrong or ("" if _could_be_name(address) else f"{address} is no address and no host name")
        else:
            family = address.version
            address = address if int(address) else None
    return Endpoint("ip", address, family, ports, offset, datagram, wrong)


def _ports(written: WrittenAddress) -> tuple[tuple[int, int] | None, int | None, str]:
    if not written.ports:
        return None, None, ""
    if any(len(port) > 9 or int(port) > 65535 for port in written.ports):
        return None, None, f"port {max(written.ports, key=len)} is above 65535"
    first, last = int(written.ports[0]), int(written.ports[-1])
    if written.sign:
        return None, -first if written.sign == "-" else first, ""
    return (first, last), None, f"the port range {first}-{last} ends before it starts" if last < first else ""


def _numeric(host: str) -> Address | str:
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return IPv6Address(bare) if ":" in bare else IPv4Address(bare)
    except AddressValueError:
        return host


def _could_be_name(host: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_.-]+", host) is not None

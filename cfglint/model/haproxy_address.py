"""Addresses as HAProxy writes them: ``ipv4@``, ``unix@``, ``*:80``, ``:::80``, ``[::1]:80``, port ranges and offsets.

Follows str2sa_range() of HAProxy's standard.c: the last colon (not inside brackets) separates the port, so ``::1``
is the address ``:`` with port 1.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Literal, NamedTuple

from cfglint.syntax.haproxy_addresses import WrittenAddress, parse_address

Address = IPv4Address | IPv6Address
Kind = Literal["ip", "unix", "abns", "fd", "other"]

_LAST_PORT = 65535
_MANY_DIGITS = 10
_IPV4_DOTS = 3

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
    written = parse_address(text)
    modifier, _, name = written.prefix.removesuffix("@").rpartition("+")
    kind, family, datagram = _KINDS.get(name, ("other", None, False)) if name else ("ip", None, False)
    datagram |= modifier == "dgram"
    if kind == "ip" and written.path:
        kind = "unix"
    if kind != "ip":
        return Endpoint(kind, text[len(written.prefix) :], None, None, datagram=datagram)
    return _internet(written, family, datagram=datagram)


def _internet(written: WrittenAddress, family: Literal[4, 6] | None, *, datagram: bool) -> Endpoint:
    ports, offset, wrong = _ports(written)
    if written.form in {"", "any"}:
        return Endpoint("ip", None, family or 4, ports, offset, datagram, wrong)
    address = _numeric(written)
    if isinstance(address, str):
        if written.form == "dotted" and address.count(".") == _IPV4_DOTS and not address.startswith("0"):
            wrong, family = f"{address} is not an IPv4 address", 4
        elif written.form in {"colons", "odd"}:
            wrong = wrong or f"{address} is no address and no host name"
        return Endpoint("ip", address, family, ports, offset, datagram, wrong)
    return Endpoint("ip", address if int(address) else None, address.version, ports, offset, datagram, wrong)


def _ports(written: WrittenAddress) -> tuple[tuple[int, int] | None, int | None, str]:
    """First and last port, the offset, and what is wrong."""
    if written.port and (written.odd or not written.first or written.last == ""):
        return None, None, f"{written.port} is no port"
    if not written.first:
        return None, None, ""
    written_ports = (written.first, written.last or written.first)
    if any(len(port) >= _MANY_DIGITS or int(port) > _LAST_PORT for port in written_ports):
        return None, None, f"port {max(written_ports, key=len)[:_MANY_DIGITS]} is above {_LAST_PORT}"
    first, last = int(written_ports[0]), int(written_ports[1])
    if written.sign:
        return None, -first if written.sign == "-" else first, ""
    return (first, last), None, f"the port range {first}-{last} ends before it starts" if last < first else ""


def _numeric(written: WrittenAddress) -> Address | str:
    """The host as an address, or as it is written."""
    try:
        if written.form == "dotted":
            return IPv4Address(written.bare)
        if written.form == "colons":
            return IPv6Address(written.bare)
    except AddressValueError:
        pass
    return written.host

"""Addresses: whether HAProxy takes one at its place, judged as str2sa_range() does."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Literal, NamedTuple

from cfglint.syntax.haproxy_addresses import WrittenAddress, parse_address
from cfglint.syntax.haproxy_keywords import ALL, BRANCHES

Use = Literal["bind", "server", "peer", "log", "source", "plain", "nameserver", "dgram-bind", "dispatch"]

_IP_PREFIXES = {
    "ipv4": 4, "ipv6": 6, "tcp": 0, "tcp4": 4, "tcp6": 6, "udp": 0, "udp4": 4, "udp6": 6,
    "quic4": 4, "quic6": 6, "mptcp": 0, "mptcp4": 4, "mptcp6": 6,
}  # fmt: skip
_PATH_PREFIXES = frozenset({"unix", "uxdg", "uxst", "abns", "abnsz"})
_OTHER_PREFIXES = frozenset({"fd", "sockpair", "rhttp", "ring", "backend", "rev", "buffer"})
_PORT_MANDATORY = frozenset({"bind", "peer", "nameserver", "dgram-bind", "dispatch"})
_RANGE_ALLOWED = frozenset({"bind", "source"})
_OFFSET_ALLOWED = frozenset({"server"})
_LAST_PORT = 65535
_MANY_DIGITS = 10
_MODIFIERS = frozenset({"", "stream", "dgram", "quic"})
_FROM_3_0 = ALL & ~((1 << BRANCHES.index("3.0")) - 1)
_BEFORE_3_0 = (1 << BRANCHES.index("3.0")) - 1
_BEFORE_3_2 = (1 << BRANCHES.index("3.2")) - 1
_NEW_PREFIXES = {"abnsz": _BEFORE_3_2, "mptcp": _BEFORE_3_2, "mptcp4": _BEFORE_3_2, "mptcp6": _BEFORE_3_2}


class AddressProblem(NamedTuple):
    """Why an address is refused, and by which branches."""

    message: str
    fails: int = ALL


class Endpoint(NamedTuple):
    """What an address turned out to be.

    Attributes:
        kind: ``ip``, ``name`` (to be resolved), ``path`` or ``other``.
        host: the address or name; empty for any.
        port: the port as written, or empty.
        problem: why it is refused, or None.
    """

    kind: str
    host: str = ""
    port: str = ""
    problem: AddressProblem | None = None


_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_USUAL = re.compile(rf"({_OCTET}(?:\.{_OCTET}){{3}}):([1-9][0-9]{{0,3}}|[1-5][0-9]{{4}})")
"""An IPv4 address with a port (below 60000), as nearly every server has it: every place takes it."""


@lru_cache(maxsize=16384)
def read_address(text: str, use: Use) -> Endpoint:
    """Read one address (without commas).

    Args:
        text: the address, no variables in it.
        use: where it stands: that decides on ports, ranges, names.
    """
    usual = _USUAL.fullmatch(text)
    if usual is not None:
        return Endpoint("ip", usual[1], usual[2])
    if "$" in text:
        # HAProxy replaces variables in addresses even without quotes; which value they have is not known here.
        return Endpoint("other")
    family = 0
    written = parse_address(text)
    modifier, _, name = written.prefix.removesuffix("@").rpartition("+")
    rest = text[len(written.prefix) :]
    if name in _NEW_PREFIXES:
        problem = AddressProblem(f"the address family {name}@ is not known", _NEW_PREFIXES[name])
        return Endpoint("path" if name == "abnsz" else "ip", problem=problem)
    if name in _PATH_PREFIXES:
        return Endpoint("path", rest)
    if name in {"fd", "sockpair"}:
        return Endpoint("other", problem=_descriptor(name, rest, use))
    if name == "rhttp":
        return Endpoint("other", rest, problem=AddressProblem(f"address family {name}@ is not known", _BEFORE_3_0))
    if name in _OTHER_PREFIXES:
        return Endpoint("other", rest)
    if name in _IP_PREFIXES:
        family = _IP_PREFIXES[name]
        if use == "bind" and name.startswith("udp"):
            return Endpoint("ip", rest, problem=AddressProblem(f"{text!r} is a UDP address, a stream is expected"))
    elif name or modifier not in _MODIFIERS:
        return _no_family(text, written, use)
    if written.path:
        return Endpoint("path", rest)
    return _internet(text, written, family, use)


def _descriptor(name: str, rest: str, use: Use) -> AddressProblem | None:
    if not (rest.isascii() and rest.isdigit()):
        return AddressProblem(f"{name}@ needs the number of a file descriptor, not {rest!r}")
    if use == "server" and name == "fd":
        return AddressProblem("a server cannot have a file descriptor as its address")
    return None


def _no_family(text: str, written: WrittenAddress, use: Use) -> Endpoint:
    """What stands before the ``@`` is no family: all of it is a host then, and no resolver knows such a one."""
    host = text[: len(text) - len(written.port) - 1] if written.port is not None else text
    problem = _port_problem(text, written, use)
    return Endpoint("ip" if problem else "name", host, written.port or "", problem or _no_host(text, host))


def _internet(text: str, written: WrittenAddress, family: int, use: Use) -> Endpoint:
    problem = _port_problem(text, written, use)
    kind = "ip"
    if problem is None:
        kind, problem = _host_problem(text, written, family, use)
    return Endpoint(kind, written.host, written.port or "", problem)


def _port_problem(text: str, written: WrittenAddress, use: Use) -> AddressProblem | None:
    port = written.port
    if not port:
        if use in _PORT_MANDATORY:
            behind = "" if port is None else " behind its colon"
            return AddressProblem(f"{text!r} has no port{behind}, which is needed here")
        return None
    if written.sign and use not in _OFFSET_ALLOWED:
        return AddressProblem(f"{text!r}: a port with a sign is not possible here")
    if not written.sign and not written.first:
        return AddressProblem(f"{text!r}: {port!r} is no port number")
    if written.last is not None and not written.sign:
        problem = _range_problem(text, written, use)
        if problem is not None:
            return problem
    elif not written.sign:
        low = port_number(written.first)
        if low > _LAST_PORT or (low == 0 and use in _PORT_MANDATORY):
            return AddressProblem(f"{text!r}: there is no port {port}, 1 to 65535 are possible")
    if written.odd and not _is_signed(written):
        return AddressProblem(f"{text!r}: {written.odd[0]!r} does not belong to a port number", _FROM_3_0)
    return None


def _is_signed(written: WrittenAddress) -> bool:
    """True for a port behind two signs (``+-5``), which HAProxy takes."""
    return bool(written.sign) and not written.first and written.odd[1:].isdigit() and written.odd[0] in "+-"


def port_number(digits: str) -> int:
    """The number that digits make; of very many of them just one that is no port."""
    return int(digits) if len(digits) < _MANY_DIGITS else _LAST_PORT + 1


def _range_problem(text: str, written: WrittenAddress, use: Use) -> AddressProblem | None:
    if use not in _RANGE_ALLOWED:
        return AddressProblem(f"{text!r}: a range of ports is not possible here")
    if not written.last:
        return AddressProblem(f"{text!r}: {written.port!r} is no range of ports")
    if not 1 <= port_number(written.first) <= port_number(written.last) <= _LAST_PORT:
        return AddressProblem(f"{text!r}: {written.port!r} is no range of ports between 1 and 65535")
    return None


_NUMERIC_END = re.compile(r"\d.*\.\d+$")
"""No name of a local address looks so; the name of a server may stand in a hosts file."""


def _host_problem(text: str, written: WrittenAddress, family: int, use: Use) -> tuple[str, AddressProblem | None]:
    """What the host is, and why it cannot be one."""
    host, form = written.bare, written.form
    if form in {"", "any"}:
        return "ip", None
    if form == "colons":
        try:
            IPv6Address(host)
        except ValueError:
            return "ip", AddressProblem(f"{text!r}: {host!r} is no IPv6 address")
        return "ip", AddressProblem(f"{text!r}: an IPv4 address is expected") if family == 4 else None
    if form == "dotted":
        if host.count(".") < 3:
            return "ip", None
        if any(int(part) > 255 for part in host.split(".")):
            return "ip", AddressProblem(f"{text!r}: {host!r} is no IPv4 address")
        return "ip", AddressProblem(f"{text!r}: an IPv6 address is expected") if family == 6 else None
    if form != "name" or (use == "bind" and _NUMERIC_END.match(host)):
        return "name", _no_host(text, host)
    if use == "nameserver":
        return "name", AddressProblem(f"{text!r}: a name server needs an address, not a name")
    return "name", None


def _no_host(text: str, host: str) -> AddressProblem:
    return AddressProblem(f"{text!r}: {host!r} is neither an address nor a name that could be resolved")

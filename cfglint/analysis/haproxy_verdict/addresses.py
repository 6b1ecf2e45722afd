"""Addresses as HAProxy writes them, read as str2sa_range() does."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Literal, NamedTuple

from cfglint.syntax.haproxy_keywords import ALL, BRANCHES

Use = Literal["bind", "server", "peer", "log", "source", "plain", "nameserver", "dgram-bind", "dispatch"]

_PREFIX = re.compile(r"(?:(?:stream|dgram|quic)\+)?([a-z0-9]+)@")
_IP_PREFIXES = {
    "ipv4": 4, "ipv6": 6, "tcp": 0, "tcp4": 4, "tcp6": 6, "udp": 0, "udp4": 4, "udp6": 6,
    "quic4": 4, "quic6": 6, "mptcp": 0, "mptcp4": 4, "mptcp6": 6,
}  # fmt: skip
_PATH_PREFIXES = frozenset({"unix", "uxdg", "uxst", "abns", "abnsz"})
_OTHER_PREFIXES = frozenset({"fd", "sockpair", "rhttp", "ring", "backend", "rev", "buffer"})
_PORT_MANDATORY = frozenset({"bind", "peer", "nameserver", "dgram-bind", "dispatch"})
_RANGE_ALLOWED = frozenset({"bind", "source"})
_OFFSET_ALLOWED = frozenset({"server"})
_SHORT_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){1,3}")
_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
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


@lru_cache(maxsize=16384)
def read_address(text: str, use: Use) -> Endpoint:
    """Read one address (without commas).

    Args:
        text: the address, no variables in it.
        use: where it stands: that decides on ports, ranges, names.
    """
    if "$" in text:
        # HAProxy replaces variables in addresses even without quotes; which value they have is not known here.
        return Endpoint("other")
    family = 0
    prefix = _PREFIX.match(text)
    rest = text
    if prefix is not None:
        name = prefix[1]
        rest = text[prefix.end() :]
        late = _NEW_PREFIXES.get(name)
        if late is not None:
            problem = AddressProblem(f"the address family {name}@ is not known", late)
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
        else:
            rest = text
    if rest.startswith("/"):
        return Endpoint("path", rest)
    return _internet(text, rest, family, use)


def _descriptor(name: str, rest: str, use: Use) -> AddressProblem | None:
    if not rest.isdigit():
        return AddressProblem(f"{name}@ needs the number of a file descriptor, not {rest!r}")
    if use == "server" and name == "fd":
        return AddressProblem("a server cannot have a file descriptor as its address")
    return None


def _internet(text: str, rest: str, family: int, use: Use) -> Endpoint:
    cut = max(rest.rfind(":"), rest.rfind("]"))
    host, port, has_port = rest, "", False
    if cut >= 0 and rest[cut] == ":":
        host, port, has_port = rest[:cut], rest[cut + 1 :], True
    problem = _port_problem(text, port, use, has_port=has_port)
    kind = "ip"
    if problem is None:
        kind, problem = _host_problem(text, host, family, use)
    return Endpoint(kind, host, port, problem)


def _port_problem(text: str, port: str, use: Use, *, has_port: bool) -> AddressProblem | None:
    if not port:
        if use in _PORT_MANDATORY:
            return AddressProblem(
                f"{text!r} has no port{' behind its colon' if has_port else ''}, which is needed here"
            )
        return None
    if port[0] in "+-":
        return None if use in _OFFSET_ALLOWED else AddressProblem(f"{text!r}: a port with a sign is not possible here")
    digits = re.match(r"\d+", port)
    if digits is None:
        return AddressProblem(f"{text!r}: {port!r} is no port number")
    low = int(digits[0])
    rest = port[digits.end() :]
    if rest.startswith("-"):
        return _range_problem(text, port, low, rest[1:], use)
    if rest:
        return AddressProblem(f"{text!r}: {rest[0]!r} does not belong to a port number", _FROM_3_0)
    if low > 65535 or (low == 0 and use in _PORT_MANDATORY):
        return AddressProblem(f"{text!r}: there is no port {port}, 1 to 65535 are possible")
    return None


def _range_problem(text: str, port: str, low: int, last: str, use: Use) -> AddressProblem | None:
    if use not in _RANGE_ALLOWED:
        return AddressProblem(f"{text!r}: a range of ports is not possible here")
    if not last.isdigit():
        return AddressProblem(f"{text!r}: {port!r} is no range of ports")
    if int(last) < low or not 1 <= low <= 65535 or int(last) > 65535:
        return AddressProblem(f"{text!r}: {port!r} is no range of ports between 1 and 65535")
    return None


def _host_problem(text: str, host: str, family: int, use: Use) -> tuple[str, AddressProblem | None]:
    """What the host is, and why it cannot be one."""
    if host in {"", "*"}:
        return "ip", None
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        family = family or 6
    if ":" in host or "%" in host:
        try:
            IPv6Address(host)
        except ValueError:
            return "ip", AddressProblem(f"{text!r}: {host!r} is no IPv6 address")
        return "ip", AddressProblem(f"{text!r}: an IPv4 address is expected") if family == 4 else None
    if _SHORT_IPV4.fullmatch(host):
        if host.count(".") < 3:
            return "ip", None
        if any(int(part) > 255 for part in host.split(".")):
            return "ip", AddressProblem(f"{text!r}: {host!r} is no IPv4 address")
        return "ip", AddressProblem(f"{text!r}: an IPv6 address is expected") if family == 6 else None
    if not _HOST.fullmatch(host):
        return "name", AddressProblem(f"{text!r}: {host!r} is neither an address nor a name that could be resolved")
    if use == "nameserver":
        return "name", AddressProblem(f"{text!r}: a name server needs an address, not a name")
    return "name", None

"""What the values of single ``bind`` and ``server`` parameters may be."""

from __future__ import annotations

import re
from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.patterns import is_network
from cfglint.analysis.haproxy_verdict.values import integer_of, leading_integer, time_of

_TLS_VERSIONS = ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_THREAD = r"(?:all|odd|even|\d+(?:-\d*)?)"
_THREADS = re.compile(rf"{_THREAD}(?:/{_THREAD})?(?:,{_THREAD}(?:/{_THREAD})?)*")
_INIT_ADDRESS = re.compile(r"(?:(?:last|libc|none|[0-9a-fA-F:.]+)(?:,|$))+")


def _one(*allowed: str) -> Callable[[str], str]:
    def test(text: str) -> str:
        return "" if text in allowed else f"{text!r} is unknown, {', '.join(allowed)} may stand there"

    return test


def _list_of(*allowed: str) -> Callable[[str], str]:
    def test(text: str) -> str:
        odd = [part for part in text.split(",") if part not in allowed]
        return f"{odd[0]!r} is unknown, {', '.join(allowed)} may stand there" if odd else ""

    return test


def _at_least(low: int, high: int | None = None) -> Callable[[str], str]:
    def test(text: str) -> str:
        number = leading_integer(text)
        if number < low or (high is not None and number > high):
            return f"{text!r} is out of range, {low} {'or more' if high is None else f'to {high}'} is expected"
        return ""

    return test


def _number(text: str) -> str:
    number = integer_of(text)
    return f"{text!r} is no number" if number is None else ("" if number > 0 else f"{text!r} must be above 0")


def _delay(text: str) -> str:
    value = time_of(text)
    return value if isinstance(value, str) else ""


def _delay_above_zero(text: str) -> str:
    value = time_of(text)
    return value if isinstance(value, str) else ("" if value else f"{text!r} must be above 0")


def _nonzero(text: str) -> str:
    value = leading_integer(text)
    return "" if 1 <= abs(value) <= 65535 else f"{text!r} is out of range, 1 to 65535 is expected"


def _protocol(text: str) -> str:
    known = ("h1", "h2", "fcgi", "quic", "spop", "none")
    return "" if text in known else f"{text!r} is no protocol: h1, h2 and fcgi are the usual ones"


def _shards(text: str) -> str:
    return "" if text.startswith("by-") or leading_integer(text) > 0 else f"{text!r} is no number of shards"


def _threads(text: str) -> str:
    return "" if _THREADS.fullmatch(text) else f"{text!r} is no set of threads"


def _networks(text: str) -> str:
    odd = [part for part in text.split(",") if not is_network(part)]
    return f"{odd[0]!r} is no network" if odd else ""


def _octal(text: str) -> str:
    return "" if re.fullmatch(r"[0-7]+", text) else f"{text!r} is no octal file mode"


def _weight(text: str) -> str:
    value = leading_integer(text)
    return "" if 0 <= value <= 256 else f"weight {text} is not between 0 and 256"


def _host(text: str) -> str:
    problem = read_address(text, "plain").problem
    return problem.message if problem else ""


def _host_and_port(text: str) -> str:
    problem = read_address(text, "peer").problem
    return problem.message if problem else ""


BIND_VALUES: dict[str, Callable[[str], str]] = {
    "accept-netscaler-cip": _at_least(1),
    "expose-fd": _one("listeners"),
    "id": _number,
    "level": _one("user", "operator", "admin"),
    "mode": _octal,
    "mss": _nonzero,
    "proto": _protocol,
    "shards": _shards,
    "thread": _threads,
    "nice": _at_least(-1024, 1024),
    "severity-output": _one("none", "number", "string"),
    "ssl-max-ver": _one(*_TLS_VERSIONS),
    "ssl-min-ver": _one(*_TLS_VERSIONS),
    "tcp-ut": _delay,
    "verify": _one("none", "optional", "required"),
}
"""For each ``bind`` parameter with rules for its value: why a value is refused, or an empty text."""

SERVER_VALUES: dict[str, Callable[[str], str]] = {
    "addr": _host,
    "agent-addr": _host,
    "agent-inter": _delay_above_zero,
    "downinter": _delay_above_zero,
    "error-limit": _at_least(1),
    "fall": _at_least(1),
    "fastinter": _delay_above_zero,
    "hash-key": _one("id", "id32", "guid", "addr", "addr-port"),
    "id": _at_least(1),
    "idle-ping": _delay,
    "init-addr": lambda text: "" if _INIT_ADDRESS.fullmatch(text) else f"{text!r}: last, libc, none or an address",
    "init-state": _one("none", "fully-up", "up", "down", "fully-down"),
    "inter": _delay_above_zero,
    "log-bufsize": _at_least(1),
    "log-proto": _one("legacy", "octet-count"),
    "observe": _one("none", "layer4", "layer7"),
    "on-error": _one("fastinter", "fail-check", "sudden-death", "mark-down"),
    "on-marked-down": _one("shutdown-sessions"),
    "on-marked-up": _one("shutdown-backup-sessions"),
    "pool-max-conn": _at_least(-1),
    "pool-purge-delay": _delay,
    "proxy-v2-options": _list_of(
        "ssl", "cert-cn", "cert-key", "cert-sig", "ssl-cipher", "authority", "crc32c", "unique-id", "cert", "fp"
    ),
    "check-proto": _protocol,
    "proto": _protocol,
    "resolve-opts": _list_of("allow-dup-ip", "ignore-weight", "prevent-dup-ip"),
    "resolve-prefer": _one("ipv4", "ipv6"),
    "resolve-net": _networks,
    "rise": _at_least(1),
    "slowstart": _delay,
    "socks4": _host_and_port,
    "ssl-max-ver": _one(*_TLS_VERSIONS),
    "ssl-min-ver": _one(*_TLS_VERSIONS),
    "tcp-ut": _delay,
    "verify": _one("none", "required"),
    "weight": _weight,
    "ws": _one("auto", "h1", "h2"),
}  # fmt: skip
"""The same for ``server`` parameters."""

"""Parameters of ``bind``, ``server`` and ``default-server`` lines: their names, their arguments, their values."""

from __future__ import annotations

import re
from collections.abc import Callable

from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.conditions import is_network, note_sample, read_sample
from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.analysis.haproxy_verdict.values import integer_of, leading_integer, size_of, time_of
from cfglint.syntax.haproxy_keywords import ALL, nearest, rows_of

_TLS_VERSIONS = ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_THREAD = r"(?:all|odd|even|\d+(?:-\d*)?)"
_THREADS = re.compile(rf"{_THREAD}(?:/{_THREAD})?(?:,{_THREAD}(?:/{_THREAD})?)*")
_INIT_ADDRESS = re.compile(r"(?:(?:last|libc|none|[0-9a-fA-F:.]+)(?:,|$))+")
_FROM_2_6 = ALL & ~1
_FROM_3_2 = ALL & ~0b1111


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


_BIND: dict[str, Callable[[str], str]] = {
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
_SERVER: dict[str, Callable[[str], str]] = {
    "addr": _host,
    "agent-addr": _host,
    "agent-inter": _delay_above_zero,
    "downinter": _delay_above_zero,
    "error-limit": _at_least(1),
    "fall": _at_least(1),
    "fastinter": _delay_above_zero,
    "id": _number,
    "init-addr": lambda text: "" if _INIT_ADDRESS.fullmatch(text) else f"{text!r}: last, libc, none or an address",
    "inter": _delay_above_zero,
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
    "resolve-prefer": _one("ipv4", "ipv6"),
    "proto": _protocol,
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
_OPTIONAL_VALUES = frozenset({"weight", "maxconn", "minconn", "maxqueue"})
"""Their value may be missing: HAProxy then reads an empty one."""

_PLAIN_DELAYS = frozenset({"inter", "fastinter", "downinter", "agent-inter", "slowstart"})


_MAX_REMEMBERED = 20_000
_fine: dict[tuple[str, ...], dict[str, int]] = {}
"""Parameter lists without any fault or reference, by place and words: many servers have the same one."""


def check_bind(line: Line, port_needed: int = ALL) -> dict[str, int]:
    """Check a ``bind`` line.

    Args:
        line: the line.
        port_needed: the branches that refuse a wrong address.

    Returns:
        Its parameters and the index of each one's name.
    """
    if line.is_end(1):
        line.fail("argument-missing", 1, "'bind' needs an address and a port; HAProxy refuses it")
        return {}
    if line.known(1):
        for address in line.words[1].split(","):
            problem = read_address(address, "bind").problem
            if problem is not None:
                line.fail("address", 1, f"'bind': {problem.message}; HAProxy refuses it", problem.fails & port_needed)
                break
            if address.startswith("rhttp@"):
                line.refer("experimental", "rhttp@", 1)
    return check_parameters(line, 2, "bind")


def check_parameters(line: Line, start: int, place: str) -> dict[str, int]:
    """Check the parameters of a line from one word on.

    Args:
        line: the line.
        start: the first parameter's index.
        place: ``bind`` or ``server``.

    Returns:
        The parameters read and the index of each one's name.
    """
    key = (place, *line.words[start:]) if line.plain else None
    if key is not None and key in _fine:
        return {word: at + start for word, at in _fine[key].items()}
    before = line.reports + len(line.references)
    found = _read_parameters(line, start, place)
    if key is not None and line.reports + len(line.references) == before:
        if len(_fine) > _MAX_REMEMBERED:
            _fine.clear()
        _fine[key] = {word: at - start for word, at in found.items()}
    return found


def _read_parameters(line: Line, start: int, place: str) -> dict[str, int]:
    tests = _BIND if place == "bind" else _SERVER
    rows = rows_of(place)
    found: dict[str, int] = {}
    at = start
    while at < len(line.words):
        if not line.known(at):
            return found
        word = line.words[at]
        row = rows.get(word) or rows.get(word.partition("(")[0])
        if row is None or row.refused == ALL:
            _unknown(line, at, place)
            return found
        if row.refused:
            what = f"HAProxy refuses the {place} parameter {word!r} as unknown"
            line.fail("too-new" if row.versions[-1] in "kd?" else "removed", at, what, row.refused)
        found[word] = at
        if word == "source" and place == "server":
            at = _source(line, at)
            continue
        if word.startswith("set-proxy-v2-tlv-fmt("):
            at += 2
            continue
        if row.prefix or row.arguments in {"", "0"}:
            at += 1
            continue
        if at + 1 >= len(line.words):
            if not line.open and word not in _OPTIONAL_VALUES:
                line.fail("argument-missing", at, f"{place} parameter {word!r} lacks its value; HAProxy refuses it")
            return found
        if line.known(at + 1):
            _value(line, at, place, tests.get(word))
        at += 2
    return found


def _value(line: Line, at: int, place: str, test: Callable[[str], str] | None) -> None:
    word, value = line.words[at], line.words[at + 1]
    why = test(value) if test else ""
    if why:
        line.fail("value", at + 1, f"{place} parameter {word!r}: {why}; HAProxy refuses it")
        return
    if word == "process" and place == "bind":
        message = f"'process {value}' on a bind line is no longer supported; HAProxy refuses it"
        line.fail("removed", at, message, _FROM_2_6 & ~2, warns=2, help="use 'thread' instead")
    elif place == "server" and word in _PLAIN_DELAYS and value.isdigit() and 0 < int(value) < 100:
        line.warn(
            "timeout-unit",
            at + 1,
            f"{word!r} is {value} milliseconds, since it has no unit",
            _FROM_3_2,
            help=f"write {value}s if seconds are meant, else {value}ms",
        )
    elif place == "server" and word in {"sni", "pool-conn-name", "check-pool-conn-name"}:
        sample, _ = read_sample(line, at + 1, at + 2)
        if sample is not None:
            note_sample(line, sample, at + 1)
    elif word == "resolvers" and line.words[0] != "default-server":
        line.refer("resolvers", value, at + 1)
    elif place == "bind" and word == "maxconn" and isinstance(size_of(value), str):
        return


def _unknown(line: Line, at: int, place: str) -> None:
    word = line.words[at]
    near = nearest(place, word)
    if near:
        hint = f"did you mean {near!r}?"
    elif at > 1 and "," in line.words[at - 1] + word[:1]:
        hint = "several addresses are joined by commas without blanks"
    else:
        hint = ""
    line.fail("unknown", at, f"{word!r} is no parameter of a {place} line; HAProxy refuses it", help=hint)


def _source(line: Line, at: int) -> int:
    """Skip ``source ADDR [usesrc …] [interface …]``."""
    if at + 1 >= len(line.words):
        if not line.open:
            line.fail("argument-missing", at, "'source' lacks its address; HAProxy refuses it")
        return at + 1
    if line.known(at + 1):
        problem = read_address(line.words[at + 1], "source").problem
        if problem is not None:
            line.fail("address", at + 1, f"'source': {problem.message}; HAProxy refuses it", problem.fails)
    at += 2
    while line.get(at) in {"usesrc", "interface"}:
        at += 2
    return at

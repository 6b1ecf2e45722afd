"""iptables targets as actions (iptables-extensions(8))."""

from __future__ import annotations

from typing import Literal

from cfglint.model.firewall_addresses import parse_address
from cfglint.model.firewall_rules import (
    Action,
    Jump,
    Nat,
    NoTrack,
    Return,
    SetMark,
    SpoilMark,
    UnclearVerdict,
    Verdict,
)

_ALL = 0xFFFFFFFF

MarkSide = Literal["packet", "connection"]
NatKind = Literal["dnat", "redirect", "snat", "masquerade"]

PASSING = frozenset(
    {
        "LOG",
        "NFLOG",
        "ULOG",
        "SET",
        "TRACE",
        "AUDIT",
        "CHECKSUM",
        "TCPMSS",
        "TCPOPTSTRIP",
        "CLASSIFY",
        "DSCP",
        "TOS",
        "TTL",
        "HL",
        "TEE",
        "SECMARK",
        "CONNSECMARK",
        "IDLETIMER",
        "RATEEST",
        "LED",
        "HMARK",
        "ECN",
    }
)
"""Targets after which the next rule follows, whatever they change is nothing that is asked about."""

_ENDS: dict[str, Action] = {
    "ACCEPT": Verdict("accept"),
    "DROP": Verdict("drop"),
    "REJECT": Verdict("reject"),
    "RETURN": Return(),
    "QUEUE": UnclearVerdict("-j QUEUE leaves the verdict to a program"),
    "NFQUEUE": UnclearVerdict("-j NFQUEUE leaves the verdict to a program"),
    "TPROXY": UnclearVerdict("-j TPROXY is not judged"),
    "SYNPROXY": UnclearVerdict("-j SYNPROXY is not judged"),
}

TARGET_OPTIONS: dict[str, dict[str, int]] = {
    "MARK": {"--set-mark": 1, "--set-xmark": 1, "--and-mark": 1, "--or-mark": 1, "--xor-mark": 1},
    "CONNMARK": {
        "--set-mark": 1,
        "--set-xmark": 1,
        "--and-mark": 1,
        "--or-mark": 1,
        "--xor-mark": 1,
        "--save-mark": 0,
        "--restore-mark": 0,
        "--nfmask": 1,
        "--ctmask": 1,
        "--mask": 1,
    },
    "DNAT": {"--to-destination": 1, "--random": 0, "--persistent": 0},
    "SNAT": {"--to-source": 1, "--random": 0, "--random-fully": 0, "--persistent": 0},
    "MASQUERADE": {"--to-ports": 1, "--random": 0, "--random-fully": 0},
    "REDIRECT": {"--to-ports": 1, "--random": 0},
    "NETMAP": {"--to": 1},
    "REJECT": {"--reject-with": 1},
    "CT": {"--notrack": 0, "--helper": 1, "--zone": 1, "--zone-orig": 1, "--zone-reply": 1, "--ctevents": 1},
    "NFQUEUE": {"--queue-num": 1, "--queue-balance": 1, "--queue-bypass": 0, "--queue-cpu-fanout": 0},
    "LOG": {
        "--log-prefix": 1,
        "--log-level": 1,
        "--log-tcp-options": 0,
        "--log-ip-options": 0,
        "--log-uid": 0,
        "--log-tcp-sequence": 0,
        "--log-macdecode": 0,
    },
    "NFLOG": {"--nflog-prefix": 1, "--nflog-group": 1, "--nflog-threshold": 1, "--nflog-size": 1, "--nflog-range": 1},
    "TCPMSS": {"--set-mss": 1, "--clamp-mss-to-pmtu": 0},
    "SET": {"--add-set": 2, "--del-set": 2, "--map-set": 2, "--exist": 0, "--timeout": 1},
}
"""Targets whose options share a name with a match's, or take a fixed number of arguments."""


def build_target(target: str, options: dict[str, list[str]], version: int, *, goto: bool) -> list[Action]:
    """The actions of ``-j TARGET options``.

    Args:
        target: a target or a chain.
        options: the target's options with their arguments.
        version: 4 or 6.
        goto: True for -g.
    """
    if target in PASSING:
        return []
    if target in _ENDS:
        return [_ENDS[target]]
    if target in {"MARK", "CONNMARK"}:
        return _mark(target, options)
    if target == "NOTRACK" or (target == "CT" and "--notrack" in options):
        return [NoTrack()]
    if target == "CT":
        return []
    if target in {"DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP"}:
        return [_nat(target, options, version)]
    return [Jump(target, goto)]


def _mark(target: str, options: dict[str, list[str]]) -> list[Action]:
    written = "packet" if target == "MARK" else "connection"
    try:
        for name, values in options.items():
            if name in {"--save-mark", "--restore-mark"}:
                return [_copy_mark(name, options)]
            if name in {"--set-mark", "--set-xmark"}:
                text, _, mask_text = values[0].partition("/")
                value, mask = int(text, 0), int(mask_text, 0) if mask_text else _ALL
                clear = mask | value if name == "--set-mark" else mask
                return [SetMark(clear, value, target=_side(written), source=_side(written))]
            if name in {"--and-mark", "--or-mark", "--xor-mark"}:
                value = int(values[0], 0)
                clear, flip = {
                    "--and-mark": (~value & _ALL, 0),
                    "--or-mark": (value, value),
                    "--xor-mark": (0, value),
                }[name]
                return [SetMark(clear, flip, target=_side(written), source=_side(written))]
    except (ValueError, IndexError):
        pass
    return [SpoilMark(_side(written))]


def _side(name: str) -> MarkSide:
    return "packet" if name == "packet" else "connection"


def _copy_mark(name: str, options: dict[str, list[str]]) -> Action:
    if any(mask in options for mask in ("--nfmask", "--ctmask", "--mask")):
        return SpoilMark("connection" if name == "--save-mark" else "packet")
    if name == "--save-mark":
        return SetMark(0, 0, source="packet", target="connection")
    return SetMark(0, 0, source="connection", target="packet")


def _nat(target: str, options: dict[str, list[str]], version: int) -> Nat:
    if target == "MASQUERADE":
        return Nat("masquerade")
    if target == "REDIRECT":
        return Nat("redirect", port=_ports(options.get("--to-ports", [""])[0]))
    if target == "NETMAP":
        return Nat("dnat", unclear="-j NETMAP is not judged")
    kind: NatKind = "dnat" if target == "DNAT" else "snat"
    text = next(iter(options.get("--to-destination", options.get("--to-source", [""]))), "")
    return read_nat_address(kind, text, version)


def read_nat_address(kind: NatKind, text: str, version: int) -> Nat:
    """``ADDRESS[-ADDRESS][:PORT[-PORT]]``, IPv6 addresses in brackets where a port follows."""
    address, ports = text, ""
    if text.startswith("["):
        address, _, rest = text[1:].partition("]")
        ports = rest.lstrip(":")
    elif version == 4 and ":" in text:
        address, _, ports = text.partition(":")
    if not address:
        return Nat(kind, None, _ports(ports))
    first = parse_address(address)
    if first is None:
        return Nat(kind, None, _ports(ports), unclear=f"{text} is not one address")
    return Nat(kind, first, _ports(ports))


def _ports(text: str) -> tuple[int, int] | None:
    first, _, last = text.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        return None
    return int(first), int(last or first)

"""How the kernel combines ``conf.all`` with an interface's own value of a setting, key by key.

Measured with packets in network namespaces (kernel 6.18) for arp_ignore, arp_announce and rp_filter; the other keys
from the kernel's ``include/linux/inetdevice.h`` (IN_DEV_MAXCONF, IN_DEV_ORCONF, IN_DEV_ANDCONF).
"""

from __future__ import annotations

from typing import Literal

Combination = Literal["max", "or", "and", "interface"]

_MAXIMUM = ("arp_ignore", "arp_announce", "arp_notify", "rp_filter")
_OR = (
    "accept_local", "arp_filter", "bootp_relay", "log_martians", "promote_secondaries", "proxy_arp", "route_localnet",
    "secure_redirects", "send_redirects", "shared_media", "src_valid_mark",
)  # fmt: skip
_AND = ("accept_source_route", "mc_forwarding")

IPV4_DEFAULTS: dict[str, int] = {
    "accept_redirects": 1,
    "accept_source_route": 1,
    "promote_secondaries": 0,
    "secure_redirects": 1,
    "send_redirects": 1,
    "shared_media": 1,
}
"""The kernel's own values that are not 0 (ip-sysctl)."""

DISTRIBUTION_KEYS = frozenset({"rp_filter", "accept_source_route", "promote_secondaries"})
"""Keys that distributions set below /usr/lib: without that folder their default is not known."""


def combination(key: str) -> Combination:
    """How ``all`` and the interface give a key's effective value; a key not listed counts for the interface alone."""
    if key in _MAXIMUM:
        return "max"
    if key in _OR:
        return "or"
    return "and" if key in _AND else "interface"


def combine(key: str, all_value: int, interface_value: int, *, forwards: bool = False) -> int:
    """The value in force.

    Args:
        key: the last part of the key, e.g. ``arp_ignore``.
        all_value: the value of ``conf.all``.
        interface_value: the interface's own.
        forwards: the interface forwards packets; it decides how accept_redirects combines.
    """
    if key == "accept_redirects":
        return int(bool(all_value and interface_value) if forwards else bool(all_value or interface_value))
    match combination(key):
        case "max":
            return max(all_value, interface_value)
        case "or":
            return int(bool(all_value or interface_value))
        case "and":
            return int(bool(all_value and interface_value))
        case "interface":
            return interface_value

"""Lines of virtual_ipaddress and its kin: what the daemon says about one of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from cfglint.syntax.keepalived_arguments import WHOLE

LABEL_LIMIT = 15
"""Characters of an address label (the kernel's limit for interface names)."""

WITH_VALUE = ("dev", "scope", "broadcast", "brd", "label", "peer", "preferred_lft", "track_group")
ALONE = ("home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "no_track", "use_vmac")
SCOPES = ("global", "link", "host", "site", "nowhere")


@dataclass(frozen=True, slots=True)
class AddressFault:
    """One thing that the daemon refuses in an address line.

    Attributes:
        word: index of the word.
        what: what is wrong, as the end of a sentence that starts with the word.
        skipped: the daemon leaves the whole address out.
    """

    word: int
    what: str
    skipped: bool


def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in front of a prefix, as the daemon reads it (no zone), or None."""
    try:
        return ipaddress.ip_address(text.partition("/")[0]) if "%" not in text else None
    except ValueError:
        return None


def address_faults(words: Sequence[str], *, static: bool = False) -> list[AddressFault]:
    """What the daemon says about one line, in its order; it stops at the first fault that skips the address.

    Args:
        words: the line's words, the address first.
        static: it stands in static_ipaddress, which knows track_group and not use_vmac.
    """
    address = address_of(words[0])
    if address is None:
        return [AddressFault(0, "is no IP address", skipped=True)]
    faults = _prefix_faults(words[0])
    devices = [index for index, word in enumerate(words) if word == "dev"]
    if len(devices) > 1:
        return [*faults, AddressFault(devices[1], "is given twice", skipped=True)]
    index = 1
    while index < len(words):
        option = words[index]
        foreign = option == ("use_vmac" if static else "track_group")
        if option in ALONE and not foreign:
            index += 1
            continue
        if option not in WITH_VALUE or foreign:
            faults.append(AddressFault(index, "is no option of an address line", skipped=False))
            index += 1
            continue
        if index + 1 >= len(words):
            return [*faults, AddressFault(index, "has no value after it", skipped=True)]
        fault = _option_fault(option, words[index + 1], address.version)
        if fault is not None:
            faults.append(AddressFault(index + 1, *fault))
            if fault[1]:
                return faults
        faults += _prefix_conflicts(option, words, index)
        index += 2
    return faults + _peer_conflicts(words)


def _peer_conflicts(words: Sequence[str]) -> list[AddressFault]:
    """Options that do not go with a peer address."""
    places = [index for index, word in enumerate(words) if index and word == "peer"]
    faults = [
        AddressFault(index + 1, "is a second peer, and the first one counts", skipped=False) for index in places[1:]
    ]
    broadcast = next((index for index, word in enumerate(words) if word in {"broadcast", "brd"}), 0)
    if broadcast and places:
        faults.append(AddressFault(broadcast, "does not go with a peer address and is ignored", skipped=False))
    return faults


def _prefix_faults(text: str) -> list[AddressFault]:
    _, slash, prefix = text.partition("/")
    if not slash:
        return []
    longest = 128 if ":" in text else 32
    if not prefix or (WHOLE.fullmatch(prefix) and "-" not in prefix and int(prefix) <= longest):
        return []
    return [AddressFault(0, f"has no prefix length from 0 to {longest}, so /{longest} is used", skipped=False)]


def _prefix_conflicts(option: str, words: Sequence[str], index: int) -> list[AddressFault]:
    """What does not go together with the prefix length of the address."""
    longest = 128 if ":" in words[0] else 32
    prefix = words[0].partition("/")[2] or str(longest)
    if option in {"broadcast", "brd"} and words[index + 1] in {"+", "-"} and prefix in {"31", "32"}:
        return [AddressFault(index + 1, f"needs a prefix length up to 30, not {prefix}", skipped=False)]
    if option == "peer" and prefix != str(longest):
        return [AddressFault(0, "has a prefix length, which a peer address replaces", skipped=False)]
    return []


def _option_fault(option: str, value: str, version: int) -> tuple[str, bool] | None:
    """What is wrong with an option's value, and whether the address is skipped for it."""
    if option == "label":
        if len(value) > LABEL_LIMIT:
            return f"is longer than the {LABEL_LIMIT} characters of a label", True
        return ("is a label, and IPv6 addresses have none", False) if version == 6 else None
    if option in {"broadcast", "brd"}:
        if version == 6:
            return "is a broadcast address, and IPv6 has none", True
        broadcast = address_of(value)
        fits = value in {"+", "-"} or (broadcast is not None and broadcast.version == 4 and "/" not in value)
        return None if fits else ("is no broadcast address", True)
    if option == "peer":
        peer = address_of(value)
        if peer is None or "/" in value:
            return "is no address of a peer", False
        return ("is of the other address family", False) if peer.version != version else None
    if option == "scope":
        if version == 6:
            return "is a scope, and IPv6 addresses have none", False
        return None if value in SCOPES or value.isdecimal() else ("is no scope", False)
    if option == "preferred_lft" and value != "forever" and not value.isdecimal():
        return "is no number of seconds and not forever", False
    return None

"""The addresses of a vrrp_instance and what follows from their family: VIPs, peers, group, VRRP version."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from cfglint.model.build_keepalived_globals import Globals
from cfglint.model.build_keepalived_values import (
    Body,
    read_address,
    read_leading_integer,
    read_peer_address,
    unknown_word,
    unread_word,
)
from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import Address, UnicastPeer, Vip
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, Statement

_VIP_OPTIONS = frozenset({"dev", "scope", "broadcast", "brd", "label", "peer", "preferred_lft", "track_group"})


@dataclass(slots=True)
class Family:
    """The IP version that an instance takes from the first address of its block, and its version keyword.

    Attributes:
        family: 4 or 6, or why it is open.
        version: what the block itself sets, or None.
    """

    family: Literal[4, 6] | Unknown | None = None
    version: Setting[int] | None = None


def read_family(body: Body) -> Family:
    """Go through the block in order: the first address decides the family; a version keyword may come too late."""
    found = Family()
    for statement in body.block.children:
        keyword = statement.keyword
        if keyword == "version" and len(statement.words) > 1:
            _take_version(found, statement)
        elif keyword == "native_ipv6":
            found.family = found.family or 6
        elif keyword in {"mcast_src_ip", "unicast_src_ip", "mcast_dst_ip"} and len(statement.words) > 1:
            _take_address(found, statement, 1)
        elif keyword == "unicast_peer" and isinstance(statement, Block):
            for line in statement.children:
                _take_address(found, line, 0)
        elif keyword == "virtual_ipaddress" and isinstance(statement, Block):
            for line in statement.children:
                if found.family not in {4, 6} and read_vip(line) is not None:
                    _take_address(found, line, 0)
    return found


def _take_version(found: Family, statement: Statement) -> None:
    word = statement.words[1]
    number = read_leading_integer(2, 3)(word.text)
    unknown = unknown_word(statement, word) if number is not None else unread_word(statement, word)
    if unknown is not None:
        found.version = Setting(unknown, word.span)
    elif number is not None and found.version is None and not (number == 2 and found.family == 6):
        found.version = Setting(number, word.span)


def _take_address(found: Family, statement: Statement, index: int) -> None:
    if found.family in {4, 6}:
        return
    word = statement.words[index]
    address = read_peer_address(word.text)
    if address is not None and not statement.unsure:
        found.family = 4 if address.version == 4 else 6
    elif (unknown := unread_word(statement, word)) is not None:
        found.family = unknown


def read_version(family: Family, defaults: Globals, *, strict: bool, header: Block) -> Setting[int]:
    """The VRRP version: the instance's own, else 3 for IPv6, else that of global_defs."""
    place = header.words[0].span
    if family.version is not None:
        if family.version.value == 2 and family.family == 6 and strict:
            return Setting(3, family.version.span)
        return family.version
    if family.family == 6:
        return Setting(3, place, written=False)
    if isinstance(family.family, Unknown) and (defaults.version is None or defaults.version.value != 3):
        why = f"its addresses decide the VRRP version, and {family.family.why}"
        return Setting(Unknown(why, family.family.span), place, written=False)
    return defaults.version or Setting(2, place, written=False)


def read_vip(line: Statement) -> Vip | None:
    """One line of an address block; None for a line that the daemon drops."""
    word = line.words[0]
    unknown = unknown_word(line, word)
    text, slash, length = word.text.partition("/")
    address = read_address(text)
    if unknown is None and address is None:
        unknown = unread_word(line, word)
        if unknown is None:
            return None
    full = 128 if ":" in text else 32
    prefix = read_leading_integer(0, full)(length) if slash else None
    options = _vip_options(line)
    if options is None:
        return None
    device, label = options
    value: Address | Unknown = unknown if unknown is not None or address is None else address  # type: ignore[assignment]
    return Vip(value, full if prefix is None else prefix, bool(slash), device, label, word.span)


def _vip_options(line: Statement) -> tuple[str | None, str | None] | None:
    """Device and label of an address line; None when the daemon drops the address because of its options."""
    device: str | None = None
    label: str | None = None
    words = line.words
    index = 1
    while index < len(words):
        option = words[index].text
        if option in _VIP_OPTIONS:
            index += 1
            if index >= len(words):
                return None
            value = words[index].text
            if option == "dev":
                if device is not None:
                    return None
                device = value
            elif option == "label":
                if len(value.encode("utf-8", "surrogateescape")) > 15:
                    return None
                label = value
        index += 1
    return device, label


def read_vips(body: Body, family: Family) -> tuple[list[Vip], list[Vip], list[Span]]:
    """The VIPs of virtual_ipaddress that fit the family, those of virtual_ipaddress_excluded, and what does not read.

    The last are the first words of the lines of virtual_ipaddress that the daemon drops.
    """
    vips: list[Vip] = []
    dropped: list[Span] = []
    for line in body.lines("virtual_ipaddress"):
        vip = read_vip(line)
        if vip is None:
            dropped.append(line.words[0].span)
        elif isinstance(vip.address, Unknown) or family.family not in {4, 6} or vip.address.version == family.family:
            vips.append(vip)
    excluded = [vip for line in body.lines("virtual_ipaddress_excluded") if (vip := read_vip(line)) is not None]
    return vips, excluded, dropped


def read_peers(body: Body, family: Family) -> list[UnicastPeer]:
    """The lines of unicast_peer that are addresses of the family, or placeholders."""
    peers: list[UnicastPeer] = []
    for line in body.lines("unicast_peer"):
        word = line.words[0]
        address = read_peer_address(word.text)
        unknown = unknown_word(line, word) if address is not None else unread_word(line, word)
        if unknown is not None:
            peers.append(UnicastPeer(unknown, word.span))
        elif (address is not None and family.family in {address.version, None}) or isinstance(family.family, Unknown):
            peers.append(UnicastPeer(address, word.span))  # type: ignore[arg-type]  # not None: read or unknown
    return peers


def read_source(body: Body, keyword: str) -> Setting[Address | None]:
    """The address of unicast_src_ip or mcast_src_ip."""
    return body.setting(keyword, read_peer_address, None)


def read_multicast_group(body: Body, family: Family, defaults: Globals) -> Setting[Address]:
    """Where adverts go by multicast: mcast_dst_ip, if it is a group of the family, else the group of global_defs."""
    header = body.header
    standard: Setting[Address]
    if family.family == 6:
        standard = defaults.group6 or Setting(IPv6Address("ff02::12"), header, written=False)
    elif isinstance(family.family, Unknown):
        standard = Setting(family.family, header, written=False)
    else:
        standard = defaults.group4 or Setting(IPv4Address("224.0.0.18"), header, written=False)
    if not body.has("mcast_dst_ip") or isinstance(standard.value, Unknown):
        return standard
    own = body.setting("mcast_dst_ip", read_peer_address, standard.value)
    if own.written and not isinstance(own.value, Unknown) and not _fits_group(own.value, family):
        return standard
    return own if own.written else standard


def _fits_group(address: Address, family: Family) -> bool:
    """True for a multicast address (of IPv6 a link-local one) of the instance's family."""
    link_local = address.version == 4 or (int(address) >> 112) & 0xF == 2
    return address.is_multicast and link_local and address.version == family.family

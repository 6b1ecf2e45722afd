"""vrrp_instance blocks of keepalived.conf, with the values the daemon uses in the end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from cfglint.model.build_keepalived_tracks import NOTIFY, Tracked, build_tracks
from cfglint.model.build_keepalived_values import (
    Body,
    notify_script,
    read_address,
    read_decimal,
    read_integer,
    read_leading_integer,
    read_peer_address,
    unknown_word,
    unread_word,
)
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Secret, Setting, Unknown
from cfglint.model.vrrp import Address, Authentication, UnicastPeer, Vip, VrrpInstance
from cfglint.syntax.keepalived import Block, Statement

OWNER = 255
DEFAULT_PRIORITY = 100
PASSWORD_BYTES = 8
_MAX_VIPS = 255
_UNICAST = ("unicast_peer", "unicast_src_ip", "unicast_ttl", "check_unicast_src", "unicast_fault_no_peer")


@dataclass(frozen=True, slots=True)
class Globals:
    """What global_defs sets for every instance.

    Attributes:
        strict: vrrp_strict.
        version: vrrp_version (default 2).
        group4: vrrp_mcast_group4.
        group6: vrrp_mcast_group6.
        interface: default_interface, for instances without one.
        check_unicast_source: vrrp_check_unicast_src.
    """

    strict: bool = False
    version: Setting[int] | None = None
    group4: Setting[Address] | None = None
    group6: Setting[Address] | None = None
    interface: str | None = None
    check_unicast_source: bool = False


@dataclass(slots=True)
class _Family:
    """The IP version that an instance takes from the first address of its block, and its version keyword.

    Attributes:
        family: 4 or 6, or why it is open.
        version: what the block itself sets, or None.
    """

    family: Literal[4, 6] | Unknown | None = None
    version: Setting[int] | None = None


def build_instance(block: Block, config: KeepalivedConfig, defaults: Globals, tracked: Tracked) -> VrrpInstance:
    """Read one vrrp_instance block.

    Args:
        block: the block.
        config: the configuration it stands in.
        defaults: what global_defs sets; it may stand below the instance.
        tracked: what the file has defined above the instance.
    """
    body = Body(block, config.tree)
    header = block.words[1].span
    state, state_problem = _state(body)
    priority, priority_problem = _priority(body, state)
    if not state.written and isinstance(priority.value, int):
        state = Setting("MASTER" if priority.value == OWNER else "BACKUP", state.span, written=False)
    strict = body.flag("strict_mode", None)
    strict = defaults.strict if strict is None else strict
    family = _family(body)
    version = _version(family, defaults, strict=strict, header=block)
    vips, excluded = _vips(body, family)
    peers = _peers(body, family)
    authentication, password_bytes = _authentication(body, version, strict=strict, family=family)
    advert_int, advert_written = _advert_int(body, version)
    if authentication.kind == "AH" and state.value == "MASTER" and priority.value != OWNER:
        state = Setting("BACKUP", state.span)
    vrid, vrid_problem = _vrid(body)
    interface = _interface(body, defaults)
    own = interface.value if isinstance(interface.value, str) else None
    tracks, ignored = build_tracks(body, tracked, own)
    nopreempt = _nopreempt(body) and state.value != "MASTER" and priority.value != OWNER
    instance = VrrpInstance(
        name=block.words[1].text,
        span=header,
        config=config,
        state=state,
        interface=interface,
        vrid=vrid,
        priority=priority,
        version=version,
        advert_int=advert_int,
        authentication=authentication,
        vips=vips,
        excluded_vips=excluded,
        vips_span=body.span("virtual_ipaddress"),
        unicast_peers=peers,
        unicast_peer_span=body.span("unicast_peer"),
        unicast_source=_source(body, "unicast_src_ip"),
        multicast_source=_source(body, "mcast_src_ip"),
        multicast_group=_multicast_group(body, family, defaults),
        check_unicast_source=_checks_source(body, defaults),
        nopreempt=nopreempt,
        nopreempt_span=statement.words[0].span if (statement := body.last("nopreempt")) is not None else None,
        preempt_delay=_preempt_delay(body, nopreempt=nopreempt, state=state.value, strict=strict),
        strict=strict,
        accept=_accept(body, priority.value, version.value, strict=strict),
        use_vmac=body.is_set("use_vmac"),
        tracks=tracks,
        ignored_tracks=ignored,
        dropped_vips=[line.words[0].span for line in body.lines("virtual_ipaddress") if read_vip(line) is None],
        vrid_problem=vrid_problem,
        priority_problem=priority_problem,
        state_problem=state_problem,
        notify=[notify_script(line) for keyword in NOTIFY for line in body.every(keyword)[:1]],
        block=block,
        dont_track_primary=body.is_set("dont_track_primary"),
        unicast_configured=any(body.has(keyword) for keyword in _UNICAST),
        down_timer_adverts=_down_timer(body, strict=strict),
        advert_int_written=advert_written,
        auth_pass_bytes=password_bytes,
        damaged=_damaged(block, body),
    )
    _move_surplus(instance)
    return instance


def _damaged(block: Block, body: Body) -> Unknown | None:
    if block.damaged:
        return Unknown(block.damaged, block.words[1].span)
    lost = next((child for child in block.children if isinstance(child, Block) and child.damaged), None)
    if lost is not None:
        return Unknown(lost.damaged, lost.words[0].span)
    if body.unsure:
        return next(iter(body.unsure.values()))
    if block.unsure:
        return Unknown(block.unsure, block.words[0].span)
    unsure = next((child for child in block.children if child.unsure), None)
    if unsure is not None:
        return Unknown(unsure.unsure, unsure.words[0].span)
    missing = next((entry for entry in body.tree.incomplete if _inside(entry[1].line, entry[1].path, block)), None)
    return Unknown(missing[0], missing[1]) if missing is not None else None


def _inside(line: int, path: str, block: Block) -> bool:
    start, end = block.words[0].span, block.end
    return path == start.path and start.line <= line and (end is None or (end.path == path and line <= end.line))


def _state(body: Body) -> tuple[Setting[Literal["MASTER", "BACKUP"]], str]:
    """The initial state: MASTER stays once it is set; an unknown word means BACKUP."""
    header = body.block.words[0].span
    state: Setting[Literal["MASTER", "BACKUP"]] = Setting("BACKUP", header, written=False)
    if "state" in body.unsure:
        return Setting(body.unsure["state"], header), ""
    problem = ""
    for statement in body.every("state"):
        if len(statement.words) < 2:
            continue
        word = statement.words[1]
        unknown = unknown_word(statement, word)
        if unknown is not None:
            state = Setting(unknown, word.span)
        elif word.text == "MASTER":
            state, problem = Setting("MASTER", word.span), ""
        elif word.text == "BACKUP":
            problem = "MASTER was set above" if state.value == "MASTER" else ""
            state = state if state.value == "MASTER" else Setting("BACKUP", word.span)
        else:
            state, problem = Setting("BACKUP", word.span), f"{word.text} is no state"
    return state, problem


def _priority(body: Body, state: Setting[Literal["MASTER", "BACKUP"]]) -> tuple[Setting[int], str]:
    """The base priority: 100 for a refused one; without one 255 for MASTER, else 100."""
    header = body.block.words[0].span
    if "priority" in body.unsure:
        return Setting(body.unsure["priority"], header), ""
    statement = body.last("priority")
    if statement is None or len(statement.words) < 2:
        if isinstance(state.value, Unknown):
            return Setting(Unknown(f"no priority is set, and {state.value.why}", state.span), header, written=False), ""
        return Setting(OWNER if state.value == "MASTER" else DEFAULT_PRIORITY, header, written=False), ""
    word = statement.words[1]
    number = read_integer(1, OWNER)(word.text)
    unknown = unknown_word(statement, word) if number is not None else unread_word(statement, word)
    if unknown is not None:
        return Setting(unknown, word.span), ""
    if number is None:
        return Setting(DEFAULT_PRIORITY, word.span), f"{word.text} is not a number from 1 to 255"
    return Setting(number, word.span), ""


def _vrid(body: Body) -> tuple[Setting[int | None], str]:
    """The VRID: the last one that the daemon accepts."""
    value: Setting[int | None] = body.setting("virtual_router_id", read_integer(1, 255), None)
    if value.value is not None:
        return value, ""
    statement = body.last("virtual_router_id")
    if statement is None or len(statement.words) < 2:
        return value, "missing"
    word = statement.words[1]
    return Setting(None, word.span), f"{word.text} is not a number from 1 to 255"


def _interface(body: Body, defaults: Globals) -> Setting[str | None]:
    value: Setting[str | None] = body.setting("interface", lambda text: None if text == "lo" else text, None)
    if not value.written and defaults.interface is not None and not body.has("interface"):
        return Setting(defaults.interface, value.span, written=False)
    return value


def _family(body: Body) -> _Family:
    """Go through the block in order: the first address decides the family; a version keyword may come too late."""
    found = _Family()
    for statement in body.block.children:
        keyword = statement.keyword
        if keyword == "version" and len(statement.words) > 1:
            _take_version(found, statement)
        elif keyword == "native_ipv6":
            found.family = found.family or 6
        elif keyword in {"mcast_src_ip", "unicast_src_ip"} and len(statement.words) > 1:
            _take_address(found, statement, 1)
        elif keyword in {"virtual_ipaddress", "unicast_peer"} and isinstance(statement, Block):
            for line in statement.children:
                _take_address(found, line, 0)
    return found


def _take_version(found: _Family, statement: Statement) -> None:
    word = statement.words[1]
    number = read_leading_integer(2, 3)(word.text)
    unknown = unknown_word(statement, word) if number is not None else unread_word(statement, word)
    if unknown is not None:
        found.version = Setting(unknown, word.span)
    elif number is not None and found.version is None and not (number == 2 and found.family == 6):
        found.version = Setting(number, word.span)


def _take_address(found: _Family, statement: Statement, index: int) -> None:
    if found.family in {4, 6}:
        return
    word = statement.words[index]
    address = read_peer_address(word.text)
    if address is not None and not statement.unsure:
        found.family = 4 if address.version == 4 else 6
    elif (unknown := unread_word(statement, word)) is not None:
        found.family = unknown


def _version(family: _Family, defaults: Globals, *, strict: bool, header: Block) -> Setting[int]:
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


_VIP_OPTIONS = frozenset({"dev", "scope", "broadcast", "brd", "label", "peer", "preferred_lft", "track_group"})


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


def _vips(body: Body, family: _Family) -> tuple[list[Vip], list[Vip]]:
    vips = [vip for line in body.lines("virtual_ipaddress") if (vip := read_vip(line)) is not None]
    if family.family in {4, 6}:
        vips = [vip for vip in vips if isinstance(vip.address, Unknown) or vip.address.version == family.family]
    excluded = [vip for line in body.lines("virtual_ipaddress_excluded") if (vip := read_vip(line)) is not None]
    return vips, excluded


def _move_surplus(instance: VrrpInstance) -> None:
    """An advert carries 255 addresses; the daemon treats the others as excluded ones."""
    if len(instance.vips) > _MAX_VIPS:
        instance.excluded_vips += instance.vips[_MAX_VIPS:]
        del instance.vips[_MAX_VIPS:]


def _peers(body: Body, family: _Family) -> list[UnicastPeer]:
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


def _source(body: Body, keyword: str) -> Setting[Address | None]:
    return body.setting(keyword, read_peer_address, None)


def _multicast_group(body: Body, family: _Family, defaults: Globals) -> Setting[Address]:
    header = body.block.words[0].span
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
    return own if own.written else standard


def _checks_source(body: Body, defaults: Globals) -> bool:
    ttl = any(len(line.words) > 2 for line in body.lines("unicast_peer"))
    return body.is_set("check_unicast_src") or defaults.check_unicast_source or ttl


def _nopreempt(body: Body) -> bool:
    """Set by nopreempt and cleared by a later preempt."""
    value = False
    for statement in body.block.children:
        if statement.keyword in {"nopreempt", "preempt"}:
            value = statement.keyword == "nopreempt"
    return value


def _preempt_delay(body: Body, *, nopreempt: bool, state: object, strict: bool) -> Decimal:
    delay = body.setting("preempt_delay", read_decimal("0", "1000"), Decimal(0)).value
    if isinstance(delay, Unknown) or nopreempt or strict or state == "MASTER":
        return Decimal(0)
    return delay


def _accept(body: Body, priority: object, version: object, *, strict: bool) -> bool:
    """Whether the daemon lets packets to the VIP in."""
    accept: bool | None = None
    for statement in body.block.children:
        if statement.keyword in {"accept", "no_accept"}:
            accept = statement.keyword == "accept"
    if accept is None:
        accept = priority == OWNER or not strict
    return accept and not (strict and version == 2 and priority != OWNER)


def _down_timer(body: Body, *, strict: bool) -> int:
    value = body.setting("down_timer_adverts", read_leading_integer(1, 100), 3).value
    return 3 if strict or isinstance(value, Unknown) else value


def _advert_int(body: Body, version: Setting[int]) -> tuple[Setting[Decimal], Decimal | None]:
    """Seconds between adverts: whole ones in VRRPv2, hundredths up to 40.95 in VRRPv3."""
    written = body.setting("advert_int", read_decimal("0.01", "255"), Decimal(1))
    if isinstance(written.value, Unknown):
        return written, None
    number = written.value
    if isinstance(version.value, Unknown):
        if number != number.to_integral_value() or number > 40:
            return Setting(
                Unknown(f"the VRRP version rounds it, and {version.value.why}", written.span), written.span
            ), number
        return written, number if written.written else None
    if version.value == 2:
        rounded = max(Decimal(1), number.quantize(Decimal(1), ROUND_HALF_UP))
    else:
        rounded = min(Decimal("40.95"), max(Decimal("0.01"), number.quantize(Decimal("0.01"), ROUND_HALF_UP)))
    rounded = rounded.to_integral_value() if rounded == rounded.to_integral_value(ROUND_DOWN) else rounded
    return Setting(rounded, written.span, written=written.written), number if written.written else None


def _authentication(body: Body, version: Setting[int], *, strict: bool, family: _Family) -> tuple[Authentication, int]:
    """What is really used: the last auth_type and auth_pass of all authentication blocks, where they count at all."""
    header = body.block.words[0].span
    hmac = body.last("auth_hmac")
    if isinstance(hmac, Block) and any(line.keyword == "key" for line in hmac.children):
        place = hmac.words[0].span
        return Authentication("HMAC", Unknown("its keys are not compared", place), place), 0
    unsure = body.unsure.get("authentication") or body.unsure.get("auth_type") or body.unsure.get("auth_pass")
    if unsure is not None:
        return Authentication(unsure, unsure, header), 0
    kind_line, password_line = _auth_lines(body)
    password, size = _password(password_line)
    password_span = password_line.words[1].span if password_line is not None else None
    if kind_line is None:
        ignored = "no auth_type" if password_line is not None else ""
        return Authentication("none", None, password_span or header, password_span, ignored), size
    word = kind_line.words[1]
    empty = password is None or (isinstance(password, Secret) and not password.value)
    why = _auth_ignored(version, strict=strict, empty=empty, header_with_ipv6=family.family == 6 and word.text == "AH")
    if why:
        return Authentication("none", None, word.span, password_span, why), size
    unknown = unread_word(kind_line, word) if word.text not in {"PASS", "AH"} or kind_line.unsure else None
    if isinstance(version.value, Unknown):
        unknown = Unknown(f"it counts in VRRPv2 only, and {version.value.why}", word.span)
    if unknown is not None:
        return Authentication(unknown, password, word.span, password_span), size
    return Authentication("AH" if word.text == "AH" else "PASS", password, word.span, password_span), size


def _auth_lines(body: Body) -> tuple[Statement | None, Statement | None]:
    """The auth_type and auth_pass lines that win; an unknown type is ignored."""
    kind_line: Statement | None = None
    password_line: Statement | None = None
    lines = [line for block in body.every("authentication") if isinstance(block, Block) for line in block.children]
    for line in lines:
        if len(line.words) < 2:
            continue
        if line.keyword == "auth_pass":
            password_line = line
        elif line.keyword == "auth_type" and (line.words[1].text in {"PASS", "AH"} or unread_word(line, line.words[1])):
            kind_line = line
    return kind_line, password_line


def _auth_ignored(version: Setting[int], *, strict: bool, empty: bool, header_with_ipv6: bool) -> str:
    """Why a written authentication has no effect; empty when it has."""
    if strict:
        return "vrrp_strict"
    if version.value == 3:
        return "VRRPv3"
    if empty:
        return "no auth_pass"
    return "AH with IPv6" if header_with_ipv6 else ""


def _password(line: Statement | None) -> tuple[Secret | Unknown | None, int]:
    """The 8 bytes that the daemon compares, and how many were written."""
    if line is None:
        return None, 0
    word = line.words[1]
    raw = word.text.encode("utf-8", "surrogateescape")
    unknown = unknown_word(line, word)
    if unknown is not None:
        return Unknown("the password is not filled in", word.span), 0
    return Secret(raw[:PASSWORD_BYTES].decode("utf-8", "surrogateescape")), len(raw)

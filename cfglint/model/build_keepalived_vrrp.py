"""vrrp_instance blocks of keepalived.conf, with the values the daemon uses in the end."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from cfglint.model.build_keepalived_addresses import (
    Family,
    read_family,
    read_multicast_group,
    read_peers,
    read_source,
    read_version,
    read_vips,
)
from cfglint.model.build_keepalived_globals import Globals
from cfglint.model.build_keepalived_tracks import NOTIFY, Tracked, build_tracks
from cfglint.model.build_keepalived_values import (
    Body,
    notify_script,
    read_decimal,
    read_integer,
    read_leading_integer,
    unknown_word,
    unread_word,
)
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Secret, Setting, Unknown
from cfglint.model.vrrp import Authentication, VrrpInstance
from cfglint.syntax.keepalived import Block, Statement

OWNER = 255
DEFAULT_PRIORITY = 100
PASSWORD_BYTES = 8
_MAX_VIPS = 255
_UNICAST = ("unicast_peer", "unicast_src_ip", "unicast_ttl", "check_unicast_src", "unicast_fault_no_peer")


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
    if strict and isinstance(priority.value, int) and not isinstance(state.value, Unknown):
        # In strict mode the state follows from being the address owner.
        own_state: Literal["MASTER", "BACKUP"] = "MASTER" if priority.value == OWNER else "BACKUP"
        if own_state != state.value:
            state_problem = f"with vrrp_strict it follows from the priority, {priority.value}"
        state = Setting(own_state, state.span, state.written)
    family = read_family(body)
    version = read_version(family, defaults, strict=strict, header=block)
    vips, excluded, dropped = read_vips(body, family)
    peers = read_peers(body, family)
    authentication = _authentication(body, version, strict=strict, family=family)
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
        unicast_source=read_source(body, "unicast_src_ip"),
        multicast_source=read_source(body, "mcast_src_ip"),
        multicast_group=read_multicast_group(body, family, defaults),
        check_unicast_source=_checks_source(body, defaults),
        nopreempt=nopreempt,
        nopreempt_span=statement.words[0].span if (statement := body.last("nopreempt")) is not None else None,
        preempt_delay=_preempt_delay(body, nopreempt=nopreempt, state=state.value, strict=strict),
        strict=strict,
        accept=_accept(body, priority.value, version.value, strict=strict),
        use_vmac=body.is_set("use_vmac"),
        tracks=tracks,
        ignored_tracks=ignored,
        dropped_vips=dropped,
        vrid_problem=vrid_problem,
        priority_problem=priority_problem,
        state_problem=state_problem,
        notify=[notify_script(line) for keyword in NOTIFY for line in body.every(keyword)[:1]],
        block=block,
        dont_track_primary=body.is_set("dont_track_primary"),
        unicast_configured=any(body.has(keyword) for keyword in _UNICAST),
        down_timer_adverts=_down_timer(body, strict=strict),
        advert_int_written=advert_written,
        lost=frozenset(block.meant).union(*(child.meant for child in block.children if isinstance(child, Block))),
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
    for why, span in body.tree.incomplete_in(block):
        return Unknown(why, span)
    return None


def _state(body: Body) -> tuple[Setting[Literal["MASTER", "BACKUP"]], str]:
    """The initial state: MASTER stays once it is set; an unknown word means BACKUP."""
    header = body.header
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
    header = body.header
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


def _move_surplus(instance: VrrpInstance) -> None:
    """An advert carries 255 addresses; the daemon treats the others as excluded ones."""
    if len(instance.vips) > _MAX_VIPS:
        instance.excluded_vips += instance.vips[_MAX_VIPS:]
        del instance.vips[_MAX_VIPS:]


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
    rounded = _rounded(number, version.value)
    return Setting(rounded, written.span, written=written.written), number if written.written else None


@lru_cache(maxsize=1024)
def _rounded(seconds: Decimal, version: int) -> Decimal:
    if version == 2:
        rounded = max(Decimal(1), seconds.quantize(Decimal(1), ROUND_HALF_UP))
    else:
        rounded = min(Decimal("40.95"), max(Decimal("0.01"), seconds.quantize(Decimal("0.01"), ROUND_HALF_UP)))
    return rounded.to_integral_value() if rounded == rounded.to_integral_value(ROUND_DOWN) else rounded


def _authentication(body: Body, version: Setting[int], *, strict: bool, family: Family) -> Authentication:
    """What is really used: the last auth_type and auth_pass of all authentication blocks, where they count at all."""
    header = body.header
    hmac = body.last("auth_hmac")
    if isinstance(hmac, Block) and any(line.keyword == "key" for line in hmac.children):
        place = hmac.words[0].span
        return Authentication("HMAC", Unknown("its keys are not compared", place), place)
    unsure = body.unsure.get("authentication") or body.unsure.get("auth_type") or body.unsure.get("auth_pass")
    if unsure is not None:
        return Authentication(unsure, unsure, header)
    kind_line, password_line = _auth_lines(body)
    password = _password(password_line)
    password_span = password_line.words[1].span if password_line is not None else None
    if kind_line is None:
        ignored = "no auth_type" if password_line is not None else ""
        return Authentication("none", None, password_span or header, password_span, ignored)
    word = kind_line.words[1]
    empty = password is None or (isinstance(password, Secret) and not password.value)
    why = _auth_ignored(version, strict=strict, empty=empty, header_with_ipv6=family.family == 6 and word.text == "AH")
    if why:
        return Authentication("none", None, word.span, password_span, why)
    unknown = unread_word(kind_line, word) if word.text not in {"PASS", "AH"} or kind_line.unsure else None
    if isinstance(version.value, Unknown):
        unknown = Unknown(f"it counts in VRRPv2 only, and {version.value.why}", word.span)
    if unknown is not None:
        return Authentication(unknown, password, word.span, password_span)
    return Authentication("AH" if word.text == "AH" else "PASS", password, word.span, password_span)


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


def _password(line: Statement | None) -> Secret | Unknown | None:
    """The 8 bytes that the daemon compares; None without a line."""
    if line is None:
        return None
    word = line.words[1]
    raw = word.text.encode("utf-8", "surrogateescape")
    unknown = unknown_word(line, word)
    if unknown is not None:
        return Unknown("the password is not filled in", word.span)
    return Secret(raw[:PASSWORD_BYTES].decode("utf-8", "surrogateescape"))

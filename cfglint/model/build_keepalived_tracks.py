"""What VRRP tracks, from keepalived.conf: scripts, files, processes, BFD, and the lines that name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from cfglint.model.build_keepalived_values import (
    Body,
    notify_script,
    read_decimal,
    read_leading_integer,
    read_word,
    script_words,
    unknown_word,
    unread_word,
)
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import BfdInstance, IgnoredTrack, Track, TrackFile, TrackProcess, VrrpScript, VrrpSyncGroup
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, KeepalivedTree, Statement

_KINDS = ("script", "interface", "file", "process", "bfd")
_LIMIT = 254
NOTIFY = ("notify_master", "notify_backup", "notify_fault", "notify_stop", "notify", "notify_deleted")


@dataclass(slots=True)
class Tracked:
    """What has been defined so far, from top to bottom of the file.

    Attributes:
        known: kind and name to weight and whether it is reversed; the first definition of a name wins.
        later: names defined further down, for the reason why a line is ignored.
    """

    known: dict[tuple[str, str], tuple[int | Unknown, bool]] = field(default_factory=dict)
    later: frozenset[tuple[str, str]] = frozenset()


def defined_later(tree: KeepalivedTree) -> frozenset[tuple[str, str]]:
    """Kind and name of everything that can be tracked and is defined anywhere."""
    return frozenset(
        (_DEFINES[child.keyword], child.words[1].text)
        for child in tree.children
        if child.keyword in _DEFINES and len(child.words) > 1
    )


_DEFINES = {
    "vrrp_script": "script",
    "track_file": "file",
    "vrrp_track_file": "file",
    "vrrp_track_process": "process",
    "bfd_instance": "bfd",
}


def build_script(block: Block, config: KeepalivedConfig) -> VrrpScript:
    """A vrrp_script block."""
    body = Body(block, config.tree)
    statement = body.last("script")
    words = script_words(statement) if statement is not None else []
    place = statement.words[min(1, len(statement.words) - 1)].span if statement is not None else block.words[0].span
    command: str | Unknown | None = " ".join(words) if words else None
    if statement is not None and statement.unsure:
        command = Unknown(statement.unsure, place)
    user = body.last("user")
    timer = read_decimal("0", "4294")
    interval = body.setting("interval", timer, Decimal(1))
    timeout: Setting[Decimal | None] = body.setting("timeout", timer, None)
    weight, reverse = _weight(body)
    return VrrpScript(
        name=_name(block),
        command=Setting(command, place, written=statement is not None),
        interval=Setting(Decimal(1), interval.span) if interval.value == 0 else interval,
        timeout=Setting(Decimal(1), timeout.span) if timeout.value == 0 else timeout,
        fall=body.setting("fall", read_leading_integer(1, 2**31 - 1), 1),
        rise=body.setting("rise", read_leading_integer(1, 2**31 - 1), 1),
        weight=weight,
        user=" ".join(word.text for word in user.words[1:]) if user is not None else None,
        span=_name_span(block),
        config=config,
        arguments=tuple(words),
        init_fail=body.is_set("init_fail"),
        reverse=reverse,
    )


def _weight(body: Body) -> tuple[Setting[int], bool]:
    """The weight of a definition; one out of range is reported by the daemon and used all the same."""
    statement = body.last("weight")
    reverse = statement is not None and len(statement.words) > 2 and statement.words[2].text == "reverse"
    return body.setting("weight", read_leading_integer(-(2**31), 2**31 - 1), 0), reverse


def _first_weight(body: Body, default: int, refused: int | None) -> tuple[Setting[int], bool]:
    """The weight of a file or process: the first one that is not the default stays.

    Args:
        body: the block's statements.
        default: the weight of a block without one.
        refused: what an out-of-range weight becomes; None when it is ignored.
    """
    found: Setting[int] = Setting(default, body.header, written=False)
    reverse = False
    for statement in body.every("weight"):
        if len(statement.words) < 2 or found.value != default:
            continue
        word = statement.words[1]
        unknown = unread_word(statement, word)
        value = read_leading_integer(-_LIMIT, _LIMIT)(word.text)
        if unknown is not None:
            found = Setting(unknown, word.span)
        elif value is not None or refused is not None:
            found = Setting(refused if value is None else value, word.span)  # type: ignore[arg-type]  # one is set
        reverse = reverse or (len(statement.words) > 2 and statement.words[2].text == "reverse")
    return found, reverse


def build_track_file(block: Block, config: KeepalivedConfig) -> TrackFile:
    """A track_file block at the top level."""
    body = Body(block, config.tree)
    weight, reverse = _first_weight(body, 1, 1)
    init = body.last("init_file")
    value = init.words[1].text if init is not None and len(init.words) > 1 else ""
    initial = int(value) if value.lstrip("+-").isdecimal() and len(value) < 12 else None
    path: Setting[str | None] = body.setting("file", read_word, None)
    return TrackFile(_name(block), path, weight, reverse, initial, _name_span(block), config)


def build_track_process(block: Block, config: KeepalivedConfig) -> TrackProcess:
    """A vrrp_track_process block."""
    body = Body(block, config.tree)
    weight, reverse = _first_weight(body, 0, None)
    statement = body.last("process")
    words = tuple(word.text for word in statement.words[1:]) if statement is not None else ()
    quorum = body.setting("quorum", read_leading_integer(1, 65535), 1)
    return TrackProcess(_name(block), words, weight, reverse, quorum, _name_span(block), config)


def build_bfd(block: Block, config: KeepalivedConfig) -> BfdInstance:
    """A bfd_instance block."""
    body = Body(block, config.tree)
    neighbour = body.last("neighbor_ip") or body.last("neighbour_ip")
    peer = neighbour.words[1].text if neighbour is not None and len(neighbour.words) > 1 else None
    statement = body.last("weight")
    reverse = statement is not None and len(statement.words) > 2 and statement.words[2].text == "reverse"
    weight = body.setting("weight", read_leading_integer(-_LIMIT + 1, _LIMIT - 1), 0)
    return BfdInstance(_name(block), peer, weight, reverse, _name_span(block), config)


def build_sync_group(block: Block, config: KeepalivedConfig, tracked: Tracked) -> VrrpSyncGroup:
    """A vrrp_sync_group block."""
    body = Body(block, config.tree)
    members: list[tuple[str, Span]] = []
    # Of two lists the daemon reads the first that has lines, and skips the others.
    lists = [group.children for group in body.every("group") if isinstance(group, Block) and group.children]
    for line in lists[0] if lists else ():
        members += [(word.text, word.span) for word in line.words if word.text not in {"{", "}"}]
    tracks, ignored = build_tracks(body, tracked, None)
    return VrrpSyncGroup(
        name=_name(block),
        members=members,
        tracks=tracks,
        global_tracking=body.is_set("global_tracking") or body.is_set("sync_group_tracking_weight"),
        span=_name_span(block),
        config=config,
        ignored_tracks=ignored,
        notify=[notify_script(line) for keyword in NOTIFY for line in body.every(keyword)[:1]],
    )


def build_tracks(body: Body, tracked: Tracked, interface: str | None) -> tuple[list[Track], list[IgnoredTrack]]:
    """The track lines of an instance or a sync group.

    Args:
        body: its statements.
        tracked: what the file has defined above it: the daemon ignores names that come later.
        interface: the instance's own interface, which is tracked without being named.
    """
    tracks: list[Track] = []
    ignored: list[IgnoredTrack] = []
    seen: set[tuple[str, str]] = set()
    for kind in _KINDS:
        for line in body.lines(f"track_{kind}"):
            name = line.words[0].text
            key = (kind, name)
            why = _refusal(line, key, tracked, seen, interface)
            if why:
                ignored.append(IgnoredTrack(kind, name, why, line.words[0].span))
                continue
            seen.add(key)
            tracks.append(_track(line, kind, name, tracked.known.get(key, (0, False))))
    return tracks, ignored


def _refusal(
    line: Statement, key: tuple[str, str], tracked: Tracked, seen: set[tuple[str, str]], interface: str | None
) -> str:
    """Why the daemon ignores a track line; empty when it does not."""
    kind, name = key
    if kind != "interface" and key not in tracked.known and unknown_word(line, line.words[0]) is None:
        return "defined later" if key in tracked.later else "undefined"
    if kind == "interface" and name == interface:
        return "own interface"
    if key in seen:
        return "duplicate"
    if len(line.words) > 1 and line.words[1].text != "weight":
        return "unknown option"
    if len(line.words) == 2:
        return "weight without value"
    if kind == "file" and len(line.words) > 3 and line.words[3].text not in {"reverse", "noreverse"}:
        return "unknown option"
    return ""


def _track(line: Statement, kind: str, name: str, default: tuple[int | Unknown, bool]) -> Track:
    weight, reverse = default
    written = False
    if len(line.words) > 2:
        word = line.words[2]
        number = read_leading_integer(-_LIMIT, _LIMIT)(word.text)
        unknown = unknown_word(line, word)
        if number is not None and not line.unsure:
            # The daemon takes 254 for 253 where it once meant "always"; files and processes may have it.
            limit = _LIMIT if kind in {"file", "process"} else _LIMIT - 1
            weight, written = max(-limit, min(limit, number)), True
        elif unknown is not None:
            weight, written = unknown, True
        if len(line.words) > 3:
            reverse = {"reverse": True, "noreverse": False}.get(line.words[3].text, reverse)
    elif line.unsure:
        weight = Unknown(line.unsure, line.words[0].span)
    return Track(kind, name, weight, reverse, line.words[0].span, written)  # type: ignore[arg-type]  # one of _KINDS


def define(tracked: Tracked, kind: str, name: str, weight: Setting[int], *, reverse: bool) -> None:
    """Make a name known to the lines below it; the first definition of a name wins."""
    tracked.known.setdefault((kind, name), (weight.value, reverse))


def _name(block: Block) -> str:
    return block.words[1].text if len(block.words) > 1 else ""


def _name_span(block: Block) -> Span:
    return block.words[min(1, len(block.words) - 1)].span

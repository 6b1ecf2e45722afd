"""nftables statements that are no verdicts: marks, address translation, counters, logs, limits (nft(8), STATEMENTS)."""

from __future__ import annotations

from typing import Literal

from cfglint.model.firewall_addresses import parse_address
from cfglint.model.firewall_nft_cursor import Cursor
from cfglint.model.firewall_nft_values import number_of
from cfglint.model.firewall_rules import Action, Nat, SetMark, SpoilMark, Step, UnclearVerdict, Undecided
from cfglint.syntax.nftables import Group, Item, Word

_ALL = 0xFFFFFFFF
_BITS = {"and": "and", "&": "and", "or": "or", "|": "or", "xor": "xor", "^": "xor"}
MarkSide = Literal["packet", "connection"]
TRANSLATIONS = {"dnat", "snat", "masquerade", "redirect", "tproxy", "synproxy"}
"""Statements that change addresses."""


def mark_step(value: list[Item], target: MarkSide) -> Step:
    """``set 0x1``, ``set ct mark``, ``set mark and 0xff or 0x100``."""
    words = [item.text for item in value if isinstance(item, Word) and item.text not in {"(", ")"}]
    if not words or any(isinstance(item, Group) for item in value):
        return SpoilMark(target)
    number = number_of("mark", words[0])
    if number is not None:
        return SetMark(_ALL, number, target=target) if len(words) == 1 else SpoilMark(target)
    source: MarkSide = "connection" if words[0] == "ct" else "packet"
    if words[:2] not in (["ct", "mark"], ["meta", "mark"]) and words[0] != "mark":
        return SpoilMark(target)
    changed = _mark_bits(words[1 if words[0] == "mark" else 2 :])
    return SpoilMark(target) if changed is None else SetMark(*changed, source=source, target=target)


def _mark_bits(words: list[str]) -> tuple[int, int] | None:
    """What a row of ``and``, ``or`` and ``xor`` does: bits to clear, then bits to flip."""
    clear, flip = 0, 0
    for operator, text in zip(words[::2], words[1::2], strict=False):
        number = number_of("mark", text)
        if number is None or operator not in _BITS:
            return None
        name = _BITS[operator]
        if name == "and":
            clear, flip = clear | (~number & _ALL), flip & number
        elif name == "or":
            clear, flip = clear | number, flip | number
        else:
            flip ^= number
    return None if len(words) % 2 else (clear, flip)


def translation(word: str, cursor: Cursor) -> Action:
    """``dnat to ADDRESS:PORT``, ``masquerade``, ``redirect to :PORT`` and the like."""
    rest = cursor.rest()
    if word in {"tproxy", "synproxy"}:
        return UnclearVerdict(f"{word} is not judged")
    words = [item.text for item in rest if isinstance(item, Word) and not item.quoted]
    if len(words) != len(rest) and any(isinstance(item, Group) for item in rest):
        return Nat("dnat" if word in {"dnat", "redirect"} else "snat", unclear=f"{word} by a map is not judged")
    target = words[words.index("to") + 1 :] if "to" in words else []
    target = [part for part in target if part not in {"random", "fully-random", "persistent", "prefix"}]
    for at, part in enumerate(target):
        if part in {"comment", "counter", "accept"}:
            target = target[:at]
            break
    port = None
    if ":" in target:
        at = target.index(":")
        port = _port("".join(target[at + 1 :]))
        target = target[:at]
    if word == "masquerade":
        return Nat("masquerade")
    if word == "redirect":
        port = port or _port("".join(target))
        return Nat("redirect", port=port)
    address = parse_address(target[0]) if len(target) == 1 else None
    kind = "dnat" if word == "dnat" else "snat"
    if target and address is None:
        return Nat("dnat" if kind == "dnat" else "snat", port=port, unclear=f"{' '.join(target)} is not one address")
    return Nat("dnat" if kind == "dnat" else "snat", address, port)


def _port(text: str) -> tuple[int, int] | None:
    first, _, last = text.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        return None
    return int(first), int(last or first)


def set_statement(cursor: Cursor) -> list[Step]:
    """``add @set { … }``: it passes on, unless a limit inside decides."""
    rest = cursor.until_statement()
    for item in rest:
        if isinstance(item, Group) and any(
            isinstance(part, Word) and part.text in {"limit", "quota", "ct"} for part in item.items
        ):
            return [Undecided("a limit in a dynamic set depends on traffic")]
    return []


def skip_counter(cursor: Cursor) -> None:
    """``counter [name X] [packets N bytes N]``."""
    if cursor.peek == "name":
        cursor.take()
        cursor.take()
    while cursor.peek in {"packets", "bytes"}:
        cursor.take()
        cursor.take()


def skip_log(cursor: Cursor) -> None:
    """``log [prefix …] [level …] [group …] [flags …]``."""
    while cursor.peek in {"prefix", "level", "group", "snaplen", "queue-threshold", "flags"}:
        name = cursor.take()
        cursor.take()
        if name == "flags":
            while cursor.peek in {"sequence", "options", "uid", "ether", ","}:
                cursor.take()


def skip_limit(cursor: Cursor) -> None:
    """``rate [over] N/unit [burst N packets]``, ``name "x"``, ``until|over N bytes``."""
    while cursor.peek in {"rate", "over", "until", "name", "burst", "used"}:
        word = cursor.take()
        if word == "rate" and cursor.peek == "over":
            cursor.take()
        if word == "rate" or word in {"name", "burst", "until", "used"} or (word == "over" and cursor.peek.isdecimal()):
            cursor.take()
        while cursor.peek in {"packets", "bytes", "kbytes", "mbytes", "bytes/second", "kbytes/second", "mbytes/second"}:
            cursor.take()

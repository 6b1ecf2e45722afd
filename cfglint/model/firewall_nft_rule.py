"""One nftables rule as conditions and actions; what is not understood leaves the rule undecided (nft(8))."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cfglint.model.firewall_addresses import parse_address
from cfglint.model.firewall_nft_sets import NftSet, element_values, map_parts, split_elements
from cfglint.model.firewall_nft_values import BARE_META, FIELDS, Field, Kind, flag_bits, number_of, read_values
from cfglint.model.firewall_rules import (
    Action,
    Condition,
    Jump,
    Match,
    Nat,
    NoTrack,
    Return,
    SetMark,
    SpoilMark,
    Step,
    TupleMatch,
    UnclearVerdict,
    Undecided,
    Verdict,
    VerdictMap,
)
from cfglint.model.value_sets import Names, Numbers, ValueSet
from cfglint.syntax.nftables import Group, Item, Word

_ALL = 0xFFFFFFFF
_BITS = {"and": "and", "&": "and", "or": "or", "|": "or", "xor": "xor", "^": "xor"}
MarkSide = Literal["packet", "connection"]
_COMPARISONS = {"==", "!=", "<", ">", "<=", ">=", "eq", "ne", "lt", "gt", "le", "ge"}
_STATEMENTS = {
    "accept",
    "drop",
    "continue",
    "return",
    "jump",
    "goto",
    "reject",
    "queue",
    "counter",
    "log",
    "comment",
    "notrack",
    "dnat",
    "snat",
    "masquerade",
    "redirect",
    "tproxy",
    "limit",
    "quota",
    "add",
    "update",
    "delete",
    "flow",
    "dup",
    "synproxy",
    "set",
    "xt",
}
_PLAIN: dict[str, tuple[Step, ...]] = {
    "accept": (Verdict("accept"),),
    "drop": (Verdict("drop"),),
    "return": (Return(),),
    "continue": (),
}
_TRANSLATIONS = {"dnat", "snat", "masquerade", "redirect", "tproxy", "synproxy"}


class _NotUnderstoodError(Exception):
    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(eq=False)
class RuleReader:
    """Reads the rules of one table.

    Attributes:
        sets: the table's named sets and maps.
        version: 4 or 6 for an ``ip`` or ``ip6`` table; 0 for ``inet``.
    """

    sets: dict[str, NftSet] = field(default_factory=dict)
    version: int = 0

    def read(self, items: list[Item]) -> tuple[Step, ...]:
        """The steps of one rule; they always exist, with an undecided one where something was not understood."""
        cursor = _Cursor(items)
        steps: list[Step] = []
        try:
            while not cursor.done:
                steps += self._next(cursor)
        except _NotUnderstoodError as error:
            steps.append(Undecided(f"{error.what} is not understood"))
            steps += self._after_all(items)
        return tuple(steps)

    def _after_all(self, items: list[Item]) -> list[Step]:
        """What a rule that is not understood might still do."""
        words = [item.text for item in items if isinstance(item, Word) and not item.quoted]
        if _TRANSLATIONS & set(words):
            return [UnclearVerdict("an address translation that is not understood")]
        steps: list[Step] = [SpoilMark()] if "mark" in words and "set" in words else []
        if "vmap" in words or "queue" in words:
            return [*steps, UnclearVerdict("a verdict that is not understood")]
        for at, word in enumerate(words):
            if word in {"accept", "drop", "reject"}:
                return [*steps, Verdict("accept" if word == "accept" else "drop" if word == "drop" else "reject")]
            if word in {"jump", "goto"} and at + 1 < len(words):
                return [*steps, Jump(words[at + 1], word == "goto")]
            if word == "return":
                return [*steps, Return()]
        return steps

    def _next(self, cursor: _Cursor) -> list[Step]:
        word = cursor.peek
        if word in _PLAIN:
            cursor.take()
            return list(_PLAIN[word])
        if word in {"jump", "goto"}:
            cursor.take()
            return [Jump(cursor.take(), word == "goto")]
        if word == "reject":
            cursor.rest()
            return [Verdict("reject")]
        if word == "queue":
            cursor.rest()
            return [UnclearVerdict("queue leaves the verdict to a program")]
        if word in _STATEMENTS:
            return self._statement(word, cursor)
        if cursor.words(2) == ["tcp", "option"]:
            cursor.until_statement()
            return []
        if word in {"meta", "ct", "ip", "ip6", "tcp", "mark"} and "set" in cursor.words(4):
            found = self._setting(cursor)
            if found is not None:
                return found
        return self._condition(cursor)

    def _statement(self, word: str, cursor: _Cursor) -> list[Step]:
        cursor.take()
        if word == "counter":
            _skip_counter(cursor)
        elif word == "log":
            _skip_log(cursor)
        elif word == "comment":
            cursor.take()
        elif word == "notrack":
            return [NoTrack()]
        elif word in {"limit", "quota"}:
            _skip_limit(cursor)
            return [Undecided(f"{word} depends on traffic")]
        elif word in _TRANSLATIONS:
            return [_translation(word, cursor)]
        elif word in {"add", "update", "delete", "set"}:
            return _set_statement(cursor)
        elif word in {"flow", "dup"}:
            cursor.rest()
        else:
            raise _NotUnderstoodError(word)
        return []

    def _setting(self, cursor: _Cursor) -> list[Step] | None:
        """``meta mark set …``, ``ct mark set …`` and other settings; None when it is a condition."""
        words = cursor.words(4)
        at = words.index("set")
        subject = " ".join(words[:at])
        for _ in range(at + 1):
            cursor.take()
        value = cursor.until_statement()
        if subject in {"meta mark", "mark"}:
            return [_mark(value, "packet")]
        if subject == "ct mark":
            return [_mark(value, "connection")]
        return []

    def _condition(self, cursor: _Cursor) -> list[Step]:
        fields = [self._field(cursor)]
        while cursor.peek == "." and not cursor.done:
            cursor.take()
            fields.append(self._field(cursor))
        mask: int | None = None
        while cursor.peek in {"&", "and"}:
            cursor.take()
            mask = _mask(fields[0], cursor)
        if cursor.peek == "vmap":
            cursor.take()
            return [self._verdict_map(fields, cursor.take_item())]
        comparison = cursor.take() if cursor.peek in _COMPARISONS else ""
        if cursor.peek == "!" and not comparison:
            cursor.take()
            comparison = "!="
        if comparison in {"<", ">", "<=", ">=", "lt", "gt", "le", "ge"}:
            return [_ordered(fields[0], comparison, cursor.take())]
        return [self._membership(fields, mask, comparison, cursor)]

    def _field(self, cursor: _Cursor) -> Field:
        for count in (5, 3, 2):
            words = cursor.words(count)
            name = " ".join(words)
            if name in FIELDS:
                for _ in words:
                    cursor.take()
                return FIELDS[name]
        word = cursor.peek
        if word in BARE_META:
            cursor.take()
            return FIELDS[f"meta {word}"]
        if word == "ct" and cursor.words(2) == ["ct", "status"]:
            cursor.take()
            cursor.take()
            return Field("ct.status", "name")
        raise _NotUnderstoodError(" ".join(cursor.words(2)))

    def _membership(self, fields: list[Field], mask: int | None, comparison: str, cursor: _Cursor) -> Condition:
        negated = comparison in {"!=", "ne"}
        item = cursor.take_item()
        names, kinds = tuple(field.name for field in fields), tuple(field.kind for field in fields)
        if isinstance(item, Group):
            elements = split_elements(item)
            if elements is None:
                return Undecided("the set has too many elements to be read")
            return _one_of(names, kinds, elements, negated=negated, mask=mask)
        if item.text.startswith("@") and not item.quoted:
            found = self.sets.get(item.text[1:])
            if found is None:
                return Undecided(f"there is no set {item.text[1:]}")
            if found.unclear:
                return Undecided(f"set {found.name}: {found.unclear}")
            return _one_of(names, kinds, found.elements, negated=negated, mask=mask)
        words = [item.text, *_value_tail(cursor, separator="." if len(fields) > 1 else ",")]
        while words[0] == "(" and words[-1] != ")":
            words.append(cursor.take())
        if cursor.peek == "/" and fields[0].kind == "flags":
            cursor.take()
            mask = _flags([cursor.take(), *_value_tail(cursor, separator=",")])
        if len(fields) > 1:
            parts: list[Item] = [Word(word, item.line) for word in words]
            return _one_of(names, kinds, [parts], negated=negated, mask=mask)
        return _single(fields[0], words, comparison, mask)

    def _verdict_map(self, fields: list[Field], item: Item) -> VerdictMap:
        names, kinds = tuple(field.name for field in fields), tuple(field.kind for field in fields)
        elements: list[list[Item]] | None
        if isinstance(item, Group):
            elements = split_elements(item)
        else:
            found = self.sets.get(item.text.removeprefix("@"))
            if found is None or found.unclear:
                why = found.unclear if found is not None else "it is not there"
                return VerdictMap(names, (), f"verdict map {item.text}: {why}")
            elements = found.elements
        entries: list[tuple[tuple[ValueSet, ...], Action | None]] = []
        for element in elements or []:
            parts = map_parts(element)
            values = element_values(parts[0], kinds) if parts is not None else None
            verdict = _map_verdict(parts[1]) if parts is not None else None
            if values is None or isinstance(verdict, str) or parts is None:
                return VerdictMap(names, (), "a verdict map with an element that is not understood")
            entries.append((values, verdict))
        if elements is None:
            return VerdictMap(names, (), "a verdict map with too many elements to be read")
        return VerdictMap(names, tuple(entries))


class _Cursor:
    """The rest of a rule."""

    def __init__(self, items: list[Item]) -> None:
        self._items = items
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at >= len(self._items)

    @property
    def peek(self) -> str:
        if self.done:
            return ""
        item = self._items[self._at]
        return item.text if isinstance(item, Word) and not item.quoted else ""

    def words(self, count: int) -> list[str]:
        """Up to so many plain words ahead."""
        found: list[str] = []
        for item in self._items[self._at : self._at + count]:
            if not isinstance(item, Word) or item.quoted:
                break
            found.append(item.text)
        return found

    def take_item(self) -> Item:
        if self.done:
            raise _NotUnderstoodError("the end of the rule")
        item = self._items[self._at]
        self._at += 1
        return item

    def take(self) -> str:
        item = self.take_item()
        if not isinstance(item, Word):
            raise _NotUnderstoodError("a brace")
        return item.text

    def rest(self) -> list[Item]:
        found = self._items[self._at :]
        self._at = len(self._items)
        return found

    def until_statement(self) -> list[Item]:
        """Everything up to the next statement word."""
        found: list[Item] = []
        while not self.done and self.peek not in _STATEMENTS:
            found.append(self.take_item())
        return found


def _value_tail(cursor: _Cursor, separator: str) -> list[str]:
    """More words of the same value: after commas (``established,related``), dots, or around a dash."""
    words: list[str] = []
    joiners = {separator, "-", "|"} if separator != "." else {".", "-"}
    while cursor.peek in joiners:
        joiner = cursor.take()
        following = cursor.take()
        if joiner == ",":
            words.append(following)
        else:
            words += [joiner, following]
    return words


def _one_of(
    names: tuple[str, ...], kinds: tuple[Kind, ...], elements: list[list[Item]], *, negated: bool, mask: int | None
) -> Condition:
    if names == ("ct.status",):
        return Undecided("ct status with a set is not understood")
    if len(names) == 1:
        ranges: list[tuple[int, int]] = []
        exact: list[str] = []
        prefixes: list[str] = []
        for element in elements:
            values = element_values(element, kinds)
            if values is None:
                return Undecided("the set has an element that is not understood")
            found = values[0]
            if isinstance(found, Names):
                exact.extend(found.exact)
                prefixes.extend(found.prefixes)
            else:
                ranges.extend(zip(found.lows, found.highs, strict=True))
        named = kinds[0] in {"interface", "name"}
        whole: ValueSet = Names(frozenset(exact), tuple(prefixes)) if named else Numbers.ranges(ranges)
        return Match(names[0], whole, negated, mask)
    combinations: list[tuple[ValueSet, ...]] = []
    for element in elements:
        values = element_values(element, kinds)
        if values is None:
            return Undecided("the set has an element that is not understood")
        combinations.append(values)
    return TupleMatch(names, tuple(combinations), negated)


def _single(field: Field, words: list[str], comparison: str, mask: int | None) -> Condition:
    negated = comparison in {"!=", "ne"}
    if field.name == "ct.status":
        return _status(words, negated=negated)
    if field.kind == "flags":
        bits = _flags(words)
        if bits is None:
            raise _NotUnderstoodError(" ".join(words))
        if comparison or mask is not None:
            return Match(field.name, Numbers.of(bits), negated, mask)
        return Match(field.name, Numbers.of(0), negated=True, mask=bits)
    joined: list[str] = []
    for word in words:
        if word == "-" or (joined and joined[-1].endswith("-")):
            joined[-1] += word
        else:
            joined.append(word)
    values = read_values(field.kind, [word for word in joined if word != "|"])
    if values is None:
        raise _NotUnderstoodError(" ".join(words))
    if mask is not None and not comparison:
        return Match(field.name, values, mask=mask)
    return Match(field.name, values, negated, mask)


def _flags(words: list[str]) -> int | None:
    """``syn``, ``syn|ack``, ``(syn | ack)`` or a number."""
    if len(words) == 1 and words[0][:1].isdecimal():
        return number_of("number", words[0])
    return flag_bits([word for word in words if word not in {"|", "(", ")", ","}])


def _status(words: list[str], *, negated: bool) -> Condition:
    if len(words) == 1 and words[0] in {"dnat", "snat"}:
        return Match(f"ct.{words[0]}", Numbers.of(0 if negated else 1))
    return Undecided(f"ct status {','.join(words)} is not part of the packet asked about")


def _mask(field: Field, cursor: _Cursor) -> int:
    if field.kind == "flags":
        words: list[str] = []
        if cursor.peek == "(":
            cursor.take()
            while cursor.peek != ")":
                words.append(cursor.take())
            cursor.take()
        else:
            words.append(cursor.take())
            while cursor.peek == "|":
                cursor.take()
                words.append(cursor.take())
        bits = flag_bits([word for word in words if word not in {"|", ","}])
    else:
        bits = number_of(field.kind, cursor.take())
    if bits is None:
        raise _NotUnderstoodError("a mask")
    return bits


def _ordered(field: Field, comparison: str, word: str) -> Condition:
    number = number_of(field.kind, word)
    if number is None:
        raise _NotUnderstoodError(word)
    low, high = {
        "<": (0, number - 1),
        "lt": (0, number - 1),
        "<=": (0, number),
        "le": (0, number),
        ">": (number + 1, 2**128),
        "gt": (number + 1, 2**128),
        ">=": (number, 2**128),
        "ge": (number, 2**128),
    }[comparison]
    return Match(field.name, Numbers.ranges([(low, high)] if low <= high else []))


def _map_verdict(words: list[Item]) -> Action | str | None:
    """A map element's verdict; None for ``continue``, a text when it is not understood."""
    texts = [item.text for item in words if isinstance(item, Word)]
    if texts in (["accept"], ["drop"]):
        return Verdict("accept" if texts == ["accept"] else "drop")
    if texts == ["return"]:
        return Return()
    if texts == ["continue"]:
        return None
    if len(texts) == 2 and texts[0] in {"jump", "goto"}:
        return Jump(texts[1], texts[0] == "goto")
    return " ".join(texts)


def _mark(value: list[Item], target: MarkSide) -> Step:
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


def _translation(word: str, cursor: _Cursor) -> Action:
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


def _set_statement(cursor: _Cursor) -> list[Step]:
    """``add @set { … }``: it passes on, unless a limit inside decides."""
    rest = cursor.until_statement()
    for item in rest:
        if isinstance(item, Group) and any(
            isinstance(part, Word) and part.text in {"limit", "quota", "ct"} for part in item.items
        ):
            return [Undecided("a limit in a dynamic set depends on traffic")]
    return []


def _skip_counter(cursor: _Cursor) -> None:
    if cursor.peek == "name":
        cursor.take()
        cursor.take()
    while cursor.peek in {"packets", "bytes"}:
        cursor.take()
        cursor.take()


def _skip_log(cursor: _Cursor) -> None:
    while cursor.peek in {"prefix", "level", "group", "snaplen", "queue-threshold", "flags"}:
        name = cursor.take()
        cursor.take()
        if name == "flags":
            while cursor.peek in {"sequence", "options", "uid", "ether", ","}:
                cursor.take()


def _skip_limit(cursor: _Cursor) -> None:
    """``rate [over] N/unit [burst N packets]``, ``name "x"``, ``until|over N bytes``."""
    while cursor.peek in {"rate", "over", "until", "name", "burst", "used"}:
        word = cursor.take()
        if word == "rate" and cursor.peek == "over":
            cursor.take()
        if word == "rate" or word in {"name", "burst", "until", "used"} or (word == "over" and cursor.peek.isdecimal()):
            cursor.take()
        while cursor.peek in {"packets", "bytes", "kbytes", "mbytes", "bytes/second", "kbytes/second", "mbytes/second"}:
            cursor.take()

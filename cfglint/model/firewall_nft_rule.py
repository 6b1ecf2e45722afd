"""One nftables rule as conditions and actions; what is not understood leaves the rule undecided (nft(8))."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.firewall_nft_conditions import NEGATIONS, flags_of, mask_of, one_of, ordered, single, value_tail
from cfglint.model.firewall_nft_cursor import STATEMENTS, Cursor, NotUnderstoodError
from cfglint.model.firewall_nft_sets import NftSet, element_values, map_parts, split_elements
from cfglint.model.firewall_nft_statements import (
    TRANSLATIONS,
    mark_step,
    set_statement,
    skip_counter,
    skip_limit,
    skip_log,
    translation,
)
from cfglint.model.firewall_nft_values import BARE_META, FIELDS, Field
from cfglint.model.firewall_rules import (
    Action,
    Condition,
    Jump,
    NoTrack,
    Return,
    SpoilMark,
    Step,
    UnclearVerdict,
    Undecided,
    Verdict,
    VerdictMap,
)
from cfglint.model.value_sets import ValueSet
from cfglint.syntax.nftables import Group, Item, Word

_COMPARISONS = {"==", "!=", "!", "<", ">", "<=", ">=", "eq", "ne", "lt", "gt", "le", "ge"}
_PLAIN: dict[str, tuple[Step, ...]] = {
    "accept": (Verdict("accept"),),
    "drop": (Verdict("drop"),),
    "return": (Return(),),
    "continue": (),
}


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
        cursor = Cursor(items)
        steps: list[Step] = []
        try:
            while not cursor.done:
                steps += self._next(cursor)
        except NotUnderstoodError as error:
            steps.append(Undecided(f"{error.what} is not understood"))
            steps += self._after_all(items)
        return tuple(steps)

    def _after_all(self, items: list[Item]) -> list[Step]:
        """What a rule that is not understood might still do."""
        words = [item.text for item in items if isinstance(item, Word) and not item.quoted]
        if TRANSLATIONS & set(words):
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

    def _next(self, cursor: Cursor) -> list[Step]:
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
        if word in STATEMENTS:
            return self._statement(word, cursor)
        if cursor.words(2) == ["tcp", "option"]:
            cursor.until_statement()
            return []
        if word in {"meta", "ct", "ip", "ip6", "tcp", "mark"} and "set" in cursor.words(4):
            found = self._setting(cursor)
            if found is not None:
                return found
        return self._condition(cursor)

    def _statement(self, word: str, cursor: Cursor) -> list[Step]:
        cursor.take()
        if word == "counter":
            skip_counter(cursor)
        elif word == "log":
            skip_log(cursor)
        elif word == "comment":
            cursor.take()
        elif word == "notrack":
            return [NoTrack()]
        elif word in {"limit", "quota"}:
            skip_limit(cursor)
            return [Undecided(f"{word} depends on traffic")]
        elif word in TRANSLATIONS:
            return [translation(word, cursor)]
        elif word in {"add", "update", "delete", "set"}:
            return set_statement(cursor)
        elif word in {"flow", "dup"}:
            cursor.rest()
        else:
            raise NotUnderstoodError(word)
        return []

    def _setting(self, cursor: Cursor) -> list[Step] | None:
        """``meta mark set …``, ``ct mark set …`` and other settings; None when it is a condition."""
        words = cursor.words(4)
        at = words.index("set")
        subject = " ".join(words[:at])
        for _ in range(at + 1):
            cursor.take()
        value = cursor.until_statement()
        if subject in {"meta mark", "mark"}:
            return [mark_step(value, "packet")]
        if subject == "ct mark":
            return [mark_step(value, "connection")]
        return []

    def _condition(self, cursor: Cursor) -> list[Step]:
        fields = [self._field(cursor)]
        while cursor.peek == "." and not cursor.done:
            cursor.take()
            fields.append(self._field(cursor))
        mask: int | None = None
        while cursor.peek in {"&", "and"}:
            cursor.take()
            mask = mask_of(fields[0], cursor)
        if cursor.peek == "vmap":
            cursor.take()
            return [self._verdict_map(fields, cursor.take_item())]
        comparison = cursor.take() if cursor.peek in _COMPARISONS else ""
        if comparison in {"<", ">", "<=", ">=", "lt", "gt", "le", "ge"}:
            return [ordered(fields[0], comparison, cursor.take())]
        return [self._membership(fields, mask, comparison, cursor)]

    def _field(self, cursor: Cursor) -> Field:
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
        raise NotUnderstoodError(" ".join(cursor.words(2)))

    def _membership(self, fields: list[Field], mask: int | None, comparison: str, cursor: Cursor) -> Condition:
        negated = comparison in NEGATIONS
        item = cursor.take_item()
        names, kinds = tuple(field.name for field in fields), tuple(field.kind for field in fields)
        if isinstance(item, Group):
            elements = split_elements(item)
            if elements is None:
                return Undecided("the set has too many elements to be read")
            return one_of(names, kinds, elements, negated=negated, mask=mask)
        if item.text.startswith("@") and not item.quoted:
            found = self.sets.get(item.text[1:])
            if found is None:
                return Undecided(f"there is no set {item.text[1:]}")
            if found.unclear:
                return Undecided(f"set {found.name}: {found.unclear}")
            return one_of(names, kinds, found.elements, negated=negated, mask=mask)
        words = [item.text, *value_tail(cursor, separator="." if len(fields) > 1 else ",")]
        while words[0] == "(" and words[-1] != ")":
            words.append(cursor.take())
        if cursor.peek == "/" and fields[0].kind == "flags":
            cursor.take()
            mask = flags_of([cursor.take(), *value_tail(cursor, separator=",")])
        if len(fields) > 1:
            parts: list[Item] = [Word(word, item.line) for word in words]
            return one_of(names, kinds, [parts], negated=negated, mask=mask)
        return single(fields[0], words, comparison, mask)

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

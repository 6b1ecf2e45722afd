"""The right-hand side of an nftables condition: values, sets, flags, masks and bounds (nft(8), EXPRESSIONS)."""

from __future__ import annotations

from cfglint.model.firewall_nft_cursor import Cursor, NotUnderstoodError
from cfglint.model.firewall_nft_sets import element_values
from cfglint.model.firewall_nft_values import Field, Kind, flag_bits, number_of, read_values
from cfglint.model.firewall_rules import Condition, Match, TupleMatch, Undecided
from cfglint.model.value_sets import Names, Numbers, ValueSet
from cfglint.syntax.nftables import Item

NEGATIONS = frozenset({"!=", "ne", "!"})
"""Comparisons that ask for the opposite; ``!`` before flags asks that none of them is set."""


def value_tail(cursor: Cursor, separator: str) -> list[str]:
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


def one_of(
    names: tuple[str, ...], kinds: tuple[Kind, ...], elements: list[list[Item]], *, negated: bool, mask: int | None
) -> Condition:
    """Whether the fields are in a set; undecided where an element is not understood."""
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


def single(field: Field, words: list[str], comparison: str, mask: int | None) -> Condition:
    """Whether one field has the value that these words give.

    Raises:
        NotUnderstoodError: for words that are no value of the field's kind.
    """
    negated = comparison in NEGATIONS
    if field.name == "ct.status":
        return _status(words, negated=negated)
    if field.name == "state" and len(words) > 1 and comparison not in {"", "!"}:
        # nft 1.0.6 compares the whole field with the sum of the flags, which no packet has.
        return Match("state", Names.of(), negated)
    if field.kind == "flags":
        return _flags(field, words, comparison, mask)
    joined: list[str] = []
    for word in words:
        if word == "-" or (joined and joined[-1].endswith("-")):
            joined[-1] += word
        else:
            joined.append(word)
    values = read_values(field.kind, [word for word in joined if word != "|"])
    if values is None:
        raise NotUnderstoodError(" ".join(words))
    if mask is not None and not comparison:
        return Match(field.name, values, mask=mask)
    return Match(field.name, values, negated, mask)


def _flags(field: Field, words: list[str], comparison: str, mask: int | None) -> Condition:
    bits = flags_of(words)
    if bits is None:
        raise NotUnderstoodError(" ".join(words))
    if comparison == "!":
        return Match(field.name, Numbers.of(0), mask=bits)
    if comparison or mask is not None:
        return Match(field.name, Numbers.of(bits), comparison in NEGATIONS, mask)
    return Match(field.name, Numbers.of(0), negated=True, mask=bits)


def flags_of(words: list[str]) -> int | None:
    """``syn``, ``syn|ack``, ``(syn | ack)`` or a number."""
    if len(words) == 1 and words[0][:1].isdecimal():
        return number_of("number", words[0])
    return flag_bits([word for word in words if word not in {"|", "(", ")", ","}])


def _status(words: list[str], *, negated: bool) -> Condition:
    if len(words) == 1 and words[0] in {"dnat", "snat"}:
        return Match(f"ct.status.{words[0]}", Numbers.of(0 if negated else 1))
    return Undecided(f"ct status {','.join(words)} is not part of the packet asked about")


def mask_of(field: Field, cursor: Cursor) -> int:
    """The bits of the mask at the cursor, which moves behind it.

    Raises:
        NotUnderstoodError: for what is no mask.
    """
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
        raise NotUnderstoodError("a mask")
    return bits


def ordered(field: Field, comparison: str, word: str) -> Condition:
    """Whether the field is below or above a number.

    Raises:
        NotUnderstoodError: when the word is none.
    """
    number = number_of(field.kind, word)
    if number is None:
        raise NotUnderstoodError(word)
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

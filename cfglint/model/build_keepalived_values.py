"""Values of keepalived.conf's statements, read as the daemon reads them; placeholders become Unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import TypeVar

from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import Address, NotifyScript
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, KeepalivedTree, Statement, Word
from cfglint.syntax.keepalived_text import split_quoted

T = TypeVar("T")

_PLACEHOLDER = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|<[A-Za-z_][^<>]*>|\$\{[^}]*\}?|^\$[A-Za-z_]\w*$|^\$\(|^@[A-Za-z_]\w*@$|^%[A-Za-z_]\w*%$"
)
_NAME_TO_FILL_IN = re.compile(r"(?:__\w+__|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[xX]{2,}|\?+|\.{3})(?:/[0-9]+)?")
_NUMBER = re.compile(r"[+-]?[0-9]+")
_SPACE = " \t\f\n\r\v"
_LEADING = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_NOTHING: Sequence[Statement] = ()
_BOOLEANS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


class Body:
    """A block's statements by keyword, in the daemon's order."""

    def __init__(self, block: Block, tree: KeepalivedTree) -> None:
        self.block = block
        self.header = block.words[0].span
        self.tree = tree
        self._by_keyword: dict[str, list[Statement]] = {}
        for child in block.children:
            self._by_keyword.setdefault(child.words[0].text, []).append(child)
        self.unsure = self._conditional_keywords() if tree.id_unknown else {}

    def _conditional_keywords(self) -> dict[str, Unknown]:
        """Keywords of this block that stand on a line which only some nodes read."""
        found: dict[str, Unknown] = {}
        for condition in self.tree.conditions_in(self.block):
            if condition.span.line > self.block.words[0].span.line:
                why = f"it depends on the node's id, which is not known to be {condition.config_id}"
                found.setdefault(condition.keyword, Unknown(why, condition.span))
        return found

    def every(self, keyword: str) -> Sequence[Statement]:
        """All statements of a keyword."""
        return self._by_keyword.get(keyword, _NOTHING)

    def last(self, keyword: str) -> Statement | None:
        """The statement that wins, or None."""
        statements = self._by_keyword.get(keyword)
        return statements[-1] if statements else None

    def has(self, keyword: str) -> bool:
        """True when the keyword stands in the block."""
        return keyword in self._by_keyword

    def lines(self, keyword: str) -> list[Statement]:
        """The lines of all value blocks of a keyword: they append."""
        return [
            line
            for block in self.every(keyword)
            if isinstance(block, Block)
            for line in block.children
            if line.words[0].text not in {"{", "}"}
        ]

    def setting(self, keyword: str, read: Callable[[str], T | None], default: T) -> Setting[T]:
        """The value of a keyword's last statement that the daemon accepts; the default where there is none.

        Args:
            keyword: the word.
            read: makes a value of the first argument, None for one that the daemon refuses and ignores.
            default: what the daemon uses otherwise.
        """
        if self.unsure and keyword in self.unsure:
            return Setting(self.unsure[keyword], self.unsure[keyword].span or self.header)
        for statement in reversed(self._by_keyword.get(keyword, _NOTHING)):
            if len(statement.words) < 2:
                continue
            word = statement.words[1]
            if (unknown := unknown_word(statement, word)) is not None:
                return Setting(unknown, word.span)
            if (value := read(word.text)) is not None:
                return Setting(value, word.span)
            if _NAME_TO_FILL_IN.fullmatch(word.text):
                return Setting(Unknown(f"{word.text} is not filled in", word.span), word.span)
        return Setting(default, self.header, written=False)

    def flag(self, keyword: str, default: bool | None = False) -> bool | None:
        """A switch: set by its word alone, or by a boolean after it; the last one that the daemon accepts wins."""
        value = default
        for statement in self.every(keyword):
            argument = statement.words[1].text if len(statement.words) > 1 else "true"
            value = _BOOLEANS.get(argument, value)
        return value

    def is_set(self, keyword: str) -> bool:
        """True when a word without argument stands in the block."""
        return keyword in self._by_keyword

    def span(self, keyword: str) -> Span:
        """The keyword's last place, or the header."""
        statement = self.last(keyword)
        return statement.words[0].span if statement is not None else self.header


def unknown_word(statement: Statement, word: Word) -> Unknown | None:
    """Why a word's value is not what the daemon will see: a condition that is not decided, a placeholder."""
    if statement.unsure:
        return Unknown(statement.unsure, word.span)
    if _PLACEHOLDER.search(word.text):
        return Unknown(f"{word.text} is not filled in", word.span)
    return None


def unread_word(statement: Statement, word: Word) -> Unknown | None:
    """The same for a word that does not read as what it should be: names in capitals are meant to be filled in."""
    if (unknown := unknown_word(statement, word)) is not None:
        return unknown
    if _NAME_TO_FILL_IN.fullmatch(word.text):
        return Unknown(f"{word.text} is not filled in", word.span)
    return None


@cache
def read_integer(low: int, high: int) -> Callable[[str], int | None]:
    """A reader of whole numbers of base ten; None outside the range."""

    @lru_cache(maxsize=1024)
    def read(text: str) -> int | None:
        if _NUMBER.fullmatch(text.lstrip(_SPACE)) is None or len(text) > 20:
            return None
        number = int(text)
        return number if low <= number <= high else None

    return read


@cache
def read_leading_integer(low: int, high: int) -> Callable[[str], int | None]:
    """The same for the many keywords where a running daemon complains of what follows the digits, but uses them.

    Observed with 2.2.7: ``weight -20;`` is -20, ``weight x`` is 0, ``10.0.0.1/24,10.0.0.2/24`` has the prefix 24.
    """

    @lru_cache(maxsize=1024)
    def read(text: str) -> int | None:
        text = text.lstrip(_SPACE)
        digits = _LEADING.match(text)
        if len(text) > 20 and digits is not None and len(digits[0]) > 20:
            return None
        number = int(digits[0]) if digits is not None else 0
        return number if low <= number <= high else None

    return read


@cache
def read_decimal(low: str, high: str) -> Callable[[str], Decimal | None]:
    """A reader of decimal numbers; None outside the range."""
    lowest, highest = Decimal(low), Decimal(high)

    @lru_cache(maxsize=1024)
    def read(text: str) -> Decimal | None:
        if _DECIMAL.fullmatch(text) is None or len(text) > 30:
            return None
        number = Decimal(text)
        return number if lowest <= number <= highest else None

    return read


def read_word(text: str) -> str | None:
    """The word itself."""
    return text


@lru_cache(maxsize=4096)
def read_address(text: str) -> Address | None:
    """An IPv4 or IPv6 address as the C library reads it; None for anything else."""
    try:
        return IPv6Address(text) if ":" in text else IPv4Address(text)
    except AddressValueError:
        return None


def read_peer_address(text: str) -> Address | None:
    """An address where the daemon also allows a prefix or a range after it and ignores it."""
    bare = text.partition("/")[0]
    return read_address(bare if ":" in text else bare.partition("-")[0])


def script_words(statement: Statement) -> list[str]:
    """The program and its arguments that a script line names; empty when it names none."""
    words = split_quoted(statement.text)
    if words is None or len(words) < 2:
        return []
    return split_quoted(words[1]) or []


def notify_script(statement: Statement) -> NotifyScript:
    """What a ``notify…`` line runs: the second word is the command, what follows is a user and a group."""
    words = split_quoted(statement.text) or []
    user = words[2] if len(words) > 2 else None
    group = words[3] if len(words) > 3 else None
    place = statement.words[1].span if len(statement.words) > 1 else statement.words[0].span
    return NotifyScript(statement.keyword, tuple(script_words(statement)), user, group, place)

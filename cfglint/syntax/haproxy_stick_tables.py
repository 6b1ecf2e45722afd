"""The parameters of stick tables, and what a table stores; every text reads."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple, cast

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_phrases import END

_FLAGS = frozenset({"nopurge", "recv-only"})


class Stored(NamedTuple):
    """One kind of data that a table stores.

    Attributes:
        name: e.g. ``http_req_rate``.
        argument: what stands in parentheses; None without them.
        closed: False when the parenthesis is not closed.
    """

    name: str
    argument: str | None
    closed: bool = True


class TableParameter(NamedTuple):
    """One parameter.

    Attributes:
        name: ``type``, ``size``, ``len``, …
        value: the word behind it; None of ``nopurge`` and ``recv-only``, and where it is missing.
        at: index (from 0) of its name among the words.
    """

    name: str
    value: str | None
    at: int


class StickTableParameters(NamedTuple):
    """The parameters of a stick table, in order."""

    parameters: tuple[TableParameter, ...]

    @property
    def values(self) -> dict[str, str]:
        """Name to value of all but ``store``; flags to an empty text."""
        return {name: value or "" for name, value, _ in self.parameters if name != "store"}

    @property
    def stores(self) -> tuple[Stored, ...]:
        """Everything that it stores."""
        lists = [parse_stored(value) for name, value, _ in self.parameters if name == "store" and value]
        return tuple(stored for found in lists for stored in found)


@lru_cache(maxsize=4096)
def parse_stick_table(words: tuple[str, ...]) -> StickTableParameters:
    """Read the parameters of a stick table; a word that a variable hides is an empty one."""
    return StickTableParameters(
        tuple(
            TableParameter(words[at], None if value is None else words[value], at)
            for at, value in _places(tuple([word if word in _FLAGS else "a" for word in words]))
        )
    )


@lru_cache(maxsize=4096)
def parse_stored(text: str) -> tuple[Stored, ...]:
    """Read what a table stores, ``gpc0,http_req_rate(10s)``; a comma may end it."""
    kinds = cast("list[Stored]", _parser().parse(text, start="stored"))
    return tuple(kinds[:-1] if kinds[-1] == Stored("", None) else kinds)


@lru_cache(maxsize=1024)
def _places(shape: tuple[str, ...]) -> tuple[tuple[int, int | None], ...]:
    """Where each parameter and its value stand in a row of words."""
    tokens = cast("list[Token]", _parser().parse("".join(f"{word}{END}" for word in shape), start="parameters"))
    names = [at for at, token in enumerate(tokens) if token.type != "VALUE"]
    return tuple((at, at + 1 if at + 1 < len(tokens) and tokens[at + 1].type == "VALUE" else None) for at in names)


class _Builder(Transformer[Token, object]):
    def parameters(self, children: list[Token]) -> list[Token]:
        return children

    def kind(self, children: list[Token]) -> Stored:
        parts = {child.type: str(child) for child in children}
        argument = parts.get("ARGUMENT", "") if "LEFT" in parts else None
        return Stored(parts.get("NAME", ""), argument, "LEFT" not in parts or "RIGHT" in parts)

    def stored(self, children: list[Stored]) -> list[Stored]:
        return children


@cache
def _parser() -> Lark:
    return load_grammar("haproxy_stick_table", _Builder())

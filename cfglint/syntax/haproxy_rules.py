"""Rules of the rule sets: ``http-request``, ``tcp-request content``, …; every text reads."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple, cast

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_keywords import lookup
from cfglint.syntax.haproxy_phrases import END

RULE_SETS = {
    "http-request": 1,
    "http-response": 1,
    "http-after-response": 1,
    "tcp-request": 2,
    "tcp-response": 2,
    "quic-initial": 1,
}
"""The words that start a rule, and how many words (with them) name its rule set."""

_MARK = "\x01"


class Action(NamedTuple):
    """The word that names a rule's action.

    Attributes:
        name: what stands before the parenthesis, e.g. ``set-var``.
        inner: what stands in parentheses, e.g. ``txn.x``; None without them.
        closed: False when the parenthesis is not closed.
        rest: what stands behind it.
    """

    name: str
    inner: str | None
    closed: bool
    rest: str


class RuleLine(NamedTuple):
    """One rule.

    Attributes:
        rule_set: ``http-request``, ``tcp-request content``, …
        action: its name, without what stands in parentheses; empty where it is missing.
        inner: what stands in parentheses, e.g. ``txn.x`` of ``set-var(txn.x)``; empty without any.
        arguments: the words behind the action.
        first_argument: index (from 0) in the line of the first argument.
        join: ``if``, ``unless`` or empty.
        condition: the words behind it.
        first_condition: index (from 0) in the line of the first word of the condition; 0 without one.
    """

    rule_set: str
    action: str
    inner: str
    arguments: tuple[str, ...]
    first_argument: int
    join: str
    condition: tuple[str, ...]
    first_condition: int


@lru_cache(maxsize=8192)
def parse_rule(words: tuple[str, ...]) -> RuleLine:
    """Read the words of a whole rule line, the rule set's name first."""
    count = RULE_SETS[words[0]]
    rule_set = " ".join(words[:count])
    rest = words[count:]
    join = _join_index(rule_set, rest)
    arguments, tests = _lengths(len(rest), join)
    action = parse_action(rest[0]) if rest else Action("", None, closed=True, rest="")
    first = count + 1 + arguments + 1 if join is not None else 0
    return RuleLine(
        rule_set,
        action.name + action.rest,
        action.inner or "",
        rest[1 : 1 + arguments],
        count + 1,
        rest[join] if join is not None else "",
        rest[len(rest) - tests :] if tests else (),
        first,
    )


@lru_cache(maxsize=4096)
def parse_action(word: str) -> Action:
    """Read the word that names an action: ``deny``, ``set-var(txn.x)``."""
    return cast("Action", _parser().parse(word, start="action"))


def _join_index(rule_set: str, words: tuple[str, ...]) -> int | None:
    """Where the condition starts: behind as many arguments as the action surely takes, one of which may read ``if``.

    Where the arguments of an action really end depends on the action, and on the converters in its expressions: the
    verdict follows them word by word.
    """
    known = lookup(rule_set, words[0]) if words else None
    sure = int(known.arguments) if known is not None and known.arguments.isdigit() else 0
    found = (index for index, word in enumerate(words) if index > sure and word in {"if", "unless"})
    return next(found, None)


@lru_cache(maxsize=1024)
def _lengths(count: int, join: int | None) -> tuple[int, int]:
    """How many arguments and how many words of a condition a rule has, by its number of words and its join's place."""
    shape = "".join(f"{_MARK}if{END}" if index == join else f"a{END}" for index in range(count))
    kinds = [token.type for token in cast("list[Token]", _parser().parse(shape, start="rule"))]
    return kinds.count("ARGUMENT"), kinds.count("TEST")


class _Builder(Transformer[Token, object]):
    def rule(self, children: list[Token]) -> list[Token]:
        return children

    def action(self, children: list[Token]) -> Action:
        parts = {child.type: str(child) for child in children}
        inner = parts.get("INNER", "") if "LEFT" in parts else None
        return Action(parts.get("NAME", ""), inner, "LEFT" not in parts or "RIGHT" in parts, parts.get("ODD", ""))


@cache
def _parser() -> Lark:
    return load_grammar("haproxy_rule", _Builder())

"""Rules of the rule sets (``http-request``, ``tcp-request content``, …) and parameters of stick tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from lark import Lark, Token, Transformer, Tree

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_keywords import lookup
from cfglint.syntax.haproxy_phrases import join_words, read

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


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule.

    Attributes:
        rule_set: ``http-request``, ``tcp-request content``, …
        action: its name, without what stands in parentheses.
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


@dataclass(frozen=True, slots=True)
class StickTableParameters:
    """The parameters of a stick table.

    Attributes:
        values: ``type``, ``size``, ``expire``, ``peers`` … to the word behind each; flags to an empty text.
        stores: what it stores, in order, with the argument of each: ``("http_req_rate", "10s")``.
    """

    values: dict[str, str]
    stores: tuple[tuple[str, str], ...]


@lru_cache(maxsize=8192)
def parse_rule(words: tuple[str, ...]) -> RuleLine:
    """Read the words of a whole rule line, the rule set's name first.

    Raises:
        PhraseError: the action does not read; the offset is that of `join_words` of the words behind the name.
    """
    count = RULE_SETS[words[0]]
    rule_set = " ".join(words[:count])
    rest = list(words[count:])
    at = _join_index(rule_set, rest)
    if at is not None:
        rest[at] = f"{_MARK}{rest[at]}"
    text = join_words(rest)
    parts = read(_rule_parser(), text, "the rule", list[Token | Tree[Token]])
    name, inner = _named(parts.pop(0))
    arguments = tuple(str(part)[:-1] for part in parts if isinstance(part, Token))
    condition = next((part for part in parts if isinstance(part, Tree)), None)
    join, *tests = [str(child)[:-1] for child in condition.children] if condition is not None else [""]
    first = count + 1 + len(arguments) + 1 if condition is not None else 0
    return RuleLine(rule_set, name, inner, arguments, count + 1, join.removeprefix(_MARK), tuple(tests), first)


@lru_cache(maxsize=4096)
def parse_stick_table(words: tuple[str, ...]) -> StickTableParameters:
    """Read the parameters of a stick table.

    Raises:
        PhraseError: a parameter lacks its value, or the list of what is stored does not read.
    """
    values: dict[str, str] = {}
    stores: list[tuple[str, str]] = []
    for parameter in read(_table_parser(), join_words(words), "the table", list[_Parameter]):
        if parameter.kinds is not None:
            for kind in parameter.kinds.children:
                if isinstance(kind, Tree):
                    name, *argument = [str(part) for part in kind.children]
                    stores.append((name, argument[0] if argument else ""))
        else:
            values[parameter.key] = parameter.value
    return StickTableParameters(values, tuple(stores))


def _named(action: Token | Tree[Token]) -> tuple[str, str]:
    children = action.children if isinstance(action, Tree) else []
    parts = {child.type: str(child) for child in children if isinstance(child, Token)}
    return parts.get("NAME", "") + parts.get("REST", ""), parts.get("INNER", "")


def _join_index(rule_set: str, words: list[str]) -> int | None:
    """Where the condition starts: behind as many arguments as the action surely takes, one of which may read ``if``."""
    known = lookup(rule_set, words[0]) if words else None
    sure = int(known.arguments) if known is not None and known.arguments.isdigit() else 0
    found = (index for index, word in enumerate(words) if index > sure and word in {"if", "unless"})
    return next(found, None)


@dataclass(frozen=True, slots=True)
class _Parameter:
    key: str
    value: str
    kinds: Tree[Token] | None


class _TableBuilder(Transformer[Token, object]):
    def parameter(self, children: list[Token | Tree[Token]]) -> _Parameter:
        last = children[-1]
        value = str(last)[:-1] if len(children) > 1 and isinstance(last, Token) else ""
        return _Parameter(str(children[0])[:-1], value, last if isinstance(last, Tree) else None)

    def start(self, children: list[_Parameter]) -> list[_Parameter]:
        return children


class _RuleBuilder(Transformer[Token, object]):
    def start(self, children: list[Token | Tree[Token]]) -> list[Token | Tree[Token]]:
        return children


@cache
def _rule_parser() -> Lark:
    return load_grammar("haproxy_rule", _RuleBuilder())


@cache
def _table_parser() -> Lark:
    return load_grammar("haproxy_stick_table", _TableBuilder())

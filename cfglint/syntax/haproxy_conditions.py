"""Conditions behind ``if`` and ``unless``, and ACLs with and without a name; every row of words reads.

Both are read from their shape: the words that the grammar knows as they are, any other as ``a``; each shape once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, cast

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_phrases import END, word_at
from cfglint.syntax.haproxy_samples import join_expression

_KNOWN_FLAGS = frozenset({"-i", "-n", "-M", "-m", "-f", "-u", "--"})
_STRUCTURE = frozenset({"", "{", "}", "||"})


class ConditionTest(NamedTuple):
    """One test of a condition.

    Attributes:
        name: the ACL's name; empty for an anonymous one.
        words: the words between the braces of an anonymous one.
        negated: it must not hold.
        first: index (from 0) of its name, or of the first word behind its brace, among the condition's words.
        anonymous: it stands in braces.
        closed: False when its brace is not closed; its words then last to the end.
    """

    name: str
    words: tuple[str, ...]
    negated: bool
    first: int
    anonymous: bool = False
    closed: bool = True


class Condition(NamedTuple):
    """Alternatives, of which one must hold, each of tests that must all hold; no alternative is empty."""

    alternatives: tuple[tuple[ConditionTest, ...], ...]

    @property
    def tests(self) -> Iterator[ConditionTest]:
        """Every test in order."""
        return (test for alternative in self.alternatives for test in alternative)


class Flag(NamedTuple):
    """One flag of an ACL.

    Attributes:
        name: as written, e.g. ``-m``.
        value: the word behind ``-m``, ``-f`` and ``-u``; None for other flags, and where it is missing.
        at: index (from 0) of the flag among the ACL's words.
        known: False for a flag that there is not.
    """

    name: str
    value: str | None
    at: int
    known: bool = True


class AclExpression(NamedTuple):
    """What an ACL tests.

    Attributes:
        criterion: a sample expression, perhaps with a match method in its name, e.g. ``path_beg``.
        flags: its flags in order.
        patterns: the patterns.
        first_flag: index (from 0) of the word behind the criterion, which may take several words.
        first_pattern: index of the first pattern among the words.
    """

    criterion: str
    flags: tuple[Flag, ...]
    patterns: tuple[str, ...]
    first_flag: int
    first_pattern: int

    @property
    def files(self) -> tuple[str, ...]:
        """The files that hold further patterns."""
        return tuple(flag.value for flag in self.flags if flag.name == "-f" and flag.value is not None)

    @property
    def method(self) -> str | None:
        """What the last ``-m`` says, or None."""
        return next((flag.value for flag in reversed(self.flags) if flag.name == "-m"), None)


@lru_cache(maxsize=8192)
def parse_condition(words: tuple[str, ...]) -> Condition:
    """Read the words behind ``if`` or ``unless``; a word that a variable hides is an empty one."""
    places = _condition_places("".join([_CONDITION_SHAPES.get(word) or _condition_shape(word) for word in words]))
    return Condition(tuple([tuple([_test(place, words) for place in alternative]) for alternative in places]))


@lru_cache(maxsize=8192)
def parse_acl(words: tuple[str, ...]) -> AclExpression:
    """Read an ACL's words, without its name."""
    criterion, count = join_expression(words)
    flags, first = parse_flags(words, count)
    return AclExpression(criterion, flags, words[first:], count, first)


def parse_flags(words: Sequence[str], start: int) -> tuple[tuple[Flag, ...], int]:
    """Read the flags of an ACL.

    Args:
        words: the ACL's words; a word that a variable hides is an empty one.
        start: the index behind its expression.

    Returns:
        The flags, and the index of the first pattern.
    """
    shape = [word if word in _KNOWN_FLAGS else "-a" if word[:1] == "-" else "a" for word in words[start:]]
    places, first = _acl_places(END.join([*shape, ""]) if shape else "")
    flags = [
        Flag(words[start + at], words[start + value] if value is not None else None, start + at, known)
        for at, value, known in places
    ]
    return tuple(flags), start + first


class _TestPlace(NamedTuple):
    """A test: where its name or its first word in braces is, how many words stand there, and what it is."""

    first: int
    length: int
    negated: bool
    anonymous: bool
    closed: bool


def _test(place: _TestPlace, words: tuple[str, ...]) -> ConditionTest:
    first, length, negated, anonymous, closed = place
    if anonymous:
        return ConditionTest("", words[first : first + length], negated, first, anonymous=True, closed=closed)
    return ConditionTest(words[first].lstrip("!"), (), negated, first)


_MAX_WORDS = 50_000
_CONDITION_SHAPES: dict[str, str] = {}
"""The shapes of the words seen so far, each with the NUL that ends it."""


def _condition_shape(word: str) -> str:
    bare = word.lstrip("!")
    kept = bare if bare in _STRUCTURE else "or" if bare in {"or", "OR", "Or", "oR"} else "a"
    # An empty word is one that a variable hides, and stands where a name does.
    shape = "!" * (len(word) - len(bare)) + (kept if word else "a") + END
    if len(_CONDITION_SHAPES) < _MAX_WORDS:
        _CONDITION_SHAPES[word] = shape
    return shape


@lru_cache(maxsize=4096)
def _condition_places(shape: str) -> tuple[tuple[_TestPlace, ...], ...]:
    alternatives = cast("list[list[list[Token]]]", _condition_parser().parse(shape))
    return tuple(tuple(_test_place(test, shape) for test in tests) for tests in alternatives if tests)


def _test_place(tokens: list[Token], shape: str) -> _TestPlace:
    negated = sum(token.type == "NOT" for token in tokens) % 2 == 1
    words = [token for token in tokens if token.type != "NOT"]
    first = word_at(shape, words[0].start_pos or 0)
    if words[0].type == "NAME":
        return _TestPlace(first, 1, negated, anonymous=False, closed=True)
    closed = words[-1].type == "CLOSE"
    return _TestPlace(first + 1, len(words) - 1 - closed, negated, anonymous=True, closed=closed)


@lru_cache(maxsize=4096)
def _acl_places(shape: str) -> tuple[tuple[tuple[int, int | None, bool], ...], int]:
    """The flags (index, index of the value, known), and the index of the first pattern."""
    tokens = cast("list[Token]", _acl_parser().parse(shape))
    flags: list[tuple[int, int | None, bool]] = []
    for at, token in enumerate(tokens):
        if token.type == "VALUE":
            flags[-1] = (flags[-1][0], at, True)
        elif token.type in {"SWITCH", "WITH_VALUE", "ODD_FLAG"}:
            flags.append((at, None, token.type != "ODD_FLAG"))
    patterns = sum(token.type == "PATTERN" for token in tokens)
    return tuple(flags), len(tokens) - patterns


class _Builder(Transformer[Token, object]):
    def named(self, children: list[Token]) -> list[Token]:
        return children

    def anonymous(self, children: list[Token]) -> list[Token]:
        return children

    def unclosed(self, children: list[Token]) -> list[Token]:
        return children

    def alternative(self, children: list[Token | list[Token]]) -> list[list[Token]]:
        return [child for child in children if isinstance(child, list)]

    def start(self, children: list[object]) -> list[object]:
        return children


@cache
def _condition_parser() -> Lark:
    return load_grammar("haproxy_condition", _Builder())


@cache
def _acl_parser() -> Lark:
    return load_grammar("haproxy_acl", _Builder())

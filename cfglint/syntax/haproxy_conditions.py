"""Conditions behind ``if`` and ``unless``, and ACLs with and without a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from lark import Lark, Token, Transformer, Tree

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_phrases import END, join_words, read, word_at


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a condition.

    Attributes:
        name: the ACL's name; empty for an anonymous one.
        words: the words between the braces of an anonymous one.
        negated: it must not hold.
        first: index (from 0) of its name, or of the first word between its braces, among the condition's words.
    """

    __test__ = False  # pytest takes classes of this name for test cases

    name: str
    words: tuple[str, ...]
    negated: bool
    first: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives, of which one must hold, each of tests that must all hold."""

    alternatives: tuple[tuple[Test, ...], ...]

    @property
    def tests(self) -> Iterator[Test]:
        """Every test in order."""
        return (test for alternative in self.alternatives for test in alternative)


@dataclass(frozen=True, slots=True)
class AclExpression:
    """What an ACL tests.

    Attributes:
        criterion: a sample expression, perhaps with a match method in its name, e.g. ``path_beg``.
        flags: ``-i`` and the like to their value; an empty text without one; of several ``-f`` the last.
        files: the files of ``-f``.
        patterns: the patterns.
        first_pattern: index (from 0) of the first pattern among the words.
    """

    criterion: str
    flags: dict[str, str]
    files: tuple[str, ...]
    patterns: tuple[str, ...]
    first_pattern: int


@lru_cache(maxsize=8192)
def parse_condition(words: tuple[str, ...]) -> Condition:
    """Read the words behind ``if`` or ``unless``.

    Raises:
        PhraseError: they do not read as a condition; the offset is that of `join_words`.
    """
    text = join_words(words)
    found = read(_condition_parser(), text, "the condition", list[list[_Found]])
    return Condition(tuple(tuple(test.place(text) for test in alternative) for alternative in found))


@lru_cache(maxsize=8192)
def parse_acl(words: tuple[str, ...]) -> AclExpression:
    """Read an ACL's words, without its name.

    Raises:
        PhraseError: a flag lacks its value, or there is no word.
    """
    text = join_words(words)
    criterion, *rest = read(_acl_parser(), text, "the ACL", list[Token | Tree[Token]])
    flags = [(str(child.children[0]), _value(child)) for child in rest if isinstance(child, Tree)]
    patterns = [child for child in rest if isinstance(child, Token)]
    first = word_at(text, patterns[0].start_pos or 0) if patterns else len(words)
    files = tuple(value for name, value in flags if name.startswith("-f"))
    names = {name.rstrip(END): value for name, value in flags}
    return AclExpression(
        str(criterion).rstrip(END), names, files, tuple(str(pattern)[:-1] for pattern in patterns), first
    )


def _value(flag: Tree[Token]) -> str:
    return str(flag.children[1])[:-1] if len(flag.children) > 1 else ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A test before its place among the words is known."""

    tokens: list[Token]
    named: bool

    def place(self, text: str) -> Test:
        negated = sum(token.type == "NOT" for token in self.tokens) % 2 == 1
        words = [token for token in self.tokens if token.type != "NOT"]
        first = word_at(text, words[0].start_pos or 0) if words else 0
        texts = tuple(str(word)[:-1] for word in words)
        return Test(texts[0], (), negated, first) if self.named else Test("", texts, negated, first)


class _ConditionBuilder(Transformer[Token, object]):
    def named(self, children: list[Token]) -> _Found:
        return _Found(children, named=True)

    def anonymous(self, children: list[Token]) -> _Found:
        return _Found(children, named=False)

    def alternative(self, children: list[_Found]) -> list[_Found]:
        return children

    def start(self, children: list[list[_Found]]) -> list[list[_Found]]:
        return children


class _AclBuilder(Transformer[Token, object]):
    def start(self, children: list[Token | Tree[Token]]) -> list[Token | Tree[Token]]:
        return children


@cache
def _condition_parser() -> Lark:
    return load_grammar("haproxy_condition", _ConditionBuilder())


@cache
def _acl_parser() -> Lark:
    return load_grammar("haproxy_acl", _AclBuilder())

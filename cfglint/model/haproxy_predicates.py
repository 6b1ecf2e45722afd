"""The expressions of ``.if`` and ``.elif``: true, false, or unknown for what the files and the target cannot tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from lark import Lark, Token, Tree, UnexpectedInput

from cfglint.model.version import HAPROXY_VERSIONS, Version
from cfglint.syntax.grammars import load_grammar

MAX_OPERATORS = 200
"""More ``!`` and parentheses in one expression are not followed: no file means that, and nesting costs stack."""

Truth: TypeAlias = bool | None
"""None: unknown."""

Defined: TypeAlias = Callable[[str], bool | None]

PREDICATES = frozenset(
    {
        *("defined", "feature", "enabled", "streq", "strneq", "strstr", "version_atleast", "version_before"),
        *("openssl_version_atleast", "openssl_version_before", "ssllib_name_startswith"),
        *("awslc_api_atleast", "awslc_api_before"),
    }
)
"""Every predicate of every supported version."""

_TWO_ARGUMENTS = frozenset({"streq", "strneq", "strstr"})
_SINCE = {"enabled": Version((2, 7)), "strstr": Version((2, 7))}
"""Predicates that 2.6 refuses and 2.8 reads."""

_OPERATORS_SINCE = Version((2, 5))
"""2.4 reads one bare test; 2.6 reads ``!``, ``&&``, ``||`` and parentheses."""

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-dev(\d+))?(?:-.*)?")


class UnreadableExpressionError(Exception):
    """An expression that no HAProxy version reads; the message says why."""


class UnknownPredicateError(UnreadableExpressionError):
    """An expression that asks for a predicate that the target does not know, whatever its arguments are."""


def evaluate(text: str, target: Version | None, defined: Defined) -> Truth:
    """The value of an expression.

    Args:
        text: all words behind ``.if``, joined by blanks; variables already replaced.
        target: the HAProxy version; None means every supported one.
        defined: tells whether a variable is set, or None when that is not known.

    Raises:
        UnreadableExpressionError: HAProxy refuses it.
    """
    if not text.strip():
        return False
    if text.count("!") + text.count("(") > MAX_OPERATORS:
        return None
    tree = _parse(text)
    if target is not None and target < _OPERATORS_SINCE and tree.data not in {"call", "number", "opaque"}:
        raise UnreadableExpressionError("operators are read from 2.6 on")
    return _value(tree, target, defined)


@lru_cache(maxsize=256)
def _parse(text: str) -> Tree[Token]:
    parser: Lark = _parser()
    try:
        return parser.parse(text)
    except UnexpectedInput as error:
        if any(character in text for character in "\"'\\"):
            # Arguments may be quoted a second time; what they hide is not worth a refusal that could be wrong.
            return Tree("opaque", [])
        raise UnreadableExpressionError(f"the expression does not read from character {error.column} on") from error


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return load_grammar("haproxy_predicate")


def _value(tree: Tree[Token], target: Version | None, defined: Defined) -> Truth:
    if tree.data == "opaque":
        return None
    if tree.data == "number":
        return int(str(tree.children[0])) != 0
    if tree.data == "call":
        name, *arguments = [str(child) for child in tree.children]
        return _call(name, arguments[0] if arguments else "", target, defined)
    values = [_value(child, target, defined) for child in tree.children if isinstance(child, Tree)]
    if tree.data == "negation":
        return None if values[0] is None else not values[0]
    decisive = tree.data == "either"
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _call(name: str, text: str, target: Version | None, defined: Defined) -> Truth:
    if name not in PREDICATES:
        raise UnknownPredicateError(f"there is no predicate {name}")
    if any(character in text for character in "\"'\\"):
        return None
    arguments = text.split(",")
    wanted = 2 if name in _TWO_ARGUMENTS else 1
    if len(arguments) > wanted or (len(arguments) < wanted and arguments != [""]):
        raise UnreadableExpressionError(f"{name}() takes {wanted} argument{'s' if wanted > 1 else ''}")
    since = _SINCE.get(name)
    if since is not None and target is not None and target < since:
        raise UnknownPredicateError(f"{name}() is read from 2.8 on")
    if name == "defined":
        return defined(arguments[0].strip())
    if name in _TWO_ARGUMENTS and len(arguments) == 2:
        first, second = arguments
        if name == "strstr":
            return second in first
        return (first == second) == (name == "streq")
    if name in {"version_atleast", "version_before"}:
        reached = _reached(arguments[0].strip(), target)
        return reached if name == "version_atleast" or reached is None else not reached
    return None


def _reached(text: str, target: Version | None) -> Truth:
    """True when the target is at least the version in the text."""
    match = _VERSION.fullmatch(text)
    if not match:
        return None
    asked = tuple(int(part) for part in match.groups()[:3] if part is not None)
    released = match[4] is None
    targets = [target] if target is not None else [Version.parse(known) for known in HAPROXY_VERSIONS]
    answers = {_at_least(one.parts, asked, released=released) for one in targets}
    return answers.pop() if len(answers) == 1 else None


def _at_least(have: tuple[int, ...], asked: tuple[int, ...], *, released: bool) -> Truth:
    common = min(len(have), len(asked))
    if have[:common] != asked[:common]:
        return have[:common] > asked[:common]
    rest = asked[common:]
    if not released or not any(rest):
        return True
    return None

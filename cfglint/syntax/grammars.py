"""Load the Lark grammars of ``grammars/``: from their compiled form where it fits, else from their text.

A grammar ``NAME.lark`` starts at the rule ``start``, or at one of those that a line ``// starts: one, other`` names. It
is read as LALR, with Lark's contextual lexer, or with the basic one when it holds the line ``// lexer: basic``.
``NAME.lark.json`` is what Lark itself serialises, written by ``tools/compile_grammars.py``; it loads some forty times
faster than the text, and is used only while it was made from this very text by this very Lark.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import lark
from lark import Lark, Token, Transformer
from lark.grammar import Rule
from lark.lexer import TerminalDef

from cfglint.syntax.data import data_text

FORMAT = 1
"""Raise this when the layout of the compiled form changes."""

Leaf = TypeVar("Leaf")
Tree = TypeVar("Tree")
LexerCallbacks = Mapping[str, Callable[[Token], Token]]


def load_grammar(
    name: str,
    transformer: Transformer[Leaf, Tree] | None = None,
    lexer_callbacks: LexerCallbacks | None = None,
) -> Lark:
    """A parser for one grammar of ``grammars/``.

    Args:
        name: the grammar's name, without ``.lark``.
        transformer: builds the result while the parser runs; without it `Lark.parse` returns a Lark tree.
        lexer_callbacks: terminal to a function that may change its tokens.

    Raises:
        FileNotFoundError: there is no such grammar.
    """
    text = grammar_text(name)
    options: dict[str, Any] = {"transformer": transformer, "lexer_callbacks": dict(lexer_callbacks or {})}
    compiled = compiled_form(name, text)
    if compiled is not None:
        load: Callable[..., Lark] = Lark._load_from_dict  # noqa: SLF001 (the public `Lark.load` would unpickle)
        return load(compiled["data"], compiled["memo"], **options)
    return _from_text(text, **options)


def grammar_text(name: str) -> str:
    """The text of ``NAME.lark``."""
    return data_text(f"{name}.lark")


def compile_grammar(text: str) -> str:
    """The compiled form of a grammar, as JSON text."""
    data, memo = _from_text(text).memo_serialize([TerminalDef, Rule])
    return json.dumps({**_stamp(text), "data": _pack(data), "memo": _pack(memo)}, separators=(",", ":")) + "\n"


def _from_text(text: str, **options: Any) -> Lark:
    lexer: Any = "basic" if "\n// lexer: basic\n" in f"\n{text}" else "contextual"
    starts = re.search(r"^// starts: (.*)$", text, re.MULTILINE)
    start: Any = starts[1].split(", ") if starts else "start"
    return Lark(text, parser="lalr", lexer=lexer, start=start, maybe_placeholders=False, **options)


def compiled_form(name: str, text: str) -> dict[str, Any] | None:
    """A grammar's compiled form (``data``, ``memo``), or None unless it was made from this text by this Lark."""
    try:
        stored = json.loads(data_text(f"{name}.lark.json"))
    except (FileNotFoundError, ValueError):
        return None
    stamp = _stamp(text)
    if not isinstance(stored, dict) or {key: stored.get(key) for key in stamp} != stamp:
        return None
    return {"data": _unpack(stored["data"]), "memo": _unpack(stored["memo"])}


def _stamp(text: str) -> dict[str, Any]:
    return {"format": FORMAT, "lark": lark.__version__, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _pack(value: Any) -> Any:
    """JSON has only text keys: a mapping with other keys becomes a list of pairs under one marker key."""
    if isinstance(value, dict):
        packed = [(key, _pack(item)) for key, item in value.items()]
        return dict(packed) if all(isinstance(key, str) for key, _ in packed) else {"": packed}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [_pack(item) for item in items]
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {""}:
            return {key: _unpack(item) for key, item in value[""]}
        return {key: _unpack(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unpack(item) for item in value]
    return value

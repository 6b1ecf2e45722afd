"""Sample expressions and format strings: ``req.hdr(host),lower`` and ``%ci:%cp %[src]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_phrases import PhraseError, read

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Call:
    """One fetch or converter.

    Attributes:
        name: e.g. ``req.hdr``.
        arguments: with their inner quotes resolved; empty without parentheses.
        start: offset (from 0) of its name in the expression.
        end: offset behind it, parentheses included.
        argument_starts: offset of each argument.
    """

    name: str
    arguments: tuple[str, ...]
    start: int
    end: int
    argument_starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample expression: what is fetched, and the converters it goes through."""

    fetch: Call
    converters: tuple[Call, ...]

    @property
    def calls(self) -> tuple[Call, ...]:
        """Fetch and converters in order."""
        return (self.fetch, *self.converters)


@dataclass(frozen=True, slots=True)
class FormatItem:
    """One part of a format string.

    Attributes:
        kind: ``text``, ``alias`` or ``sample``.
        text: the literal text, the alias (``ci``), or the expression as written.
        flags: what stands in braces, e.g. ``+Q``.
        sample: the expression read, or None when it does not read or this is no expression.
        start: offset (from 0) of ``text`` in the format string.
    """

    kind: str
    text: str
    flags: str
    sample: Sample | None
    start: int


@lru_cache(maxsize=8192)
def parse_sample(text: str) -> Sample:
    """Read a sample expression.

    Raises:
        PhraseError: it does not read.
    """
    return read(_sample_parser(), text.rstrip(), "the expression", Sample)


@lru_cache(maxsize=4096)
def parse_format(text: str) -> tuple[FormatItem, ...]:
    """Read a format string; expressions in it that do not read have no `FormatItem.sample`.

    Raises:
        PhraseError: a percent sign starts nothing that there is.
    """
    return tuple(read(_format_parser(), text, "the format string", list[FormatItem]))


class _SampleBuilder(Transformer[Token, object]):
    def argument(self, children: list[Token]) -> tuple[str, int]:
        text = "".join(_plain(child) for child in children)
        return text, (children[0].start_pos or 0) if children else -1

    def arguments(self, children: list[tuple[str, int]]) -> list[tuple[str, int]]:
        return children

    def call(self, children: list[Token]) -> Call:
        name, *rest = children
        arguments: list[tuple[str, int]] = list(rest[0]) if rest else []  # type: ignore[arg-type]
        end = name.end_pos or 0
        return Call(
            str(name), tuple(text for text, _ in arguments), name.start_pos or 0, end, tuple(at for _, at in arguments)
        )

    def start(self, children: list[Call]) -> Sample:
        return Sample(children[0], tuple(children[1:]))


def _plain(token: Token) -> str:
    text = str(token)
    if token.type == "SINGLE":
        return text[1:-1]
    return _ESCAPED.sub(r"\1", text[1:-1] if token.type == "DOUBLE" else text)


class _FormatBuilder(Transformer[Token, object]):
    def flags(self, children: list[Token]) -> str:
        return str(children[0])[1:-1]

    def alias(self, children: list[Token | str]) -> FormatItem:
        name = children[-1]
        at = name.start_pos if isinstance(name, Token) else 0
        return FormatItem("alias", str(name), _flags(children), None, at or 0)

    def expression(self, children: list[Token | str]) -> FormatItem:
        written = next((child for child in children if isinstance(child, Token) and child.type == "SAMPLE"), None)
        if written is None:
            return FormatItem("sample", "", _flags(children), None, 0)
        try:
            sample: Sample | None = parse_sample(str(written))
        except PhraseError:
            sample = None
        return FormatItem("sample", str(written), _flags(children), sample, written.start_pos or 0)

    def start(self, children: list[Token | FormatItem]) -> list[FormatItem]:
        return [
            child
            if isinstance(child, FormatItem)
            else FormatItem("text", str(child).replace("%%", "%"), "", None, child.start_pos or 0)
            for child in children
        ]


def _flags(children: list[Token | str]) -> str:
    return next((str(child) for child in children if not isinstance(child, Token)), "")


@cache
def _sample_parser() -> Lark:
    return load_grammar("haproxy_sample", _SampleBuilder())


@cache
def _format_parser() -> Lark:
    return load_grammar("haproxy_format", _FormatBuilder())

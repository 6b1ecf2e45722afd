"""Sample expressions and format strings: ``req.hdr(host),lower`` and ``%ci:%cp %[src]``.

Every text reads. An expression ends where it must: what follows is its `Sample.rest`, which a reader of one whole word
takes for a fault, and which must start with ``]`` inside a format string.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple, cast

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_keywords import lookup
from cfglint.syntax.haproxy_phrases import shape_of

_ESCAPED = re.compile(r"\\([\\'\" ntr])")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}

ItemKind = Literal["text", "alias", "sample", "broken"]


class Call(NamedTuple):
    """One fetch or converter.

    Attributes:
        name: e.g. ``req.hdr``.
        arguments: with their inner quotes resolved; empty without parentheses, one empty text for ``()``.
        start: offset (from 0) of its name in the text.
        end: offset behind it, parentheses included.
        argument_starts: offset of each argument.
        closed: False when its parenthesis is not closed.
    """

    name: str
    arguments: tuple[str, ...]
    start: int
    end: int
    argument_starts: tuple[int, ...] = ()
    closed: bool = True


class Sample(NamedTuple):
    """A sample expression: what is fetched, and the converters it goes through.

    Attributes:
        calls: fetch and converters in order; empty when the text starts with none.
        comma: a comma stands behind the last one.
        end: offset behind it, that comma included.
        rest: what stands behind it.
    """

    calls: tuple[Call, ...]
    comma: bool
    end: int
    rest: str

    @property
    def whole(self) -> bool:
        """True when the whole text is an expression."""
        return bool(self.calls) and self.calls[-1].closed and not self.rest


class FormatItem(NamedTuple):
    """One part of a format string.

    Attributes:
        kind: ``text``, ``alias``, ``sample``, or ``broken``: a percent sign, to the text's end, that starts nothing.
        text: the literal text, the alias (``ci``), the expression as written, or all of what is broken.
        named: what stands in parentheses behind the percent sign, e.g. ``client:str``; HAProxy reads it from 3.0 on.
        flags: what stands in braces, e.g. ``+Q``.
        sample: the expression; also a broken one, once its bracket is open.
        start: offset (from 0) of ``text`` in the format string.
    """

    kind: ItemKind
    text: str
    named: str | None
    flags: str | None
    sample: Sample | None
    start: int


@lru_cache(maxsize=8192)
def parse_sample(text: str) -> Sample:
    """Read the expression that a text starts with."""
    return _sample(_sample_places(shape_of(text)), text, len(text))


@lru_cache(maxsize=8192)
def parse_format(text: str) -> tuple[FormatItem, ...]:
    """Read a format string."""
    return tuple([_item(place, text) for place in _format_places(shape_of(text))])


def join_expression(words: Sequence[str]) -> tuple[str, int]:
    """The expression that a row of words starts with, as one text: converters may stand in words of their own.

    Where it ends is beyond a grammar: a further word belongs to it when it starts with a converter's name.

    Args:
        words: the words; one that a variable hides is an empty one.

    Returns:
        The text, and how many words it takes.
    """
    if not words:
        return "", 0
    text, count = words[0], 1
    while text and count < len(words) and is_converter(words[count]):
        text = f"{text.rstrip(',')},{words[count]}"
        count += 1
    return text, count


@lru_cache(maxsize=4096)
def is_converter(word: str) -> bool:
    """True when a word of its own continues an expression: it starts with a converter's name."""
    calls = parse_sample(word).calls if word else ()
    return bool(calls) and (lookup("converter", calls[0].name) is not None or calls[0].name.startswith("lua."))


Argument = tuple[tuple[str, int, int], ...]
"""The pieces of an argument: the terminal, where it starts, where it ends."""

# Places are what a shape tells: offsets into every text of that shape. An end that is None is the text's end.


class _CallPlace(NamedTuple):
    start: int
    name_end: int
    end: int | None
    arguments: tuple[Argument, ...]
    argument_starts: tuple[int, ...]
    closed: bool


class _SamplePlace(NamedTuple):
    calls: tuple[_CallPlace, ...]
    comma: bool
    end: int | None


class _ItemPlace(NamedTuple):
    kind: ItemKind
    start: int
    end: int | None
    named: tuple[int, int] | None
    flags: tuple[int, int] | None
    sample: _SamplePlace | None


def _sample(place: _SamplePlace, text: str, end: int) -> Sample:
    at = end if place.end is None else place.end
    return Sample(tuple([_call(call, text) for call in place.calls]), place.comma, at, text[at:end])


def _call(place: _CallPlace, text: str) -> Call:
    arguments = tuple([_argument(argument, text) for argument in place.arguments])
    name, end = text[place.start : place.name_end], len(text) if place.end is None else place.end
    return Call(name, arguments, place.start, end, place.argument_starts, place.closed)


def _argument(pieces: Argument, text: str) -> str:
    done = ""
    for kind, start, end in pieces:
        if kind == "SINGLE":
            done += text[start + 1 : end - 1]
        elif kind == "LONE_QUOTE":
            done += text[start + 1 : end]
        else:
            piece = text[start + 1 : end - 1] if kind == "DOUBLE" else text[start:end]
            done += _ESCAPED.sub(_unescape, piece) if "\\" in piece else piece
    return done


def _unescape(found: re.Match[str]) -> str:
    return _CONTROLS.get(found[1], found[1])


def _item(place: _ItemPlace, text: str) -> FormatItem:
    written = text[place.start : place.end]
    named = None if place.named is None else text[place.named[0] + 1 : place.named[1] - 1]
    flags = None if place.flags is None else text[place.flags[0] + 1 : place.flags[1] - 1]
    sample = None if place.sample is None else _sample(place.sample, text, place.end or len(text))
    return FormatItem(place.kind, written, named, flags, sample, place.start)


@lru_cache(maxsize=8192)
def _sample_places(shape: str) -> _SamplePlace:
    return cast("_SamplePlace", _parser().parse(shape, start="sample"))


@lru_cache(maxsize=8192)
def _format_places(shape: str) -> tuple[_ItemPlace, ...]:
    return cast("tuple[_ItemPlace, ...]", _parser().parse(shape, start="format"))


class _Builder(Transformer[Token, object]):
    def argument(self, children: list[Token]) -> Argument:
        return tuple((child.type, *_range(child)) for child in children)

    def arguments(self, children: list[Argument]) -> tuple[Argument, ...]:
        return tuple(children)

    def call(self, children: list[Token]) -> _CallPlace:
        return _call_place(children, closed=True)

    def unclosed(self, children: list[Token]) -> _CallPlace:
        return _call_place(children, closed=False)

    def sample(self, children: list[Token | _CallPlace]) -> _SamplePlace:
        return _sample_place(children)

    def alias(self, children: list[Token]) -> _ItemPlace:
        tokens = {child.type: child for child in children}
        return _ItemPlace("alias", *_range(tokens["ALIAS"]), _inside(tokens, "NAMED"), _inside(tokens, "FLAGS"), None)

    def expression(self, children: list[Token | _CallPlace]) -> _ItemPlace:
        return _expression(children, "sample")

    def broken(self, children: list[Token | _CallPlace]) -> _ItemPlace:
        return _expression(children, "broken")

    def format(self, children: list[Token | _ItemPlace]) -> tuple[_ItemPlace, ...]:
        return tuple(
            child if isinstance(child, _ItemPlace) else _ItemPlace("text", *_range(child), None, None, None)
            for child in children
        )


def _range(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0


def _inside(tokens: dict[str, Token], name: str) -> tuple[int, int] | None:
    return _range(tokens[name]) if name in tokens else None


def _call_place(children: list[Token], *, closed: bool) -> _CallPlace:
    name, *rest = children
    start, name_end = _range(name)
    if not rest:
        return _CallPlace(start, name_end, name_end, (), (), closed=True)
    arguments = cast("tuple[Argument, ...]", rest[0])
    starts = tuple(argument[0][1] if argument else -1 for argument in arguments)
    return _CallPlace(start, name_end, _range(rest[1])[1] if closed else None, arguments, starts, closed)


def _sample_place(children: list[Token | _CallPlace]) -> _SamplePlace:
    """The expression that some calls make, with the commas between them and what ends it."""
    calls = tuple(child for child in children if isinstance(child, _CallPlace))
    ending = [child for child in children if isinstance(child, Token) and child.type in {"ODD", "CLOSE"}]
    last = children[len(children) - len(ending) - 1] if len(children) > len(ending) else None
    if ending:
        end: int | None = _range(ending[0])[0]
    elif isinstance(last, Token):
        end = _range(last)[1]
    else:
        end = last.end if last is not None else None
    return _SamplePlace(calls, isinstance(last, Token), end)


def _expression(children: list[Token | _CallPlace], kind: ItemKind) -> _ItemPlace:
    head = {child.type: child for child in children if isinstance(child, Token)}
    inside = children[children.index(head["OPEN"]) + 1 :] if "OPEN" in head else None
    sample = None if inside is None else _sample_place(inside)
    if kind == "sample":
        start, end = _range(head["OPEN"])[1], _range(head["CLOSE"])[0]
    else:
        start, end = _range(head["START"])[0], None
    return _ItemPlace(kind, start, end, _inside(head, "NAMED"), _inside(head, "FLAGS"), sample)


@cache
def _parser() -> Lark:
    return load_grammar("haproxy_sample", _Builder())

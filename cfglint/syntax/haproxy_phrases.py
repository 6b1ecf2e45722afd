"""What the readers of HAProxy's sub-languages share: shapes, errors, and words joined into one text and found again.

Addresses and expressions are read from their *shape*, the text with every digit and letter made the same: their
grammars tell none from another. A shape is read once, however many texts have it.

A sub-language that runs over several words is read from one text in which each word is ended by a NUL, the one
character that no HAProxy word can hold.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import TypeVar, cast

from lark import Lark, UnexpectedInput, UnexpectedToken

END = "\0"

_SHAPE = str.maketrans(string.digits + string.ascii_lowercase + string.ascii_uppercase, "0" * 10 + "a" * 26 + "A" * 26)

Result = TypeVar("Result")


class PhraseError(Exception):
    """A text that its sub-language does not allow.

    Args:
        message: what is wrong, as one sentence part.
        offset: where (from 0) in the text that was read.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def shape_of(text: str) -> str:
    """A text of the same length with ``0`` for every digit, ``a`` for every small letter and ``A`` for every other."""
    return text.translate(_SHAPE)


def join_words(words: Sequence[str]) -> str:
    """One text of several words."""
    return "".join(f"{word.replace(END, '')}{END}" for word in words)


def word_at(text: str, offset: int) -> int:
    """Which word (from 0) of a joined text an offset lies in."""
    return text.count(END, 0, offset)


def read(parser: Lark, text: str, what: str, kind: type[Result]) -> Result:
    """Parse a text with a grammar whose transformer makes a ``kind``.

    Raises:
        PhraseError: it does not read; the message says ``what`` and where.
    """
    del kind
    try:
        return cast("Result", parser.parse(text))
    except UnexpectedInput as error:
        raise PhraseError(f"{what} {_reason(error, text)}", _offset(error, text)) from None


def _offset(error: UnexpectedInput, text: str) -> int:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return len(text)
    at: int | None = getattr(error, "pos_in_stream", None)
    return len(text) if at is None else min(at, len(text))


def _reason(error: UnexpectedInput, text: str) -> str:
    at = _offset(error, text)
    if at >= len(text):
        return "ends too early"
    rest = text[at:].split(END, maxsplit=1)[0]
    return f"does not read from {rest[:20]!r} on" if rest else "lacks a word"

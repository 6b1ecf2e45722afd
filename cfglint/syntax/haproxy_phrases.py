"""What the readers of HAProxy's sub-languages share: the shape of a text, and words joined into one text.

Addresses and expressions are read from their *shape*, the text with every digit and letter made the same: their
grammars tell none from another. A shape is read once, however many texts have it. A sub-language that runs over several
words is read from one text in which each word is ended by a NUL, the one character that no HAProxy word can hold.
"""

from __future__ import annotations

import string

END = "\0"

_SHAPE = str.maketrans(string.digits + string.ascii_lowercase + string.ascii_uppercase, "0" * 10 + "a" * 26 + "A" * 26)


def shape_of(text: str) -> str:
    """A text of the same length with ``0`` for every digit, ``a`` for every small letter and ``A`` for every other."""
    return text.translate(_SHAPE)


def word_at(text: str, offset: int) -> int:
    """Which word (from 0) of a joined text an offset lies in."""
    return text.count(END, 0, offset)

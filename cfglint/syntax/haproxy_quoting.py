"""Writing words into a HAProxy file so that they read back as they are."""

from __future__ import annotations

import re

_NEEDS_QUOTES = re.compile(r"[\"'\\# \t\n\v\f\r]")
_CONTROLS = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\x0b", "\f": "\\x0c"}


def quote_word(text: str) -> str:
    r"""Write a text so that the daemon reads exactly it: bare, in single quotes, or with backslashes.

    Raises:
        ValueError: it holds a NUL, which no HAProxy file can.
    """
    if "\0" in text:
        raise ValueError("a HAProxy word cannot hold a NUL character")
    if not text:
        return '""'
    if not _NEEDS_QUOTES.search(text) and not text.startswith("["):
        return text
    if not any(character in text for character in "'\n\r"):
        return f"'{text}'"
    # A bare [ at the start of a line would make it a scope.
    start, rest = ("\\x5b", text[1:]) if text.startswith("[") else ("", text)
    return start + "".join(
        _CONTROLS.get(character) or (f"\\{character}" if character in " \"'\\#" else character) for character in rest
    )


def write_words(words: list[str]) -> str:
    """One line of words, without indentation and line end, that reads back as exactly these words."""
    return " ".join(quote_word(word) for word in words)

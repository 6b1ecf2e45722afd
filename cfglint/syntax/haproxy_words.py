r"""The words of one HAProxy line, exactly as the daemon's own tokeniser splits it.

HAProxy's rules (parse_line() of its src/tools.c, tried with seven versions): blanks separate words; ``#`` outside
quotes starts a comment even in the middle of a word; single quotes keep everything; double quotes keep blanks but
resolve escapes and variables; quotes may open in the middle of a word; a CR behind a word ends the line; an
unknown escape keeps its backslash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

BLANKS = " \t\n\v\f\r"
MAX_WORDS = 64
"""HAProxy's limit on the words of one line (MAX_LINE_ARGS)."""

_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_VARIABLE = re.compile(r"\.?[A-Za-z_0-9]*")
_SPECIAL = re.compile(r"[\"'\\#$ \t\n\v\f\r]")
_PSEUDO_VARIABLES = frozenset({".LINE", ".FILE", ".SECTION"})
_ESCAPED = r"[ \\#'\"tnr]"
_IN_DOUBLE = rf"""(?:[^"\\$\n\r]++|\\(?:{_ESCAPED}|\$|(?![x\n\r])))*+"""
_SIMPLE = rf"""(?:[^ \t\n\v\f\r"'\\#]++|"{_IN_DOUBLE}"|'[^'\n\r]*+'|\\(?:{_ESCAPED}|(?!x)))++"""
_SIMPLE_WORD = re.compile(rf"({_SIMPLE})(?=[ \t\n\v\f\r#]|\Z)(?:[ \t\v\f][ \t\n\v\f\r]*+)?+")
_SIMPLE_LINE = re.compile(rf"[ \t\n\v\f\r]*+(?:{_SIMPLE_WORD.pattern})++(?=[\n\r#]|\Z)")
r"""A line whose quotes close and that holds no variable and no ``\x``, up to its end or its comment."""

_QUOTED = re.compile(rf""""((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|\\({_ESCAPED})""")
_IN_QUOTES = re.compile(rf"\\({_ESCAPED}|\$)")
_CHARACTERS = {"t": "\t", "n": "\n", "r": "\r"}
_BLANK_RUN = re.compile(r"[ \t\n\v\f\r]++")
_ODD_BYTES = re.compile("[\udc80-\udcff]{2,}")

Lookup = Callable[[str], str | None]


class Reference(NamedTuple):
    """A variable inside a word.

    Attributes:
        start: offset (from 0) in the word's text of its first character, the ``$``.
        end: offset behind its last one.
        name: the variable, or a pseudo variable such as ``.LINE``.
        default: what ``${NAME-default}`` gives, or None.
        splits: ``${NAME[*]}``: blanks in the value separate words.
    """

    start: int
    end: int
    name: str
    default: str | None
    splits: bool


class RawWord(NamedTuple):
    """A word with its place in the line.

    Attributes:
        text: quotes and escapes resolved, variables as written.
        start: offset (from 0) in the line of its first character, a quote included.
        end: offset behind its last one.
        references: the variables in its text.
    """

    text: str
    start: int
    end: int
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class WordProblem:
    """Why a line does not split into words.

    Attributes:
        kind: ``unmatched-quote``, ``unmatched-brace``, ``bad-variable``, ``bad-expansion``, ``bad-escape`` or
            ``too-many-words``.
        message: one sentence part.
        start: offset (from 0) in the line of what is wrong.
        end: offset behind it.
        expected: what would have been right.
    """

    kind: str
    message: str
    start: int
    end: int
    expected: str = ""


class _BadLineError(Exception):
    def __init__(self, problem: WordProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def split_line(line: str) -> tuple[list[RawWord], WordProblem | None]:
    """The words of one line, and what is wrong with it.

    A line that does not split keeps the words before the fault, and the rest as one more word.
    """
    problem: WordProblem | None = None
    words = _split_simple(line)
    if words is None:
        splitter = _Splitter(line)
        try:
            splitter.run()
        except _BadLineError as error:
            problem = error.problem
            splitter.take_rest()
        words = splitter.words
    if problem is None and len(words) > MAX_WORDS:
        extra = words[MAX_WORDS]
        message = f"the line has {len(words)} words; HAProxy reads {MAX_WORDS} at most"
        problem = WordProblem("too-many-words", message, extra.start, words[-1].end)
    return words, problem


def simple_texts(line: str) -> list[str] | None:
    r"""The texts of a line's words where its quotes close and it holds no variable and no ``\x``; None elsewhere."""
    found = _SIMPLE_LINE.match(line)
    if found is None:
        return None
    return [_unquoted(word) for word in _SIMPLE_WORD.findall(line, 0, found.end())]


def _split_simple(line: str) -> list[RawWord] | None:
    found = _SIMPLE_LINE.match(line)
    if found is None:
        return None
    words = _SIMPLE_WORD.finditer(line, 0, found.end())
    return [RawWord(_unquoted(word[1]), *word.span(1)) for word in words]


def _unquoted(word: str) -> str:
    """A simple word without its quotes and escapes."""
    if '"' in word or "'" in word or "\\" in word:
        return _QUOTED.sub(_without_quotes, word)
    return word


def _without_quotes(part: re.Match[str]) -> str:
    double, single, escaped = part.groups()
    if double is not None:
        return _IN_QUOTES.sub(_escaped, double) if "\\" in double else double
    return single if single is not None else _CHARACTERS.get(escaped, escaped)


def _escaped(part: re.Match[str]) -> str:
    return _CHARACTERS.get(part[1], part[1])


class _Splitter:
    """One pass over one line."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.at = 0
        self.words: list[RawWord] = []
        self.start = -1
        self.parts: list[str] = []
        self.length = 0
        self.references: list[Reference] = []
        self.odd_byte = False
        self.quote = ""
        self.quote_at = 0

    def run(self) -> None:
        line = self.line
        end = len(line)
        self.at = end - len(line.lstrip(BLANKS))
        while self.at < end:
            found = _SPECIAL.search(line, self.at)
            stop = found.start() if found else end
            if stop > self.at:
                self.emit(line[self.at : stop], self.at)
                self.at = stop
                continue
            if self.special(line[self.at]):
                break
        if self.quote:
            what = "double" if self.quote == '"' else "single"
            self.fail("unmatched-quote", f"a {what} quote is opened and never closed", self.quote_at, self.quote_at + 1)
        self.close(self.at)

    def special(self, character: str) -> bool:
        """Handle one character with a meaning; True at the end of the line."""
        if character in "\r\n":
            return True
        if self.quote == "'":
            self.inside_single(character)
        elif character == "#" and not self.quote:
            return True
        elif character == "\\":
            self.escape()
        elif character == '"' or (character == "'" and not self.quote):
            self.toggle(character)
        elif character == "$" and self.quote:
            self.variable()
        elif character in BLANKS and not self.quote:
            self.close(self.at)
            # Among blanks even a CR is one; only a CR behind a word ends the line.
            run = _BLANK_RUN.match(self.line, self.at)
            self.at = run.end() if run else self.at + 1
        else:
            self.emit(character, self.at)
            self.at += 1
        return False

    def inside_single(self, character: str) -> None:
        if character == "'":
            self.toggle(character)
        else:
            self.emit(character, self.at)
            self.at += 1

    def emit(self, text: str, start: int) -> None:
        if self.start < 0:
            self.start = start
        self.parts.append(text)
        self.length += len(text)

    def close(self, end: int) -> None:
        if self.start >= 0:
            text = "".join(self.parts)
            if self.odd_byte and not self.references:
                text = _ODD_BYTES.sub(_join_bytes, text)
            self.words.append(RawWord(text, self.start, end, tuple(self.references)))
            self.start = -1
            self.parts = []
            self.length = 0
            self.references = []
            self.odd_byte = False

    def toggle(self, character: str) -> None:
        if self.start < 0:
            self.start = self.at
        self.quote_at = self.at
        self.quote = "" if self.quote else character
        self.at += 1

    def escape(self) -> None:
        line, at = self.line, self.at
        following = line[at + 1 : at + 2]
        if following == "x":
            digits = _HEX.match(line, at + 2)
            if not digits:
                self.fail(
                    "bad-escape", r"\x is not followed by two hexadecimal digits", at, at + 2, r"\x and two digits"
                )
            else:
                # A byte above 127 alone is no character: it is kept the way the file's own odd bytes are.
                byte = int(digits[0], 16)
                self.odd_byte |= byte > 127
                self.emit(bytes([byte]).decode("utf-8", "surrogateescape"), at)
            self.at += 4
        elif following and (following in " \\#'\"" or (following == "$" and self.quote)):
            self.emit(following, at)
            self.at += 2
        elif following and following in "tnr":
            self.emit(_CHARACTERS[following], at)
            self.at += 2
        else:
            self.emit("\\", at)
            self.at += 1

    def variable(self) -> None:
        line, dollar = self.line, self.at
        at = dollar + 1
        braced = line[at : at + 1] == "{"
        at += braced
        first = line[at : at + 1]
        if not (first.isascii() and (first.isalpha() or first in "_.")) or not first:
            self.fail(
                "bad-variable",
                "inside double quotes $ starts an environment variable, and no name follows it",
                dollar,
                at + 1,
                "a letter or _, or \\$ for a literal dollar sign",
            )
        match = _VARIABLE.match(line, at)
        name = match[0] if match else ""
        if name.startswith(".") and name not in _PSEUDO_VARIABLES:
            self.fail("bad-variable", f"there is no pseudo variable {name}", dollar, at + len(name), ".LINE or .FILE")
        at += len(name)
        splits = False
        default: str | None = None
        if braced:
            if line[at : at + 1] == "[":
                splits = line[at : at + 3] == "[*]"
                if not splits:
                    self.fail("bad-expansion", f"[ behind the variable {name} is not [*]", at, at + 1, "[*]")
                at += 3
            if line[at : at + 1] == "-":
                close = line.find("}", at)
                default = line[at + 1 : close] if close >= 0 else None
                at = close if close >= 0 else len(line)
            if line[at : at + 1] != "}":
                self.fail("unmatched-brace", f"the brace of ${{{name} is not closed", dollar, dollar + 2, "}")
            at += 1
        self.references.append(Reference(self.length, self.length + at - dollar, name, default, splits))
        self.emit(line[dollar:at], dollar)
        self.at = at

    def take_rest(self) -> None:
        """Keep what a fault left unread as one word, so that every byte of the line stays in some word or gap."""
        rest = self.line[self.at :].rstrip(BLANKS)
        if rest:
            self.emit(rest, self.at)
        self.close(self.at + len(rest) if rest else len(self.line.rstrip(BLANKS)))

    def fail(self, kind: str, message: str, start: int, end: int, expected: str = "") -> None:
        raise _BadLineError(WordProblem(kind, message, start, min(end, len(self.line)), expected))


def _join_bytes(run: re.Match[str]) -> str:
    r"""Bytes written one by one (``\xc3\xa9``) may make a character together."""
    return run[0].encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def expand(word: RawWord, lookup: Lookup) -> list[str]:
    """A word with its variables replaced, as the daemon does: an unset variable is empty.

    Args:
        word: the word.
        lookup: gives a variable's value, or None when it is unset.

    Returns:
        One text, or several when ``${NAME[*]}`` splits.
    """
    done = [""]
    at = 0
    for reference in word.references:
        done[-1] += word.text[at : reference.start]
        value = lookup(reference.name)
        if value is None:
            value = reference.default or ""
        first, *more = re.split(f"[{BLANKS}]+", value) if reference.splits else [value]
        done[-1] += first
        done.extend(more)
        at = reference.end
    done[-1] += word.text[at:]
    return done

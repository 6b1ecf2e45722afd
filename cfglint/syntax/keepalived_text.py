"""Pieces of keepalived.conf that know where they are written, and the daemon's two ways of cutting them into words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from cfglint.source import SourceFile, Span

BLANKS = " \t"
"""What the daemon strips at both ends of a line."""

BARE_WORD = re.compile(r"[^ \t\f\n\r\v]+")
"""A word of a line without double quotes."""

_WORD = re.compile(r'"([^"]*)("?)|[^ \t\f\n\r\v"]+')
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<%.*?%>")
_UNDEFINED = re.compile(r"\$\{[A-Za-z_][^{}]*\}")
_TEMPLATE_LINE = re.compile(r"[ \t]*(?:(?:\{%.*?%\}|\{#.*?#\}|<%(?!=).*?%>)[ \t]*)+")
# Characters of a template expression that would be read as the daemon's own are moved here and back.
_HIDE = {ord(character): 0xE000 + ord(character) for character in "{}#!\"'\\$@~ \t,()"}
_SHOW = {moved: plain for plain, moved in _HIDE.items()}
_SPACE = " \t\f\n\r\v"
_ESCAPES = {"a": "\a", "b": "\b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

Via = tuple[tuple[str, Span], ...]


@dataclass(slots=True)
class Text:
    """A piece of a line, and for each character the place that wrote it.

    Attributes:
        text: the characters as the daemon sees them at this step.
        source: the file.
        line: from 1.
        shift: offset (from 0) in the physical line of the first character, while ``places`` is None.
        places: offsets of start and end for each character, once something was substituted or removed.
        via: definitions and includes it came through, innermost last.
        unsure: why the daemon may see something else (the node's id is not known, say); empty when it cannot.
        hidden: characters of template expressions are moved out of the way (see `hide_templates`).
    """

    text: str
    source: SourceFile
    line: int
    shift: int = 0
    places: tuple[tuple[int, int], ...] | None = None
    via: Via = ()
    unsure: str = ""
    hidden: bool = False

    def cut(self, start: int, end: int) -> Text:
        """The characters ``[start, end)``."""
        places = self.places[start:end] if self.places is not None else None
        return Text(
            self.text[start:end], self.source, self.line, self.shift + start, places, self.via, self.unsure, self.hidden
        )

    def splice(self, start: int, end: int, other: str, via: Via, unsure: str) -> Text:
        """Put another text in the place of the characters ``[start, end)``; it counts as written there."""
        places = self.places or tuple((self.shift + index, self.shift + index + 1) for index in range(len(self.text)))
        place = (places[start][0], places[end - 1][1]) if end > start else (places[start][0], places[start][0])
        return Text(
            self.text[:start] + other + self.text[end:],
            self.source,
            self.line,
            self.shift,
            places[:start] + (place,) * len(other) + places[end:],
            self.via + tuple(entry for entry in via if entry not in self.via),
            self.unsure or unsure,
            self.hidden,
        )

    def strip(self) -> Text:
        """Without spaces and tabs at both ends."""
        text = self.text
        start = len(text) - len(text.lstrip(BLANKS))
        end = len(text.rstrip(BLANKS))
        return self if start == 0 and end == len(text) else self.cut(min(start, end), end)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Where the characters ``[start, end)`` are written."""
        end = len(self.text) if end is None else end
        if self.places is None:
            return self.source.span(self.line, self.shift + start, self.shift + end)
        places = self.places[start:end]
        if not places:
            edge = self.places[min(start, len(self.places) - 1)][0] if self.places else self.shift
            return self.source.span(self.line, edge, edge)
        return self.source.span(self.line, min(place[0] for place in places), max(place[1] for place in places))


def hide_templates(piece: Text) -> tuple[Text, list[Span]]:
    """Keep template expressions (``{{ vip }}``) together as one word each.

    The daemon would read their braces as blocks; whoever renders the template never lets it see them. Lines that only
    steer a template (``{% if … %}``) become empty.

    Returns:
        the text with such characters moved out of the way, and where the expressions are.
    """
    if _TEMPLATE_LINE.fullmatch(piece.text):
        return piece.cut(0, 0), [piece.span()]
    return _hide(piece, _TEMPLATE)


def hide_undefined(piece: Text) -> tuple[Text, list[Span]]:
    """The same for ``${NAME}`` outside double quotes where nothing defines the name."""
    found = [match for match in _UNDEFINED.finditer(piece.text) if piece.text.count('"', 0, match.start()) % 2 == 0]
    spans = [piece.span(match.start(), match.end()) for match in found]
    for match in found:
        piece = replace(piece, text=piece.text.replace(match[0], hidden(match[0])), hidden=True)
    return piece, spans


def _hide(piece: Text, expression: re.Pattern[str]) -> tuple[Text, list[Span]]:
    spans = [piece.span(match.start(), match.end()) for match in expression.finditer(piece.text)]
    if spans:
        text = expression.sub(lambda match: hidden(match[0]), piece.text)
        piece = replace(piece, text=text, hidden=True)
    return piece, spans


def hidden(text: str) -> str:
    """The text with every character that means something to the daemon moved out of the way."""
    return text.translate(_HIDE)


def shown(text: str) -> str:
    """The text with the characters of template expressions back in place."""
    return text.translate(_SHOW)


def decomment(piece: Text) -> tuple[Text, bool]:
    r"""Take away comment, indentation and trailing blanks, once.

    ``#`` and ``!`` start a comment anywhere outside double quotes; ``\#`` and ``\!`` are unescaped (and a second pass,
    which releases from 2.2.0 on make, then sees the comment). A trailing backslash stays, even that of a comment.

    Returns:
        the text, and True when a double quote has no partner.
    """
    piece = piece.strip()
    text = piece.text
    quoted = False
    comment = -1
    continued = False
    position = 0
    while position < len(text):
        character = text[position]
        if character == '"':
            quoted = quoted if comment >= 0 else not quoted
        elif character == "\\":
            if position + 1 == len(text):
                continued = True
                break
            if not quoted and text[position + 1] in "#!":
                if comment < 0:
                    piece = piece.splice(position, position + 2, text[position + 1], (), "")
                    text = piece.text
            else:
                position += 1
        elif character in "#!" and not quoted and comment < 0:
            comment = position
        position += 1
    end = comment if comment >= 0 else len(text) - continued
    end = len(text[:end].rstrip(BLANKS))
    if not continued:
        return piece.cut(0, end), quoted
    return piece.splice(end, len(text), "\\", (), ""), quoted


def split_words(text: str) -> list[tuple[str, int, int, bool]]:
    """Cut a line into words as the daemon does for every keyword.

    Returns:
        for each word its text without quotes, start and end offset (quotes included), and whether it was quoted. A
        double quote without a partner ends the line.
    """
    words: list[tuple[str, int, int, bool]] = []
    for match in _WORD.finditer(text):
        inner = match[1]
        if inner is None:
            words.append((match[0], match.start(), match.end(), False))
        elif match[2]:
            words.append((inner, match.start(), match.end(), True))
        else:
            break
    return words


def split_quoted(text: str) -> list[str] | None:
    r"""Cut text into words as the daemon does for scripts and regular expressions.

    Single and double quotes protect, and ``\a \b \E \f \n \r \t \v \nnn \xXX \cC`` are characters.

    Returns:
        the words; None when a quote has no partner or the text ends with a backslash (the daemon drops the line).
    """
    words: list[str] = []
    position = 0
    while True:
        while position < len(text) and text[position] in _SPACE:
            position += 1
        if position >= len(text):
            return words
        word, position = _quoted_word(text, position)
        if position < 0:
            return None
        words.append(word)


def has_open_quote(text: str) -> bool:
    """True when a word of a script line that begins with a quote is not ended, or its command has an open quote.

    Args:
        text: the line, its keyword first.
    """
    position, number = 0, 0
    while position < len(text):
        if text[position] in _SPACE:
            position += 1
            continue
        quoted = text[position] in "\"'"
        word, end = _quoted_word(text, position)
        if not quoted:
            end = position + len(re.split(r"[ \t\f\n\r\v]", text[position:], maxsplit=1)[0])
        if end < 0 or (number == 1 and split_quoted(word if quoted else text[position:end]) is None):
            return True
        position, number = end, number + 1
    return False


def _quoted_word(text: str, position: int) -> tuple[str, int]:
    """The word at an offset and the offset after it; offset -1 when it does not end."""
    current: list[str] = []
    quote = ""
    while position < len(text):
        character = text[position]
        if character == "\\":
            character, position = _escape(text, position + 1)
            if position < 0:
                return "", -1
            current.append(character)
            continue
        if not quote and character in _SPACE:
            break
        position += 1
        if character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        else:
            current.append(character)
    return "".join(current), -1 if quote else position


def _escape(text: str, position: int) -> tuple[str, int]:
    """The character an escape stands for and the offset after it; offset -1 when nothing follows the backslash."""
    if position >= len(text):
        return "", -1
    character = text[position]
    if character == "x" and (digits := re.match(r"[0-9A-Fa-f]+", text[position + 1 :])):
        return chr(int(digits[0][-2:], 16)), position + 1 + len(digits[0])
    if character == "c" and position + 1 < len(text):
        return chr(ord(text[position + 1]) & 0x1F), position + 2
    if digits := re.match(r"[0-7]{1,3}", text[position:]):
        return chr(int(digits[0], 8) & 0xFF), position + len(digits[0])
    return _ESCAPES.get(character, character), position + 1

"""``$NAME`` definitions and ``~SEQ``/``~LST`` repetitions of keepalived.conf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cfglint.source import Span
from cfglint.syntax.keepalived_text import Text, hidden

MAX_LINE = 1023
"""Bytes of a line that the daemon's buffer holds."""

_MAX_REPLACEMENTS = 200
"""Replacements in one line before a definition counts as naming itself."""

_DEFINITION = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)=[ \t]*(.*)", re.DOTALL)
_USE = re.compile(
    r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)((?: *[0-9]+)*| +[A-Za-z_][A-Za-z0-9_]*)\}"
    r"|([A-Za-z_][A-Za-z0-9_]*)(?=[ \t,)]|\Z))"
)
_SEQUENCE = re.compile(r"~SEQ(x?)[ \t]*\([ \t]*([^ \t,)]+)[ \t]*,[ \t]*([^)]*)\)[ \t]*")
_LIST = re.compile(r"~LST[ \t]*\([ \t]*(\{[^{}]*\}|[^ \t,{}]+)[ \t]*,[ \t]*((?:\{[^{}]*\}|[^{}()])*)\)[ \t]*")
_LIST_ENTRY = re.compile(r"\{([^{}]*)\}|([^,{}]+)")


@dataclass(slots=True)
class Definition:
    """What a name stands for.

    Attributes:
        name: without ``$``.
        lines: each line of its text with its place; one for a plain definition.
        multiline: its first line ended with a backslash; it is then replaced only at the end of a line.
        unsure: why its text is not known, or empty.
        standard: one of the daemon's own.
        since: the first release that has it.
        uses: how often it was replaced.
        how: what its place does for its value, for related places.
    """

    name: str
    lines: list[tuple[str, Span]] = field(default_factory=list)
    multiline: bool = False
    unsure: str = ""
    standard: bool = False
    since: tuple[int, ...] = ()
    uses: int = 0
    how: str = "is defined here"


@dataclass(slots=True)
class Repetition:
    """A ``~SEQ`` or ``~LST`` at work.

    Attributes:
        text: what is repeated.
        steps: for each repetition the values to define first.
        place: where the values are written; a password may be among them.
    """

    text: Text
    steps: Iterator[list[tuple[str, str]]]
    place: Span

    def next_step(self) -> list[tuple[str, str]] | None:
        """The next values, or None when it is done."""
        return next(self.steps, None)


class Definitions:
    """The names known while a file is read, from top to bottom."""

    def __init__(self, config_id: str, release: tuple[int, ...]) -> None:
        self._release = release
        self._known: dict[str, Definition] = {}
        for name, text, why, since in (
            ("_PWD", "", "${_PWD} is the directory the daemon reads the file in", (1, 4)),
            ("_INSTANCE", config_id, "", (2, 0)),
            ("_RANDOM", "", "${_RANDOM} is another number at each start", (2, 0)),
            ("_HASH", "#", "", (2, 1)),
            ("_BANG", "!", "", (2, 1)),
        ):
            self._known[name] = Definition(name, [(text, Span(""))], unsure=why, standard=True, since=since)

    def read(self, piece: Text) -> Definition | None:
        """Take a ``$NAME=text`` line; None when it is none (a space before ``=``, say).

        A multi-line definition is returned with `Definition.multiline` set and grows by `add_line`.
        """
        match = _DEFINITION.fullmatch(piece.text)
        if match is None:
            return None
        name, value = match[1], match[2]
        definition = Definition(name, unsure=piece.unsure, multiline=value.endswith("\\"))
        self._known[name] = definition
        end = match.end(2)
        if definition.multiline:
            value = value[:-1].rstrip(" \t")
            end = match.start(2) + len(value)
        if value or not definition.multiline:
            definition.lines.append((value, piece.span(match.start(2), end)))
        return definition

    @staticmethod
    def add_line(definition: Definition, piece: Text) -> bool:
        """Add a line to a multi-line definition; True when another one follows."""
        more = piece.text.endswith("\\")
        text = piece.text[:-1].rstrip(" \t") if more else piece.text
        if text:
            definition.lines.append((text, piece.span(0, len(text))))
        if not more and not definition.lines:
            definition.multiline = False
        return more

    def set_plain(self, name: str, value: str, span: Span, unsure: str) -> None:
        """Give a repetition's variable its value."""
        self._known[name] = Definition(name, [(value, span)], unsure=unsure, how="gets its values here")

    def all(self) -> list[Definition]:
        """Every definition that a file makes, as it stands at the end."""
        return [definition for definition in self._known.values() if not definition.standard]

    def replace(self, piece: Text) -> tuple[Text, list[Definition]]:
        """Replace every name that is known, from left to right, also inside what was put in.

        Returns:
            the text, and the definitions used; of a multi-line one only the first line is put in.
        """
        used: list[Definition] = []
        position = piece.text.find("$")
        while position >= 0 and len(used) < _MAX_REPLACEMENTS:
            match = _USE.match(piece.text, position)
            definition = self._find(match, piece.text) if match is not None else None
            if match is None or definition is None:
                position = piece.text.find("$", position + 1)
                continue
            text, span = definition.lines[0] if definition.lines else ("", Span(""))
            text = "" if definition.unsure and definition.standard else text
            if len(piece.text) - len(match[0]) + len(text) > MAX_LINE:
                break
            via = () if definition.standard else ((f"${definition.name} {definition.how}", span),)
            if definition.unsure and definition.standard:
                text = hidden(f"${{{definition.name}}}")
                piece = replace(piece, hidden=True)
            piece = piece.splice(match.start(), match.end(), text, via, definition.unsure)
            definition.uses += 1
            used.append(definition)
            if text.lstrip(" \t").startswith("~"):
                break
            position = piece.text.find("$", position)
        return piece, used

    def _find(self, match: re.Match[str], text: str) -> Definition | None:
        name = match[1] or match[3]
        parameters = (match[2] or "").strip()
        if name == "_ENV" and parameters and self._release >= (2, 4):
            why = f"${{_ENV {parameters}}} is an environment variable of the daemon"
            return Definition("_ENV", [("", Span(""))], unsure=why, standard=True)
        definition = self._known.get(name)
        if definition is None or (parameters and (name != "_RANDOM" or self._release < (2, 4))):
            # Releases before 2.4 lose count of the braces of ${_RANDOM 1 5}.
            return None
        if definition.standard and definition.since > self._release:
            return None
        if definition.multiline and match.end() != len(text):
            return None
        return definition


def read_repetition(piece: Text, definitions: Definitions) -> Repetition | None:
    """Take a ``~SEQ(var, start, step, end) text`` or ``~LST(var, values…) text`` line; None when it is malformed."""
    if piece.text.startswith("~LST"):
        return _read_list(piece)
    match = _SEQUENCE.match(piece.text)
    if match is None:
        return None
    numbers_piece, used = definitions.replace(piece.cut(match.start(3), match.end(3)))
    if any(definition.multiline for definition in used):
        return None
    try:
        numbers = [int(number.strip(), 0) for number in numbers_piece.text.split(",")]
    except ValueError:
        return None
    steps = _sequence(numbers)
    if steps is None or (match[1] and min(steps[0], steps[-1]) < 0):
        return None
    form = "x" if match[1] else "d"
    name = match[2]
    values = ([(name, format(step, form))] for step in steps)
    return Repetition(piece.cut(match.end(), len(piece.text)), values, piece.span(match.start(3), match.end(3)))


def _sequence(numbers: list[int]) -> range | None:
    """The numbers a ``~SEQ`` goes through, or None when they are refused; at least one."""
    match numbers:
        case [end]:
            start, step = (-1 if end < 0 else 1), (-1 if end < 1 else 1)
        case [start, end]:
            step = 1 if start <= end else -1
        case [start, step, end]:
            if step == 0 or (start < end and step < 0) or (start > end and step > 0):
                return None
        case _:
            return None
    steps = range(start, end + (1 if step > 0 else -1), step)
    return steps or range(start, start + 1)


def _read_list(piece: Text) -> Repetition | None:
    match = _LIST.match(piece.text)
    if match is None:
        return None
    names = [name.strip() for name in match[1].strip("{}").split(",")]
    steps: list[list[tuple[str, str]]] = []
    for entry in _LIST_ENTRY.finditer(match[2]):
        if entry[1] is not None:
            values = [value.strip() for value in entry[1].split(",")]
        elif entry[2].strip():
            values = [entry[2].strip()]
        else:
            continue
        if len(values) > len(names):
            return None
        values += [""] * (len(names) - len(values))
        steps.append(list(zip(names, values, strict=True)))
    if not steps:
        return None
    return Repetition(piece.cut(match.end(), len(piece.text)), iter(steps), piece.span(match.start(2), match.end(2)))

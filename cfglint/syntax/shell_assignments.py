r"""Files of shell assignments: ifcfg-*, route-* in key form, /etc/sysconfig/network.

Two readers share these files: NetworkManager takes ``KEY=value`` with bash's quoting and no expansion, the older
initscripts source the file in a shell. A value that only a shell could tell (``$X``, backticks) is unknown here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

KINDS = {"assignment-invalid": "a line that sets nothing", "assignment-value": "a value that cannot be read"}
"""The kinds of problems this reader reports."""

ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=")
PIECE = re.compile(
    r"""'([^']*)'               # nothing is special inside
      | \$'((?:[^'\\]|\\.)*)'   # as in C
      | "((?:[^"\\]|\\.)*)"     # a backslash quotes
      | \\(.)
      | ([^\s'"\\;#$`&|<>()]+ | (?<=[^\s])\#)
    """,
    re.VERBOSE,
)
TRUE_WORDS = frozenset({"yes", "true", "t", "y", "1", "on"})
FALSE_WORDS = frozenset({"no", "false", "f", "n", "0", "off"})


@dataclass(frozen=True, slots=True)
class Assignment:
    """One ``KEY=value``.

    Attributes:
        key: as written; keys are case-sensitive.
        value: without quotes; None when it takes a shell to tell, or is not valid.
        span: the line without indentation.
        value_span: the value as written, quotes included; the key where it is empty.
    """

    key: str
    value: str | None
    span: Span
    value_span: Span


@dataclass(eq=False)
class AssignmentFile:
    """One file: its assignments in order; of several to one key the last counts."""

    source: SourceFile
    assignments: list[Assignment] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)

    def get(self, key: str) -> Assignment | None:
        """The assignment of a key that counts; None when the key is not set, or set to nothing."""
        found = self._last.get(key)
        return None if found is None or found.value == "" else found

    @cached_property
    def _last(self) -> dict[str, Assignment]:
        return {entry.key: entry for entry in self.assignments}

    def text(self, key: str) -> str:
        """The value of a key; empty when it is not set or unknown."""
        found = self.get(key)
        return found.value or "" if found is not None else ""

    def truth(self, key: str, *, default: bool) -> bool:
        """A yes or no; the default when the key is not set or says neither."""
        word = self.text(key).lower()
        return True if word in TRUE_WORDS else False if word in FALSE_WORDS else default


def parse_assignments(source: SourceFile) -> AssignmentFile:
    """Read one file; a line that cannot be read is a problem and the rest is still read."""
    result = AssignmentFile(source)
    for number in range(1, len(source.lines) + 1):
        text = source.line(number)
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        head = ASSIGNMENT.match(text)
        if head is None:
            message = "the line is not KEY=value; NetworkManager ignores the line"
            problem = SyntaxProblem(source.line_span(number), "assignment-invalid", message, severity="warning")
            result.problems.append(problem)
            continue
        value, end = _value(text, head.end())
        if value is None:
            message = f"the value of {head.group(1)} cannot be told without a shell, and NetworkManager drops it"
            span = source.span(number, head.end(), max(head.end() + 1, len(text.rstrip())))
            result.problems.append(SyntaxProblem(span, "assignment-value", message, severity="warning"))
        span = source.span(number, head.end(), end) if end > head.end() else source.span(number, *head.span(1))
        result.assignments.append(Assignment(head.group(1), value, source.line_span(number), span))
    return result


def _value(text: str, start: int) -> tuple[str | None, int]:
    """The value that begins at an offset, and where it ends; None when it is not a plain word."""
    parts: list[str] = []
    place = start
    while place < len(text):
        piece = PIECE.match(text, place)
        if piece is None or (text[place] == "#" and place == start):
            break
        single, escaped, double, backslashed, plain = piece.groups()
        if double is not None and re.search(r"(?<!\\)[$`]", double):
            return None, piece.end()
        if double is not None:
            double = re.sub(r"\\([\"\\$`])", r"\1", double)
        if escaped is not None:
            escaped = re.sub(r"\\(.)", r"\1", escaped)
        parts.append(next(part for part in (single, escaped, double, backslashed, plain) if part is not None))
        place = piece.end()
    rest = text[place:].strip()
    if rest and not re.match(r";\s*(#|$)", rest) and not (rest.startswith("#") and text[place : place + 1].isspace()):
        return None, len(text.rstrip())
    return "".join(parts), place

r"""/etc/network/interfaces: stanzas of ifupdown (interfaces(5), run with ``ifquery -i`` 0.8.41).

A stanza begins with one of a few words and ends where the next begins. ``#`` starts a comment only at the start of a
line; ``\`` at the end of a line joins the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

STANZAS = frozenset({"iface", "mapping", "auto", "source", "source-directory", "template", "rename"})
ALLOW_STARTS = ("allow-", "no-auto-down", "no-scripts")
KINDS = {"interfaces-line": "a line outside any stanza"}
"""The kinds of problems this reader reports."""


@dataclass(frozen=True, slots=True)
class InterfaceOption:
    """One line inside a stanza: its first word and the rest, with the place of the rest."""

    name: str
    value: str
    span: Span


@dataclass(eq=False)
class Stanza:
    """One stanza.

    Attributes:
        kind: its first word, e.g. ``iface``.
        words: the other words of its first line.
        span: its first line.
        options: the lines inside, in order.
    """

    kind: str
    words: list[str]
    span: Span
    options: list[InterfaceOption] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The last value of an option; empty without one."""
        return next((option.value for option in reversed(self.options) if option.name == name), "")

    def all(self, *names: str) -> list[InterfaceOption]:
        """Every option of one of the names, in order."""
        return [option for option in self.options if option.name in names]


@dataclass(eq=False)
class InterfacesFile:
    """One file: its stanzas in order."""

    source: SourceFile
    stanzas: list[Stanza] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)


def parse_interfaces(source: SourceFile) -> InterfacesFile:
    """Read one file; a line that cannot be read is a problem and the rest is still read."""
    result = InterfacesFile(source)
    stanza: Stanza | None = None
    number = 0
    while number < len(source.lines):
        number += 1
        first, text = number, source.line(number)
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        while text.endswith("\\") and number < len(source.lines):
            number += 1
            text = f"{text[:-1]} {source.line(number).strip()}"
        word, _, rest = text.strip().partition(" ")
        word, _, tail = word.partition("\t")
        value = f"{tail} {rest}".strip()
        if word in STANZAS or word.startswith(ALLOW_STARTS):
            stanza = Stanza(word, value.split(), source.line_span(first))
            result.stanzas.append(stanza)
        elif stanza is None or stanza.kind not in {"iface", "mapping", "template"}:
            message = "the line stands outside any iface stanza; ifup refuses the file"
            problem = SyntaxProblem(source.line_span(first), "interfaces-line", message, severity="warning")
            result.problems.append(problem)
        else:
            stanza.options.append(InterfaceOption(word, value, _value_span(source, first, word, value)))
    return result


def _value_span(source: SourceFile, number: int, word: str, value: str) -> Span:
    text = source.line(number)
    shown = value.split(" ", 1)[0] if value else word
    start = text.find(shown, text.index(word) + (len(word) if value else 0))
    return source.span(number, start, start + len(value if value in text[start:] else shown))

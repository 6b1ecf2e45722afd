"""HAProxy's lines as they count: which are read, under which condition, in which section, with which values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cfglint.model.haproxy_variables import Value
from cfglint.model.value import Setting, Unknown
from cfglint.source import BOM, Span
from cfglint.syntax.haproxy import Directive

if TYPE_CHECKING:
    from cfglint.model.haproxy import HaproxyConfig
    from cfglint.model.haproxy_objects import Acl
    from cfglint.model.node import Node
    from cfglint.syntax.haproxy_rules import RuleLine


class ConfigLine:
    """One line that the daemon reads (or may read), with its place in the configuration.

    Attributes:
        directive: the line as written.
        values: its words with variables replaced; Unknown where a variable is not known.
        section: the section it counts in.
        conditional: True inside ``.if`` when it is not known whether the line counts.
    """

    __slots__ = ("conditional", "directive", "section", "values")

    def __init__(
        self, directive: Directive, values: Sequence[Value], section: ConfigSection, *, conditional: bool
    ) -> None:
        self.directive = directive
        self.values = values
        self.section = section
        self.conditional = conditional

    @property
    def keyword(self) -> str:
        """Its first word; empty when that is unknown."""
        return self.text(0)

    def text(self, index: int) -> str:
        """One word (from 0) as text; empty when there is none or it is unknown."""
        value = self.values[index] if index < len(self.values) else ""
        return value if isinstance(value, str) else ""

    @property
    def span(self) -> Span:
        """From its first to its last word."""
        return self.directive.span

    def span_of(self, first: int, last: int | None = None) -> Span:
        """The span of its words from ``first`` to ``last``, as `Directive.span_of`."""
        return self.directive.span_of(first, last)

    def span_within(self, index: int, start: int, end: int) -> Span:
        """The span of the characters ``[start, end)`` of one word's text (offsets from 0).

        Where quotes, escapes or variables make the text differ from what is written, it is the whole word.
        """
        span = self.directive.span_of(index)
        text = self.text(index)
        if span.end_column - span.column != len(text):
            return span
        end = min(max(end, start + 1), len(text))
        return Span(span.path, span.line, span.column + min(start, end), span.line, span.column + end)

    @property
    def config(self) -> HaproxyConfig:
        """The configuration it belongs to."""
        return self.section.config

    @property
    def node(self) -> Node:
        """The host whose configuration this is."""
        return self.section.config.node

    def __repr__(self) -> str:
        return f"ConfigLine({self.directive.line_number}, {self.keyword!r})"


class ConfigSection:
    """A section as the daemon sees it: with the lines that count, whatever ``.if`` stands around them.

    Attributes:
        kind: ``global``, ``defaults``, ``frontend``, …
        name: the second word of its header; empty without one; Unknown for an unknown variable.
        header: the line that opens it; its own section is this one.
        lines: its lines in order.
        conditional: True when it is not known whether the section counts.
        incomplete: why lines may be missing or may not count, or None.
        config: the configuration it belongs to.
        acls: its ACLs once `acls_of` has read them; None before.
        rules: its rules once `rules_of` has read them; None before.
    """

    __slots__ = ("_by_words", "acls", "conditional", "config", "header", "incomplete", "kind", "lines", "name", "rules")

    def __init__(self, header: Directive, values: Sequence[Value], config: HaproxyConfig, *, conditional: bool) -> None:
        self.header = ConfigLine(header, values, self, conditional=conditional)
        self.kind = self.header.keyword.removeprefix(BOM)
        self.name: Value = values[1] if len(values) > 1 else ""
        self.lines: list[ConfigLine] = []
        self.conditional = conditional
        self.incomplete: Unknown | None = None
        self.config = config
        self.acls: list[Acl] | None = None
        self.rules: list[tuple[RuleLine, ConfigLine]] | None = None
        self._by_words: dict[str, list[ConfigLine]] | None = None

    def all(self, keyword: str) -> list[ConfigLine]:
        """Its lines that start with a word, or with two (``timeout client``), without those behind ``no``."""
        if self._by_words is None:
            self._by_words = {}
            for line in self.lines:
                self._by_words.setdefault(line.keyword, []).append(line)
        first, _, second = keyword.partition(" ")
        found = self._by_words.get(first, [])
        return [line for line in found if line.text(1) == second] if second else found

    def setting(self, keyword: str) -> Setting[str] | None:
        """The value that the last line of one or two words sets, e.g. ``timeout client``; None without such a line."""
        lines = self.all(keyword)
        if not lines:
            return None
        line, index = lines[-1], keyword.count(" ") + 1
        if line.conditional:
            return Setting(Unknown("an .if that cannot be decided stands around it", line.span), line.span)
        return Setting(line.values[index] if index < len(line.values) else "", line.span)

    def __repr__(self) -> str:
        return f"ConfigSection({self.kind!r}, {self.name!r})"

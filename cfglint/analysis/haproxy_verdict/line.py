"""One line under inspection: its words, the section it stands in, and where its defects go."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import cast

from cfglint.analysis.haproxy_verdict.defect import Defect, Kind
from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.source import Span
from cfglint.syntax.haproxy_keywords import ALL

_NONE: AbstractSet[int] = frozenset()

PROXIES = ("defaults", "frontend", "listen", "backend")
"""The sections that share the proxies' words."""


@dataclass(eq=False)
class Reference:
    """A name used on a line, to be looked up when every section is known.

    Attributes:
        sort: what is named: ``backend``, ``resolvers``, ``userlist``, ``table``, …
        name: the name.
        line: the line that uses it.
        index: which of its words.
        out: for a table, the type of the sample that is looked up in it; empty when it is not known.
    """

    sort: str
    name: str
    line: Line
    index: int
    out: str = ""


@dataclass(eq=False)
class Scope:
    """A section while it is read, with what later lines and the checks at the end need.

    Attributes:
        kind: ``frontend``, ``global``, …
        name: as written; empty when it has none.
        section: the section, for spans.
        parent: the ``defaults`` it inherits from.
        mode: ``tcp``, ``http``, …; None when a variable hides it.
        acls: the conditions defined so far; in a userlist the groups.
        seen: first words (with their second one for ``timeout``) and the line that set them first.
        servers: server names and their lines.
        templates: by prefix, first and last number and line of each ``server-template``.
        numbered: by the text before it, the final number of each server's name; filled once there is a template.
        rule_sets: of defaults, the sets of rules they hold; None until somebody asks.
        heirs: of defaults with rules, by kind the first section that inherits from them.
        ranks: the furthest rule class so far, for the order of rules.
        lists: every ``use_backend`` line, by first word, and every line with ``proto``.
        facts: words that say something about the whole section, e.g. ``option httplog``.
        delicate: the server lines (by identity) that need a look with ``default-server`` applied.
        header: its header while it is checked.
        stray: its header has too many words, which older versions only notice at the lines below.
        partial: a line could not be read, so what is missing here may stand in it.
    """

    kind: str
    name: str
    section: ConfigSection
    parent: Scope | None = None
    mode: str | None = "tcp"
    acls: set[str] = field(default_factory=set)
    seen: dict[str, Line] = field(default_factory=dict)
    servers: dict[str, Line] = field(default_factory=dict)
    templates: dict[str, list[tuple[int, int, Line]]] = field(default_factory=dict)
    numbered: dict[str, list[tuple[int, Line]]] = field(default_factory=dict)
    rule_sets: frozenset[str] | None = None
    heirs: dict[str, Line] = field(default_factory=dict)
    ranks: dict[str, Line] = field(default_factory=dict)
    lists: dict[str, list[Line]] = field(default_factory=dict)
    facts: dict[str, Line] = field(default_factory=dict)
    delicate: set[int] = field(default_factory=set)
    header: Line | None = None
    stray: bool = False
    partial: bool = False

    @property
    def front(self) -> bool:
        """True when it may accept connections (or stands for those that do)."""
        return self.kind in {"frontend", "listen", "defaults"}

    @property
    def back(self) -> bool:
        """True when it may have servers (or stands for those that do)."""
        return self.kind in {"backend", "listen", "defaults"}

    @property
    def label(self) -> str:
        """How messages name it: ``frontend 'web'``."""
        return f"{self.kind} {self.name!r}" if self.name else f"section {self.kind!r}"

    def inherited(self, key: str) -> Line | None:
        """The line that set a word here or in the defaults above."""
        scope: Scope | None = self
        while scope is not None:
            if key in scope.seen:
                return scope.seen[key]
            scope = scope.parent
        return None

    def knows_acl(self, name: str) -> bool:
        """True when a condition of that name was defined before, here or in the defaults above."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.acls:
                return True
            scope = scope.parent
        return False


class Line:
    """One directive while it is checked.

    Attributes:
        directive: the line.
        words: its words' texts with variables replaced, the prefix ``no`` or ``default`` left out; empty where a
            variable is unknown; ends early where it cannot be followed.
        scope: the section it stands in.
        prefix: ``no``, ``default`` or empty.
        conditional: it is not known whether the line counts, because of an ``.if``.
        open: True when more words may follow than `words` holds: a variable splits into several.
        references: names to look up later go here.
        reports: how many defects it has so far.
        shift: how many words stand before the first one here: 1 behind a prefix, else 0.
    """

    __slots__ = (
        "_hidden",
        "_report",
        "conditional",
        "directive",
        "open",
        "prefix",
        "references",
        "reports",
        "scope",
        "shift",
        "words",
    )
    words: list[str]

    def __init__(
        self, line: ConfigLine, scope: Scope, report: Callable[[Defect], None], references: list[Reference]
    ) -> None:
        self.directive = line.directive
        self.conditional = line.conditional
        self.scope = scope
        self.references = references
        self.prefix = ""
        self.open = False
        self._report = report
        self.shift = 0
        self._hidden: AbstractSet[int] = _NONE
        self.reports = 0
        # Without a variable every value is a text; the tree's own list is taken as it is.
        self.words = self._read(line) if "$" in line.directive.raw else cast("list[str]", line.values)
        if len(self.words) > 1 and self.words[0] in {"no", "default"}:
            self.prefix = self.words[0]
            self.words = self.words[1:]
            self.shift = 1

    def _read(self, line: ConfigLine) -> list[str]:
        """The words' texts; those that a variable hides are empty and noted."""
        written = line.directive.words
        words: list[str] = []
        self._hidden = hidden = set[int]()
        for index, value in enumerate(line.values):
            if isinstance(value, str):
                words.append(value)
                continue
            if index < len(written) and any(reference.splits for reference in written[index].references):
                self.open = True
                break
            hidden.add(index)
            words.append("")
        return words

    @property
    def keyword(self) -> str:
        """Its first word."""
        return self.words[0]

    @property
    def plain(self) -> bool:
        """True when no variable hides any of its words."""
        return not self._hidden and not self.open

    def known(self, index: int) -> bool:
        """True when there is such a word and no variable hides what it is."""
        return index < len(self.words) and not (self._hidden and (index + self.shift) in self._hidden)

    def get(self, index: int) -> str:
        """A word, or an empty text beyond the end."""
        return self.words[index] if index < len(self.words) else ""

    def is_end(self, index: int) -> bool:
        """True when the line certainly has no word there."""
        return index >= len(self.words) and not self.open

    def span(self, index: int, last: int | None = None) -> Span:
        """The span of its words from one index to another, both included; beyond the end, of the last word."""
        return self.directive.span_of(index + self.shift, None if last is None else last + self.shift)

    @property
    def subject(self) -> tuple[str, ...]:
        """The symbolic path: section, its name, and the first word."""
        place = (self.scope.kind, self.scope.name) if self.scope.name else (self.scope.kind,)
        return (*place, self.words[0] if self.words else self.directive.keyword)

    def fail(self, kind: Kind, index: int, message: str, fails: int = ALL, **more: object) -> None:
        """Report that daemons refuse the line because of one word (or of what is missing behind the last one).

        Args:
            kind: the sort of mistake.
            index: the word.
            message: what is wrong and what comes of it.
            fails: the branches that refuse it.
            more: further fields of `Defect`; ``last`` extends the span to that word.
        """
        self.reports += 1
        last = more.pop("last", None)
        span = self.span(index, last if isinstance(last, int) else None)
        if self.conditional:
            more["warns"] = fails | int(more.get("warns", 0))  # type: ignore[call-overload]
            more["mild"], fails = True, 0
        self._report(Defect(kind, span, self.subject, message, fails, **more))  # type: ignore[arg-type]

    def warn(self, kind: Kind, index: int, message: str, warns: int = ALL, **more: object) -> None:
        """Report that daemons warn about the line."""
        self.fail(kind, index, message, 0, warns=warns, **more)

    def refer(self, sort: str, name: str, index: int, out: str = "") -> None:
        """Note a name to be looked up at the end."""
        self.references.append(Reference(sort, name, self, index, out))

"""What a whole configuration defines, as lookups of names ask for it: each set is made once, when first asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from cfglint.analysis.haproxy_verdict.headers import Book
from cfglint.analysis.haproxy_verdict.line import Line, Scope
from cfglint.model.haproxy_filters import capture_slots
from cfglint.syntax.similar import SimilarNames


class Index:
    """The sections of a configuration, all of them read.

    Attributes:
        book: the sections by kind and name.
        globals: the ``global`` sections.
        identifiers: the line that first gave a number or GUID, by its sort, where it must be unique, and itself.
    """

    def __init__(self, scopes: list[Scope], book: Book) -> None:
        self.book = book
        self.globals = [scope for scope in scopes if scope.kind == "global"]
        self._similar: dict[tuple[str, int], SimilarNames] = {}
        self._inherited: dict[str, set[int]] = {}
        self.identifiers: dict[tuple[str, int, str], Line] = {}
        self._filters: dict[int, set[str]] = {}
        self._slots: dict[int, dict[str, int]] = {}

    def suggest(self, name: str, sort: str, scope: Scope | None = None) -> str:
        """A ``did you mean`` for a name that nothing defines; empty when no name is like it.

        Args:
            name: the name.
            sort: what it should name: ``backend``, ``frontend``, ``stick-table``, a kind of section, or with a scope
                ``server`` or ``group``.
            scope: the section that defines names of that sort.
        """
        key = (sort, id(scope))
        known = self._similar.get(key)
        if known is None:
            known = self._similar[key] = SimilarNames(self._defined(sort, scope))
        near = known.nearest(name)
        return f"did you mean {near!r}?" if near else ""

    def _defined(self, sort: str, scope: Scope | None) -> Iterable[str]:
        proxies = self.book.proxies
        if scope is not None:
            return scope.servers if sort == "server" else scope.acls
        if sort == "backend":
            return (proxy.name for proxy in proxies if proxy.back)
        if sort == "frontend":
            return (proxy.name for proxy in proxies if proxy.front)
        if sort == "stick-table":
            return (proxy.name for proxy in proxies if "stick-table" in proxy.facts)
        return (name for kind, name in self.book.others if kind == sort)

    def global_has(self, word: str) -> bool:
        """True when a global section holds a word, or may hold it in a part that is not known."""
        return any(word in scope.seen or scope.partial for scope in self.globals)

    def has_peer_table(self, section: str, table: str) -> bool:
        """True when a peers section defines a table."""
        return (section, table) in self._peer_tables

    @cached_property
    def _peer_tables(self) -> set[tuple[str, str]]:
        return {
            (name, row.text(1))
            for (kind, name), scope in self.book.others.items()
            if kind == "peers"
            for row in scope.section.all("table")
        }

    def has_filter(self, scope: Scope, name: str) -> bool:
        """True when a section has a bandwidth filter of that name."""
        names = self._filters.get(id(scope))
        if names is None:
            names = self._filters[id(scope)] = {row.text(2) for row in scope.section.all("filter")}
        return name in names

    def capture_slots(self, scope: Scope) -> dict[str, int]:
        """How many capture slots a proxy has, for requests and for responses, those of its defaults included."""
        counts = self._slots.get(id(scope))
        if counts is None:
            sections = []
            above: Scope | None = scope
            while above is not None:
                sections.append(above.section)
                above = above.parent
            counts = self._slots[id(scope)] = Counter(slot.direction for slot in capture_slots(sections))
        return counts

    def inherited_by_frontend(self, word: str, line: Line) -> bool:
        """True when a line is the one that sets a word for some frontend or listen, there or in its defaults."""
        lines = self._inherited.get(word)
        if lines is None:
            receiving = (proxy for proxy in self.book.proxies if proxy.front)
            lines = self._inherited[word] = {id(proxy.inherited(word)) for proxy in receiving}
        return id(line) in lines

    def in_use(self, line: Line) -> bool:
        """True when a line counts for some proxy with servers: it stands in one, or in defaults of one."""
        return line.scope.kind != "defaults" or id(line.scope) in self._defaults_in_use

    @cached_property
    def _defaults_in_use(self) -> set[int]:
        used: set[int] = set()
        for proxy in self.book.proxies:
            above = proxy.parent if proxy.back else None
            while above is not None and id(above) not in used:
                used.add(id(above))
                above = above.parent
        return used

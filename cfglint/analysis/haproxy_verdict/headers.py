"""Section headers: names, ``from``, the old form with an address, and duplicate names."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.analysis.haproxy_verdict.inherited_rules import check_inherited_rules
from cfglint.analysis.haproxy_verdict.line import Line, Scope
from cfglint.analysis.haproxy_verdict.servers import check_name
from cfglint.analysis.haproxy_verdict.shapes import no_more_than
from cfglint.model.haproxy_lines import ConfigLine
from cfglint.syntax.haproxy_keywords import ALL, lookup

_FROM_3_4 = ALL & ~0b11111
_FROM_3_2 = ALL & ~0b1111
_ALONE = _FROM_3_2 | 0b100
"""The branches that refuse the old header even when nothing follows it; the others only its lines."""

_IN_3_2 = 0b10000
_UP_TO_3_2 = ALL & ~_FROM_3_4
_NO_FURTHER = {
    "global": 1, "userlist": 2, "peers": 2, "cache": 2, "log-forward": 2, "fcgi-app": 2, "traces": 1, "crt-store": 2,
    "log-profile": 2, "acme": 2,
}  # fmt: skip
"""How many words the headers may have that take no more."""

_NAMED = frozenset(
    {"peers", "resolvers", "mailers", "userlist", "cache", "ring", "log-forward", "fcgi-app", "http-errors"}
    | {"program", "log-profile", "acme", "healthcheck"}
)
_FREELY_NAMED = frozenset({"cache", "program", "acme"})
_MAYBE_NAMED = frozenset({"crt-store"})
_UNIQUE = frozenset(
    {"peers", "resolvers", "mailers", "ring", "cache", "http-errors", "log-forward", "fcgi-app", "log-profile", "acme"}
    | {"healthcheck"}
)


@dataclass(eq=False)
class Book:
    """The sections read so far, by kind and name.

    Attributes:
        proxies: frontends, backends and listens, in order.
        by_name: the same by name.
        defaults: named defaults; the last of each name.
        last_defaults: the one that proxies without ``from`` inherit from.
        doubled: names of defaults that were given twice, with the first one's line.
        referenced: names of defaults used by ``from``.
        others: sections of other kinds by kind and name.
    """

    proxies: list[Scope] = field(default_factory=list)
    by_name: dict[str, list[Scope]] = field(default_factory=dict)
    defaults: dict[str, Scope] = field(default_factory=dict)
    last_defaults: Scope | None = None
    doubled: dict[str, ConfigLine] = field(default_factory=dict)
    referenced: set[str] = field(default_factory=set)
    others: dict[tuple[str, str], Scope] = field(default_factory=dict)

    def proxy(self, name: str, *kinds: str) -> Scope | None:
        """The first proxy of a name that is of one of these kinds."""
        return next((scope for scope in self.by_name.get(name, ()) if scope.kind in kinds), None)


def open_section(line: Line, scope: Scope, book: Book) -> None:
    """Check a header and enter its section into the book."""
    kind = scope.kind
    if kind in _NO_FURTHER:
        no_more_than(line, _NO_FURTHER[kind])
    row = lookup("section", kind)
    if row is not None and row.where(".-"):
        gone = row.versions[0] in "kd"
        message = f"HAProxy refuses a section {kind!r} as unknown"
        line.fail("removed" if gone else "too-new", 0, message, row.where(".-"))
    if kind in {"frontend", "backend", "listen"}:
        _open_proxy(line, scope, book)
        check_inherited_rules(line, scope)
    elif kind == "defaults":
        _open_defaults(line, scope, book)
        check_inherited_rules(line, scope)
    elif kind in _NAMED or kind in _MAYBE_NAMED:
        _open_other(line, scope, book)


def _open_other(line: Line, scope: Scope, book: Book) -> None:
    if line.is_end(1):
        if scope.kind in _NAMED:
            line.fail("name", 0, f"a section {scope.kind!r} needs a name; HAProxy refuses it")
        return
    if not line.known(1):
        return
    if scope.kind in _NAMED - _FREELY_NAMED:
        check_name(line, 1, f"the name of a section {scope.kind!r}")
    if scope.kind == "acme":
        line.refer("experimental", "acme", 0)
    first = book.others.setdefault((scope.kind, scope.name), scope)
    if first is not scope and scope.kind in _UNIQUE:
        line.fail(
            "duplicate",
            1,
            f"there are two sections {scope.kind} {scope.name!r}; HAProxy refuses the second one",
            related=(("the first one", first.section.header.span),),
        )


def _open_proxy(line: Line, scope: Scope, book: Book) -> None:
    if line.is_end(1):
        line.fail("name", 0, f"a {scope.kind} needs a name; HAProxy refuses it")
    elif line.known(1):
        check_name(line, 1, f"the name of a {scope.kind}", _UP_TO_3_2)  # later ones say so, and go on
        _compare_names(line, scope, book)
    book.proxies.append(scope)
    book.by_name.setdefault(scope.name, []).append(scope)
    scope.parent = book.last_defaults
    if line.known(2) and (line.words[2] != "from" or line.is_end(3)):
        followed = bool(scope.section.lines)
        scope.mode = scope.parent.mode if scope.parent is not None else scope.mode
        if scope.kind == "backend":
            no_more_than(line, 2, _FROM_3_2)
            scope.stray = followed
            return
        line.fail(
            "listen-address",
            2,
            f"an address behind the name of a {scope.kind} is the old form: HAProxy refuses it",
            last=len(line.words) - 1,
            fails=ALL if followed else _ALONE,
            warns=ALL,
            help=f"put it on a line of its own: bind {line.words[2]}",
        )
        return
    if line.known(2):
        _inherit(line, scope, book, 3)
        no_more_than(line, 4)
    elif scope.parent is not None and scope.parent.name in book.referenced:
        message = (
            f"{scope.label} takes the values of defaults {scope.parent.name!r}, which other proxies name explicitly"
        )
        line.fail("reference", 1, message, 0b10, warns=ALL & ~0b11, help=f"add 'from {scope.parent.name}'")
    if scope.parent is not None:
        scope.mode = scope.parent.mode


def _compare_names(line: Line, scope: Scope, book: Book) -> None:
    base = book.defaults.get(scope.name)
    if base is not None:
        _shared_with_defaults(line, base, scope)
    others = book.by_name.get(scope.name, ())
    # A frontend and a backend may share a name up to 3.2: the worse conflict counts.
    for other in sorted(others, key=lambda other: {other.kind, scope.kind} == {"frontend", "backend"})[:1]:
        related = ((f"the {other.kind}", other.section.header.span),)
        if {other.kind, scope.kind} == {"frontend", "backend"}:
            line.fail(
                "duplicate",
                1,
                f"a {other.kind} is called {scope.name!r} too: 3.2 warns, from 3.4 on HAProxy refuses it",
                _FROM_3_4,
                warns=_IN_3_2,
                related=related,
                help="rename one of them, and what refers to it",
            )
        else:
            line.fail(
                "duplicate",
                1,
                f"{scope.label} has the name of a {other.kind} above; HAProxy refuses it",
                _FROM_3_2 if (other.kind, scope.kind) == ("backend", "listen") else ALL,
                related=related,
                help="rename one of them",
            )
        return


def _shared_with_defaults(line: Line, other: Scope, scope: Scope) -> None:
    line.fail(
        "duplicate",
        1,
        f"{scope.label} has the name of a {other.kind} section above: 3.2 warns, from 3.4 on HAProxy refuses it",
        _FROM_3_4,
        warns=_IN_3_2,
        related=((f"the {other.kind} section", other.section.header.span),),
        help="rename one of them, and what refers to it",
    )


def _inherit(line: Line, scope: Scope, book: Book, index: int) -> None:
    """Follow ``from NAME``."""
    if not line.known(index):
        scope.parent = None
        scope.mode = None
        scope.partial = True
        return
    name = line.words[index]
    scope.parent = book.defaults.get(name)
    if scope.parent is None:
        line.fail(
            "reference",
            index,
            f"no defaults section above is called {name!r}; HAProxy refuses {scope.label}",
            help="a defaults section must stand above the sections that name it",
        )
        scope.partial = True
        return
    if name in book.doubled:
        line.fail(
            "duplicate",
            index,
            f"two defaults sections are called {name!r}, so it is not clear which one is meant: up to 3.2 HAProxy"
            " refuses it, and from 3.4 on it takes the last one",
            _UP_TO_3_2,
            warns=_FROM_3_4,
            related=(("the first one", book.doubled[name].span),),
        )
    book.referenced.add(name)


def _open_defaults(line: Line, scope: Scope, book: Book) -> None:
    index = 2
    if line.get(1) == "from" and not line.is_end(2) and line.is_end(3):
        scope.name, index = "", 1
    if line.known(index) and line.words[index] == "from" and line.is_end(index + 1) and index == 2:
        message = f"'from' needs the name of a defaults section; HAProxy refuses defaults {scope.name!r}"
        line.fail("argument-missing", index, message)
    if line.known(index) and line.words[index] == "from" and not line.is_end(index + 1):
        _inherit(line, scope, book, index + 1)
        if scope.parent is not None:
            scope.mode = scope.parent.mode
    if scope.name and line.known(1) and scope.name in book.by_name:
        _shared_with_defaults(line, book.by_name[scope.name][0], scope)
    if scope.name and scope.name in book.defaults:
        book.doubled.setdefault(scope.name, book.defaults[scope.name].section.header)
    if scope.name:
        book.defaults[scope.name] = scope
    book.last_defaults = scope

"""Names that lines refer to: does anything define them?"""

from __future__ import annotations

import difflib

from cfglint.analysis.haproxy_verdict.formats import LOG, check_format
from cfglint.analysis.haproxy_verdict.headers import Book
from cfglint.analysis.haproxy_verdict.line import Line, Reference, Scope

_SECTIONS = {
    "resolvers": "resolvers",
    "userlist": "userlist",
    "peers": "peers",
    "mailers": "mailers",
    "cache": "cache",
    "http-errors": "http-errors",
    "fcgi-app": "fcgi-app",
}


def resolve(reference: Reference, scopes: list[Scope], book: Book) -> None:
    """Report a name that nothing defines."""
    sort, line, name = reference.sort, reference.line, reference.name
    scope = line.scope
    if sort in _SECTIONS:
        _section(reference, book)
    elif sort in {"default_backend", "use_backend"}:
        _backend_rule(reference, book)
    elif sort == "service":
        _service(reference, scopes)
    elif sort == "log-format":
        if line.known(1) and len(line.words) == 2 and _inherited_by_frontend(line, name, book):
            check_format(line, 1, None if name == "unique-id-format" else LOG)
    elif sort == "bwlim":
        _bandwidth_filter(reference)
    elif sort == "user":
        if name and f"user {name}" not in scope.facts:
            line.fail(
                "reference", reference.index, f"{scope.label} has no user {name!r}; HAProxy refuses the configuration"
            )
    elif sort == "group":
        if name and name not in scope.acls:
            message = f"{scope.label} has no group {name!r}; HAProxy refuses the configuration"
            line.fail("reference", reference.index, message, help=_near(name, sorted(scope.acls)))
    elif sort == "lua":
        _lua(reference, scopes)
    elif sort == "experimental":
        if not _global_has(scopes, "expose-experimental-directives"):
            message = f"{name!r} is experimental; HAProxy refuses it unless the global section allows such words"
            line.fail("reference", reference.index, message, help="add expose-experimental-directives to global")
    elif sort == "external-check":
        if not _global_has(scopes, "external-check") and _in_use(line, book):
            message = "'option external-check' needs 'external-check' in the global section; HAProxy refuses it"
            line.fail("reference", reference.index, message)
    elif scope.kind != "defaults":
        _proxy_name(reference, book)


def _inherited_by_frontend(line: Line, word: str, book: Book) -> bool:
    return any(proxy.inherited(word) is line for proxy in book.proxies if proxy.kind in {"frontend", "listen"})


def _bandwidth_filter(reference: Reference) -> None:
    line, name = reference.line, reference.name
    scope: Scope | None = line.scope
    while scope is not None:
        if scope.partial or any(row.text(2) == name for row in scope.section.all("filter")):
            return
        scope = scope.parent
    if line.scope.kind != "defaults":
        message = f"{line.scope.label} has no bandwidth filter {name!r}; HAProxy refuses the configuration"
        line.fail("reference", reference.index, message, help="add: filter bwlim-in NAME … or filter bwlim-out NAME …")


def _global_has(scopes: list[Scope], word: str) -> bool:
    return any(scope.kind == "global" and (word in scope.seen or scope.partial) for scope in scopes)


def _in_use(line: Line, book: Book) -> bool:
    """True when a line counts for some proxy: it stands in one, or in defaults that one inherits from."""
    if line.scope.kind != "defaults":
        return True
    return any(_inherits(scope, line.scope) for scope in book.proxies if scope.back)


def _inherits(scope: Scope, base: Scope) -> bool:
    parent = scope.parent
    while parent is not None:
        if parent is base:
            return True
        parent = parent.parent
    return False


def _near(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]!r}?" if close else ""


def _section(reference: Reference, book: Book) -> None:
    kind, name, line = reference.sort, reference.name, reference.line
    if (kind, name) in book.others:
        return
    if line.scope.kind == "defaults" and not _in_use(line, book):
        return
    if kind == "cache" and line.scope.kind == "defaults":
        return
    if not name:
        line.fail("reference", reference.index, f"the name of a {kind} section is missing; HAProxy refuses it")
        return
    names = [known for sort, known in book.others if sort == kind]
    message = f"no section {kind} {name!r} exists; HAProxy refuses the configuration"
    line.fail("reference", reference.index, message, help=_near(name, names))


def _backend_rule(reference: Reference, book: Book) -> None:
    line, name = reference.line, reference.name
    scope = line.scope
    if reference.sort == "default_backend" and scope.seen.get("default_backend") is not line:
        return  # a later line replaces it
    if scope.kind == "defaults" and not any(
        proxy.inherited("default_backend") is line for proxy in book.proxies if proxy.kind in {"frontend", "listen"}
    ):
        return
    target = book.proxy(name, "backend", "listen")
    if target is not None:
        if target is scope and reference.sort == "default_backend":
            message = f"{scope.label} is its own default_backend: a loop, which HAProxy refuses"
            line.fail("reference", reference.index, message)
        return
    names = [proxy.name for proxy in book.proxies if proxy.kind in {"backend", "listen"}]
    what = "is no backend" if book.proxy(name, "frontend") is not None else "does not exist"
    message = f"backend {name!r}, which {reference.sort} names, {what}; HAProxy refuses the configuration"
    line.fail("reference", reference.index, message, help=_near(name, names))


def _service(reference: Reference, scopes: list[Scope]) -> None:
    name = reference.name
    if name in {"prometheus-exporter", "haterm"}:
        return
    if name.startswith("lua."):
        _lua(reference, scopes)
    else:
        reference.line.fail("reference", reference.index, f"there is no service {name!r}; HAProxy refuses it")


def _lua(reference: Reference, scopes: list[Scope]) -> None:
    if any(_global_has(scopes, word) for word in ("lua-load", "lua-load-per-thread")):
        return
    message = f"{reference.name!r} comes from a Lua file, but no 'lua-load' in the global section loads one"
    reference.line.fail("reference", reference.index, f"{message}; HAProxy refuses it")


def _proxy_name(reference: Reference, book: Book) -> None:
    sort, name, line = reference.sort, reference.name, reference.line
    scope = line.scope
    if sort == "table":
        _table(reference, book)
    elif sort in {"server", "track", "use-server"}:
        _server(reference, book)
    elif sort == "backend":
        if not name and not scope.back:
            message = f"{scope.label} has no servers: the name of a backend is missing in the brackets"
            line.fail("reference", reference.index, f"{message}; HAProxy refuses it")
        elif name and book.proxy(name, "backend", "listen") is None:
            names = [proxy.name for proxy in book.proxies if proxy.back]
            message = f"no backend is called {name!r}; HAProxy refuses the configuration"
            line.fail("reference", reference.index, message, help=_near(name, names))
    elif sort == "frontend" and name and book.proxy(name, "frontend", "listen") is None:
        names = [proxy.name for proxy in book.proxies if proxy.front]
        message = f"no frontend is called {name!r}; HAProxy refuses the configuration"
        line.fail("reference", reference.index, message, help=_near(name, names))


def _table(reference: Reference, book: Book) -> None:
    name, line = reference.name or reference.line.scope.name, reference.line
    owners = book.by_name.get(name, [])
    if any("stick-table" in owner.facts or owner.partial for owner in owners):
        return
    section, slash, table = name.partition("/")
    peers = book.others.get(("peers", section)) if slash else None
    if peers is not None and any(list(row.values[:2]) == ["table", table] for row in peers.section.lines):
        return
    names = [proxy.name for proxy in book.proxies if "stick-table" in proxy.facts]
    message = (
        f"{line.scope.label} has no stick-table of its own, and none is named here"
        if not reference.name
        else f"proxy {name!r} has no stick-table"
        if owners
        else f"there is no stick-table {name!r}"
    )
    line.fail("reference", reference.index, f"{message}; HAProxy refuses the configuration", help=_near(name, names))


def _server(reference: Reference, book: Book) -> None:
    line = reference.line
    proxy_name, slash, server = reference.name.rpartition("/")
    scope: Scope | None = line.scope
    if slash:
        scope = book.proxy(proxy_name, "backend", "listen")
        if scope is None:
            message = f"no backend is called {proxy_name!r}; HAProxy refuses the configuration"
            line.fail("reference", reference.index, message)
            return
    if scope is None or scope.partial or server in scope.servers:
        return
    if any(row.keyword == "server-template" for row in scope.section.lines):
        return
    message = f"{scope.label} has no server {server!r}; HAProxy refuses the configuration"
    line.fail("reference", reference.index, message, help=_near(server, list(scope.servers)))

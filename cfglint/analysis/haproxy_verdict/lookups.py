"""Names that lines refer to: does anything define them?"""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.formats import LOG, check_format
from cfglint.analysis.haproxy_verdict.index import Index
from cfglint.analysis.haproxy_verdict.line import Line, Reference, Scope
from cfglint.analysis.haproxy_verdict.proxy_names import (
    check_capture,
    check_engine,
    check_server_name,
)
from cfglint.analysis.haproxy_verdict.samples import uncast
from cfglint.syntax.haproxy_keywords import ALL

_KEYS = {"ip": "ipv4", "ipv6": "ipv6", "integer": "sint", "string": "str", "binary": "bin"}
"""The type of sample that each type of table holds."""

_IN_3_2 = 0b10000
_SECTIONS = {
    "resolvers": "resolvers",
    "userlist": "userlist",
    "peers": "peers",
    "mailers": "mailers",
    "cache": "cache",
    "http-errors": "http-errors",
    "fcgi-app": "fcgi-app",
    "healthcheck": "healthcheck",
}


def resolve(reference: Reference, index: Index) -> None:
    """Report a name that nothing defines."""
    sort, line, name = reference.sort, reference.line, reference.name
    scope = line.scope
    if sort in _SECTIONS:
        _section(reference, index)
    elif sort in {"default_backend", "use_backend"}:
        _backend_rule(reference, index)
    elif sort == "service":
        _service(reference, index)
    elif sort == "log-format":
        if line.known(1) and len(line.words) == 2 and index.inherited_by_frontend(name, line):
            check_format(line, 1, None if name == "unique-id-format" else LOG)
    elif sort == "capture":
        check_capture(reference, index)
    elif sort == "bwlim":
        _bandwidth_filter(reference, index)
    elif sort == "user":
        if name and f"user {name}" not in scope.facts:
            line.fail(
                "reference", reference.index, f"{scope.label} has no user {name!r}; HAProxy refuses the configuration"
            )
    elif sort == "group":
        if name and name not in scope.acls:
            message = f"{scope.label} has no group {name!r}; HAProxy refuses the configuration"
            hint = index.suggest(name, "group", scope)
            # 3.2 says so, too, but goes on.
            line.fail("reference", reference.index, message, ALL & ~_IN_3_2, warns=_IN_3_2, help=hint)
    elif sort in {"id", "guid"}:
        _identifier(reference, index)
    elif sort == "lua":
        _lua(reference, index)
    elif sort == "experimental":
        if not index.global_has("expose-experimental-directives"):
            message = f"{name!r} is experimental; HAProxy refuses it unless the global section allows such words"
            line.fail("reference", reference.index, message, help="add expose-experimental-directives to global")
    elif sort == "external-check":
        if not index.global_has("external-check") and index.in_use(line):
            message = "'option external-check' needs 'external-check' in the global section; HAProxy refuses it"
            line.fail("reference", reference.index, message)
    elif scope.kind != "defaults":
        _proxy_name(reference, index)


def _bandwidth_filter(reference: Reference, index: Index) -> None:
    line, name = reference.line, reference.name
    scope: Scope | None = line.scope
    while scope is not None:
        if scope.partial or index.has_filter(scope, name):
            return
        scope = scope.parent
    if line.scope.kind != "defaults":
        message = f"{line.scope.label} has no bandwidth filter {name!r}; HAProxy refuses the configuration"
        line.fail("reference", reference.index, message, help="add: filter bwlim-in NAME … or filter bwlim-out NAME …")


def _identifier(reference: Reference, index: Index) -> None:
    """Report a number or GUID that an earlier line has: numbers of servers and binds count within their section."""
    line, sort, name = reference.line, reference.sort, reference.name
    what = line.words[0] if sort == "id" and line.words[0] != "id" else "proxy"
    place = 0 if sort == "guid" or what == "proxy" else id(line.scope)
    first = index.identifiers.setdefault((f"{sort} of {what}" if sort == "id" else sort, place, name), line)
    if first is not line:
        message = f"{sort} {name!r} is given twice; HAProxy refuses the second"
        line.fail("duplicate", reference.index, message, related=(("the first one", first.directive.span),))


def _section(reference: Reference, index: Index) -> None:
    kind, name, line = reference.sort, reference.name, reference.line
    if (kind, name) in index.book.others:
        return
    if line.scope.kind == "defaults" and not index.in_use(line):
        return
    if kind == "cache" and line.scope.kind == "defaults":
        return
    if not name:
        line.fail("reference", reference.index, f"the name of a {kind} section is missing; HAProxy refuses it")
        return
    message = f"no section {kind} {name!r} exists; HAProxy refuses the configuration"
    line.fail("reference", reference.index, message, help=index.suggest(name, kind))


def _backend_rule(reference: Reference, index: Index) -> None:
    line, name = reference.line, reference.name
    scope = line.scope
    if reference.sort == "default_backend" and scope.seen.get("default_backend") is not line:
        return  # a later line replaces it
    if scope.kind == "defaults" and not index.inherited_by_frontend("default_backend", line):
        return
    target = index.book.proxy(name, "backend", "listen")
    if target is not None:
        if target is scope and reference.sort == "default_backend":
            message = f"{scope.label} is its own default_backend: a loop, which HAProxy refuses"
            line.fail("reference", reference.index, message)
        return
    what = "is no backend" if index.book.proxy(name, "frontend") is not None else "does not exist"
    message = f"backend {name!r}, which {reference.sort} names, {what}; HAProxy refuses the configuration"
    line.fail("reference", reference.index, message, help=index.suggest(name, "backend"))


def _service(reference: Reference, index: Index) -> None:
    name = reference.name
    if name in {"prometheus-exporter", "haterm"}:
        return
    if name.startswith("lua."):
        _lua(reference, index)
    else:
        reference.line.fail("reference", reference.index, f"there is no service {name!r}; HAProxy refuses it")


def _lua(reference: Reference, index: Index) -> None:
    if any(index.global_has(word) for word in ("lua-load", "lua-load-per-thread")):
        return
    message = f"{reference.name!r} comes from a Lua file, but no 'lua-load' in the global section loads one"
    reference.line.fail("reference", reference.index, f"{message}; HAProxy refuses it")


def _proxy_name(reference: Reference, index: Index) -> None:
    sort, name, line = reference.sort, reference.name, reference.line
    scope = line.scope
    if sort == "table":
        _table(reference, index)
    elif sort in {"server", "track", "use-server"}:
        check_server_name(reference, index)
    elif sort == "spoe-engine":
        check_engine(reference)
    elif sort == "backend":
        if not name and not scope.back:
            message = f"{scope.label} has no servers: the name of a backend is missing in the brackets"
            line.fail("reference", reference.index, f"{message}; HAProxy refuses it")
        elif name and index.book.proxy(name, "backend", "listen") is None:
            message = f"no backend is called {name!r}; HAProxy refuses the configuration"
            line.fail("reference", reference.index, message, help=index.suggest(name, "backend"))
    elif sort == "frontend" and name and index.book.proxy(name, "frontend", "listen") is None:
        message = f"no frontend is called {name!r}; HAProxy refuses the configuration"
        line.fail("reference", reference.index, message, help=index.suggest(name, "frontend"))


def _table(reference: Reference, index: Index) -> None:
    name, line = reference.name or reference.line.scope.name, reference.line
    owners = index.book.by_name.get(name, [])
    tables = [owner.facts["stick-table"] for owner in owners if "stick-table" in owner.facts]
    if tables:
        _key_type(reference, tables[0])
    if tables or any(owner.partial for owner in owners):
        return
    section, slash, table = name.partition("/")
    if slash and index.has_peer_table(section, table):
        return
    message = (
        f"{line.scope.label} has no stick-table of its own, and none is named here"
        if not reference.name
        else f"proxy {name!r} has no stick-table"
        if owners
        else f"there is no stick-table {name!r}"
    )
    hint = index.suggest(name, "stick-table")
    line.fail("reference", reference.index, f"{message}; HAProxy refuses the configuration", help=hint)


def _key_type(reference: Reference, table: Line) -> None:
    """Report a sample of a type that cannot become a key of the table."""
    at = table.words.index("type") + 1 if "type" in table.words else len(table.words)
    refusing = uncast(reference.out, _KEYS.get(table.get(at), "")) if table.known(at) else 0
    if refusing:
        message = f"a value of type {reference.out} is no key for this stick-table, whose type is {table.words[at]!r}"
        related = (("the table", table.directive.span),)
        reference.line.fail("reference", reference.index, f"{message}; HAProxy refuses it", refusing, related=related)

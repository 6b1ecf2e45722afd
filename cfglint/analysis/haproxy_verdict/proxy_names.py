"""Names and numbers that count for one proxy: servers, those of templates too, capture slots, SPOE engines."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.index import Index
from cfglint.analysis.haproxy_verdict.line import Reference, Scope
from cfglint.model.haproxy_filters import filters_of
from cfglint.model.haproxy_lines import ConfigLine
from cfglint.model.haproxy_server import template_makes, template_range


def check_server_name(reference: Reference, index: Index) -> None:
    """Look up a server: ``NAME`` in the same proxy, or ``PROXY/NAME``."""
    line = reference.line
    proxy_name, slash, server = reference.name.rpartition("/")
    scope: Scope | None = line.scope
    if slash:
        scope = index.book.proxy(proxy_name, "backend", "listen")
        if scope is None:
            message = f"no backend is called {proxy_name!r}; HAProxy refuses the configuration"
            line.fail("reference", reference.index, message)
            return
    if scope is None or scope.partial or server in scope.servers:
        return
    templates = scope.section.all("server-template")
    if any(_may_make(template, server) for template in templates):
        return
    message = f"{scope.label} has no server {server!r}; HAProxy refuses the configuration"
    line.fail("reference", reference.index, message, help=index.suggest(server, "server", scope))


def _may_make(template: ConfigLine, name: str) -> bool:
    """True when a template makes a server of a name, or may, since a variable hides what it makes."""
    prefix, numbers = template.text(1), template_range(template.text(2))
    return not prefix or numbers is None or template_makes(prefix, numbers, name)


def check_capture(reference: Reference, index: Index) -> None:
    """Look up the slot that ``capture … id N`` names: ``request N`` or ``response N``."""
    line, scope = reference.line, reference.line.scope
    direction, _, number = reference.name.partition(" ")
    unused = scope.kind == "defaults" and not any(_inherits(proxy, scope) for proxy in index.book.proxies)
    if not scope.front or scope.partial or unused:
        return
    count = index.capture_slots(scope).get(direction, 0)
    if int(number) < count:
        return
    have = f"has {count}" if count else "has none"
    message = f"there is no {direction} capture slot {number}: {scope.label} {have}, counted from 0"
    line.fail(
        "reference",
        reference.index,
        f"{message}; HAProxy refuses the configuration",
        help=f"declare one: declare capture {direction} len LENGTH",
    )


def check_engine(reference: Reference) -> None:
    """Look up the engine that ``send-spoe-group`` names."""
    line, scope = reference.line, reference.line.scope
    engines = [item.name for item in filters_of(scope.section) if item.kind == "spoe"]
    if scope.partial or any(not isinstance(name, str) or name == reference.name for name in engines):
        return
    message = f"{scope.label} has no SPOE engine {reference.name!r}; HAProxy refuses the configuration"
    line.fail("reference", reference.index, message, help="add: filter spoe engine NAME config FILE")


def _inherits(proxy: Scope, defaults: Scope) -> bool:
    above = proxy.parent
    while above is not None and above is not defaults:
        above = above.parent
    return above is defaults

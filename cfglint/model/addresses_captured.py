"""Interfaces, addresses and routes as the running host showed them: a capture beats every file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.model.address_text import add_route
from cfglint.model.host_addresses import HostAddress, HostAddresses, Scope
from cfglint.source import SourceFile
from cfglint.syntax.ip_output import ShownAddress, ShownLink, read_addresses, read_routes
from cfglint.tree import NodeTree

FOLDERS = ("", "sos_commands/networking", "captured", "state", "capture")
ADDRESS_WORDS = frozenset({"a", "addr", "address", "addresses"})
ROUTE_WORDS = frozenset({"r", "ro", "route", "routes"})
OTHER_WORDS = frozenset(
    {"show", "list", "ls", "table", "all", "txt", "json", "out", "log", "j", "d", "o", "s", "4", "br"}
)
SCOPES: dict[str, Scope] = {"host": "host", "link": "link"}


def read_captures(tree: NodeTree, host: HostAddresses) -> None:
    """Replace what the files tell by what captures of ``ip addr`` and ``ip route`` show."""
    shown = list(_sources(tree, ADDRESS_WORDS))
    if shown:
        host.addresses = []
        for source in shown:
            _take_addresses(source, host)
    routed = list(_sources(tree, ROUTE_WORDS))
    if routed:
        host.default_routes, host.routes = [], []
    for source in routed:
        host.files.append(source.path)
        for route in read_routes(source):
            if route.words.table in {"local", "255"}:
                continue
            add_route(route.words, route.words.device, route.span, host, on_link=route.on_link)


def _take_addresses(source: SourceFile, host: HostAddresses) -> None:
    host.files.append(source.path)
    known = set(host.addresses)
    for entry in read_addresses(source):
        if isinstance(entry, ShownLink):
            host.interfaces[entry.name] = entry.span
            host.mentioned.add(entry.name)
            host.captured_interfaces = True
        elif isinstance(entry, ShownAddress):
            scope = SCOPES.get(entry.scope, "global")
            found = HostAddress(entry.interface, entry.address, entry.span, scope, entry.label, "capture")
            if found not in known:
                known.add(found)
                host.addresses.append(found)
    host.captured = host.captured or host.captured_interfaces


def _sources(tree: NodeTree, objects: frozenset[str]) -> Iterator[SourceFile]:
    """The captures of ``ip``'s objects: files named after the command, e.g. ``ip-j-addr.json``, ``ip_-d_address``."""
    for folder in FOLDERS:
        for path in tree.files(folder, "ip*"):
            first, *words = re.split(r"[-_. ]+", path.rsplit("/", 1)[-1])
            named = [word for word in words if word not in OTHER_WORDS]
            if first == "ip" and len(named) == 1 and named[0] in objects:
                source = tree.read(path)
                if source is not None:
                    yield source

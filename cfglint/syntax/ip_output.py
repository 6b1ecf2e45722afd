"""What ``ip addr`` and ``ip route`` print, as text and as JSON (``ip -j``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any

from cfglint.source import SourceFile, Span
from cfglint.syntax.ip_command import RouteWords, read_route

LINK = re.compile(r"\d+:\s+([^\s:@]+)(?:@\S+)?:\s+<([^>]*)>")
ONE_LINE = re.compile(r"\d+:\s+([^\s:@]+)(?:@\S+)?\s+(inet6?)\s+(\S+)(.*)")
INET = re.compile(r"\s+(inet6?)\s+(\S+)(.*)")


@dataclass(frozen=True, slots=True)
class ShownLink:
    """One interface that is shown, with its flags (``NOARP``, ``UP``, …)."""

    name: str
    flags: frozenset[str]
    span: Span


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """One address that is shown."""

    interface: str
    address: IPv4Interface | IPv6Interface
    scope: str
    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class ShownRoute:
    """One route that is shown, with its line."""

    words: RouteWords
    on_link: bool
    span: Span


def is_json(source: SourceFile) -> bool:
    """True when a capture is JSON."""
    return source.text.lstrip().startswith("[")


def read_addresses(source: SourceFile) -> Iterator[ShownLink | ShownAddress]:
    """The interfaces and addresses of a capture; what does not read is left out."""
    yield from _json_addresses(source) if is_json(source) else _text_addresses(source)


def read_routes(source: SourceFile) -> Iterator[ShownRoute]:
    """The routes of a capture; what does not read is left out."""
    if is_json(source):
        for entry in _json_list(source):
            line = _route_line(entry)
            route = read_route(line)
            if route is not None:
                yield ShownRoute(
                    route, "onlink" in (entry.get("flags") or ()), _find(source, str(entry.get("gateway")))
                )
        return
    for number in range(1, len(source.lines) + 1):
        text = source.line(number)
        words = text.split()
        route = read_route(words) if words and not text[0].isspace() else None
        if route is not None:
            yield ShownRoute(route, "onlink" in words, source.line_span(number))


def _text_addresses(source: SourceFile) -> Iterator[ShownLink | ShownAddress]:
    device = ""
    for number in range(1, len(source.lines) + 1):
        text = source.line(number)
        link = LINK.match(text)
        if link is not None:
            device = link[1]
            yield ShownLink(device, frozenset(link[2].split(",")), source.line_span(number))
            continue
        one_line = ONE_LINE.match(text)
        if one_line is not None:
            device, rest, written = one_line[1], one_line[4], one_line[3]
            yield ShownLink(device, frozenset(), source.line_span(number))
        else:
            found = INET.match(text)
            if found is None or not device:
                continue
            written, rest = found[2], found[3]
        address = _interface(written)
        if address is not None:
            words = rest.split("\\")[0].split()
            scope = words[words.index("scope") + 1] if "scope" in words[:-1] else "global"
            label = words[-1] if words and ":" in words[-1] and words[-1].split(":")[0] == device else ""
            start = text.index(written)
            yield ShownAddress(device, address, scope, label, source.span(number, start, start + len(written)))


def _json_addresses(source: SourceFile) -> Iterator[ShownLink | ShownAddress]:
    for entry in _json_list(source):
        name = entry.get("ifname")
        if not isinstance(name, str):
            continue
        flags = entry.get("flags")
        yield ShownLink(name, frozenset(map(str, flags if isinstance(flags, list) else ())), _find(source, name))
        details = entry.get("addr_info")
        for item in details if isinstance(details, list) else ():
            if not isinstance(item, dict) or "local" not in item:
                continue
            local = str(item["local"])
            address = _interface(f"{local}/{item.get('prefixlen', '')}".rstrip("/"))
            if address is not None:
                label = str(item.get("label") or "")
                label = label if ":" in label else ""
                yield ShownAddress(name, address, str(item.get("scope", "global")), label, _find(source, local))


def _json_list(source: SourceFile) -> list[dict[str, Any]]:
    try:
        found = json.loads(source.text)
    except (ValueError, RecursionError):
        return []
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _route_line(entry: dict[str, Any]) -> list[str]:
    line = [str(entry["type"])] if "type" in entry else []
    line.append(str(entry.get("dst", "")))
    for key, word in (("gateway", "via"), ("dev", "dev"), ("table", "table"), ("metric", "metric"), ("prefsrc", "src")):
        if key in entry:
            line += [word, str(entry[key])]
    return line


def _find(source: SourceFile, text: str) -> Span:
    """The first place of a quoted text in a JSON capture; the whole file where it is not found."""
    place = source.text.find(f'"{text}"')
    if place < 0:
        return source.whole
    line = source.text.count("\n", 0, place) + 1
    column = place - (source.text.rfind("\n", 0, place) + 1) + 1
    return source.span(line, column, column + len(text))


def _interface(text: str) -> IPv4Interface | IPv6Interface | None:
    try:
        return ip_interface(text)
    except ValueError:
        return None

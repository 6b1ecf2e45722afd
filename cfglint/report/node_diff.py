"""How two nodes differ in what their files mean: effective values, not lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from cfglint.model.node import Node
from cfglint.model.value import MASK
from cfglint.report.coverage import counted
from cfglint.report.options import RenderOptions
from cfglint.report.styled import Line, render_lines
from cfglint.report.understood import node_values

OWN = frozenset(
    {
        "priority",
        "state",
        "router_id",
        "config_id",
        "unicast_source",
        "unicast_peers",
        "multicast_source",
        "smtp_from",
        "notification_email_from",
        "hostname",
    }
)
"""Fields in which the nodes of a pair differ by design."""

_KEYS = ("label", "name", "key", "address", "relative", "kind")
_SKIPPED = ("span", "spans", "written", "root", "files", "sources", "worlds", "origin", "boot_is_certain", "problems")
_PARTS = ("role", "keepalived", "haproxy", "kernel")
_ABSENT = "—"
_THERE = "there"

Leaf = tuple[str, str]
"""A value in words, and the place that gives it (or none)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs.

    Attributes:
        path: where it belongs, e.g. ``("keepalived", "instances", "VI_1", "vrid")``.
        left: the first node's value and place.
        right: the second node's value and place.
    """

    path: tuple[str, ...]
    left: Leaf
    right: Leaf

    @property
    def expected(self) -> bool:
        """True when nodes of a pair differ in this by design: own addresses, priority, state and the like."""
        return self.path[0] == "addresses" or any(part in OWN for part in self.path)


def differences(left: Node, right: Node) -> list[Difference]:
    """Every value that two nodes do not share, unexpected ones first, sorted by path."""
    one, two = _compared(left), _compared(right)
    found = [
        Difference(path, one.get(path, (_ABSENT, "")), two.get(path, (_ABSENT, "")))
        for path in {**one, **two}
        if one.get(path, (_ABSENT, ""))[0] != two.get(path, (_ABSENT, ""))[0]
    ]
    whole = {entry.path for entry in found if _THERE in {entry.left[0], entry.right[0]}}
    found = [entry for entry in found if not any(entry.path[:length] in whole for length in range(1, len(entry.path)))]
    found += _passwords(left, right)
    return sorted(found, key=lambda entry: (entry.expected, entry.path))


def _compared(node: Node) -> dict[tuple[str, ...], Leaf]:
    values = node_values(node)
    addresses = values["addresses"]
    if isinstance(addresses, dict):
        addresses = {key: addresses.get(key) for key in ("configured", "default_routes")}
    return dict(_leaves({**{key: values[key] for key in _PARTS}, "addresses": addresses}, ()))


def _passwords(left: Node, right: Node) -> list[Difference]:
    """Instances of one name whose passwords differ: they look the same, being masked."""
    if left.keepalived is None or right.keepalived is None:
        return []
    others = {instance.name: instance.authentication for instance in right.keepalived.instances}
    found: list[Difference] = []
    for instance in left.keepalived.instances:
        one, two = instance.authentication, others.get(instance.name)
        if two is not None and None not in {one.password, two.password} and one.password != two.password:
            path = ("keepalived", "instances", instance.name, "authentication", "password")
            words = f"{MASK}, another one"
            found.append(
                Difference(
                    path, (words, str(one.password_span or one.span)), (words, str(two.password_span or two.span))
                )
            )
    return found


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    """Every value with its path and place; entries of lists are told apart by their names."""
    if isinstance(value, dict):
        if {"value", "written", "span"} == set(value):
            yield path, (_words(value["value"]), str(value["span"]))
            return
        if set(value) == {"unknown"}:
            yield path, (_words(value), "")
            return
        for key, part in value.items():
            if not key.endswith(_SKIPPED):
                for below, (words, place) in _leaves(part, (*path, key)):
                    yield below, (words, place or str(value.get("span", "")))
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for number, part in enumerate(value, 1):
            name = _name(part) or str(number)
            rest = {key: entry for key, entry in part.items() if entry != name} if isinstance(part, dict) else part
            yield (*path, name), (_THERE, str(rest.get("span", "")) if isinstance(rest, dict) else "")
            yield from _leaves(rest, (*path, name))
    elif value not in (None, [], {}, "", False):
        yield path, (_words(value), "")


def _name(part: object) -> str:
    if isinstance(part, dict):
        return next((str(part[key]) for key in _KEYS if isinstance(part.get(key), str) and part[key]), "")
    return str(part)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return f"unknown ({value['unknown']})" if "unknown" in value else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return ", ".join(sorted(_words(part) for part in value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def render(left: Node, right: Node, options: RenderOptions | None = None) -> str:
    """The differences for people: unexpected ones with both values and places, then those by design in short."""
    options = options or RenderOptions()
    found = differences(left, right)
    lines: list[Line] = []
    for title, expected in (("Unexpected", False), ("By design", True)):
        group = [entry for entry in found if entry.expected == expected]
        if group:
            lines.append([(title, "message")])
            lines += [line for entry in group for line in _lines(entry, left.name, right.name)]
            lines.append([])
    unexpected = sum(not entry.expected for entry in found)
    summary = f"{left.name} and {right.name}: {counted(unexpected, 'unexpected difference')}"
    lines.append([(f"{summary}, {len(found) - unexpected} by design", "" if unexpected else "good")])
    return render_lines(lines, colour=options.colour)


def _lines(entry: Difference, left: str, right: str) -> list[Line]:
    column = max(len(left), len(right))
    lines: list[Line] = [[("  " + " / ".join(entry.path), "path")]]
    for name, (words, place), style in ((left, entry.left, "removed"), (right, entry.right, "added")):
        lines.append([(f"    {name:<{column}}  ", ""), (words, style), (f"  ({place})" if place else "", "quiet")])
    return lines


def render_json(left: Node, right: Node) -> str:
    """The differences as one JSON document with a line end."""
    entries = [
        {
            "path": list(entry.path),
            "expected": entry.expected,
            "left": {"value": None if entry.left[0] == _ABSENT else entry.left[0], "at": entry.left[1] or None},
            "right": {"value": None if entry.right[0] == _ABSENT else entry.right[0], "at": entry.right[1] or None},
        }
        for entry in differences(left, right)
    ]
    document = {"version": 1, "nodes": [left.name, right.name], "differences": entries}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

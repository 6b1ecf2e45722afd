"""What was understood, as a tree for people or as JSON: what ``cfglint show`` prints."""

from __future__ import annotations

import json

from cfglint.engine.result import Result
from cfglint.report.coverage import grouped_unchecked, pairing
from cfglint.report.options import RenderOptions
from cfglint.report.prepare import make_safe
from cfglint.report.styled import Line, render_lines
from cfglint.report.understood import understood

_HEADINGS = ("name", "label", "kind", "key", "interface", "address")
"""Fields that name an entry of a list, the best first."""

_PARTS = ("keepalived", "haproxy", "kernel", "addresses", "firewall")


def render(result: Result, options: RenderOptions | None = None) -> str:
    """Nodes with their effective values, then what was compared and what was not looked at."""
    options = options or RenderOptions()
    lines: list[Line] = []
    document = understood(result)
    nodes = document["nodes"]
    for node in nodes if isinstance(nodes, list) else []:
        lines += [*_node(node), []]
    safe = make_safe(result)
    for title, entries in (
        ("Compared", pairing(result.fleet)),
        ("Not looked at", grouped_unchecked(safe.unchecked, result.fleet)),
        ("Could not be read", [(fault.where, fault.why) for fault in safe.faults]),
    ):
        if entries:
            lines += [[(title, "message")], *([("  ", ""), (name, "path"), (f": {why}", "")] for name, why in entries)]
            lines.append([])
    while lines and not lines[-1]:
        lines.pop()
    return render_lines(lines, colour=options.colour)


def render_json(result: Result, options: RenderOptions | None = None) -> str:
    """The same as one JSON document with a line end."""
    del options
    return json.dumps(understood(result), ensure_ascii=False, indent=2) + "\n"


def _node(node: dict[str, object]) -> list[Line]:
    lines: list[Line] = [[(str(node["name"]), "path"), (f" ({node['path']}): {node['role']}", "")]]
    for part in ("target", "files", *_PARTS):
        value = node[part]
        if not _is_empty(value):
            lines += _entry(part, value, 1)
    return lines


def _entry(name: str, value: object, depth: int) -> list[Line]:
    """One field: on one line when its value is short, else as a heading with its parts below."""
    indent = "  " * depth
    short = _short(value)
    if short is not None:
        return [[(f"{indent}{name}: ", "quiet"), (short, "")]]
    if isinstance(value, dict):
        lines: list[Line] = [[(f"{indent}{name}", "message")]]
        for key, part in value.items():
            if not _is_empty(part):
                lines += _entry(key, part, depth + 1)
        return lines
    if isinstance(value, list):
        return [
            [(f"{indent}{name}", "message")],
            *(line for part in value for line in _item(part, depth + 1)),
        ]
    return [[(f"{indent}{name}: {value}", "")]]


def _item(value: object, depth: int) -> list[Line]:
    indent = "  " * depth
    if not isinstance(value, dict):
        return [[(f"{indent}- {_short(value) or value}", "")]]
    if "path" in value and "kind" in value:
        return [[(f"{indent}{value['path']}", "path"), (f" ({value['kind']})", "quiet")]]
    heading = next((key for key in _HEADINGS if isinstance(value.get(key), str)), None)
    rest = {key: part for key, part in value.items() if key not in {heading, "span"} and not _is_empty(part)}
    title = str(value[heading]) if heading else "-"
    place = f" ({value['span']})" if value.get("span") else ""
    lines: list[Line] = []
    facts: list[str] = []
    for key, part in rest.items():
        short = _short(part)
        if short is None:
            lines += _entry(key, part, depth + 1)
        else:
            facts.append(key if part is True else f"{key} {short}")
    first: Line = [(f"{indent}{title}", "path"), (f"{': ' if facts else ''}{', '.join(facts)}", ""), (place, "quiet")]
    return [first, *lines]


def _short(value: object) -> str | None:
    """A value in a few words, or None when it needs lines of its own."""
    if isinstance(value, dict):
        if set(value) == {"unknown"}:
            return f"unknown ({value['unknown']})"
        if set(value) == {"value", "written", "span"}:
            inner = "none" if value["value"] is None else _short(value["value"])
            return inner if value["written"] or inner is None else f"{inner} (default)"
        return None
    if isinstance(value, list):
        words = [_short(part) for part in value]
        joined = ", ".join(word for word in words if word is not None)
        return joined if None not in words and len(joined) <= 80 else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _is_empty(value: object) -> bool:
    if isinstance(value, dict):
        if set(value) == {"value", "written", "span"}:
            return value["value"] is None
        return all(_is_empty(part) for part in value.values())
    return value is None or value is False or value in ("", [], ())

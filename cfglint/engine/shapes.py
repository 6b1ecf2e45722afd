"""The shape of a settings file: one description that checks it and that its JSON schema is made from."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cfglint.engine.finding import SEVERITIES
from cfglint.model.version import HAPROXY_VERSIONS, KEEPALIVED_VERSIONS

JsonSchema = dict[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a settings file.

    Attributes:
        key: the dotted key; empty when the whole file is meant.
        why: what is wrong, in a sentence part.
    """

    key: str
    why: str

    def __str__(self) -> str:
        return f"{self.key}: {self.why}" if self.key else self.why


@dataclass(frozen=True, slots=True)
class Text:
    """A string.

    Attributes:
        help: what it is for.
        choices: what it may be; empty for any text.
        pattern: what it must look like; empty for any.
        example: shown when the pattern does not fit.
    """

    help: str
    choices: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""

    def problems(self, value: object, key: str) -> list[Problem]:
        """What is wrong with a value."""
        if not isinstance(value, str):
            return [Problem(key, f"is a string, not {_kind(value)}")]
        if self.choices and value not in self.choices:
            return [Problem(key, f"{value!r} is none of {', '.join(self.choices)}{_near(value, self.choices)}")]
        if self.pattern and not re.fullmatch(self.pattern, value):
            return [Problem(key, f"{value!r} does not fit; write it like {self.example}")]
        return []

    def schema(self) -> JsonSchema:
        """The JSON schema of a value."""
        found: JsonSchema = {"type": "string", "description": self.help}
        if self.choices:
            found["enum"] = list(self.choices)
        if self.pattern:
            found["pattern"] = f"^({self.pattern})$"
        return found


@dataclass(frozen=True, slots=True)
class Several:
    """A list of values of one shape."""

    help: str
    item: Shape

    def problems(self, value: object, key: str) -> list[Problem]:
        """What is wrong with a value."""
        if not isinstance(value, list):
            return [Problem(key, f"is a list, not {_kind(value)}")]
        return [
            problem for number, entry in enumerate(value) for problem in self.item.problems(entry, f"{key}[{number}]")
        ]

    def schema(self) -> JsonSchema:
        """The JSON schema of a value."""
        return {"type": "array", "description": self.help, "items": self.item.schema()}


@dataclass(frozen=True, slots=True)
class ByName:
    """A table whose keys the user chooses."""

    help: str
    value: Shape

    def problems(self, value: object, key: str) -> list[Problem]:
        """What is wrong with a value."""
        if not isinstance(value, dict):
            return [Problem(key, f"is a table, not {_kind(value)}")]
        return [
            problem for name, entry in value.items() for problem in self.value.problems(entry, f"{key}.{_quoted(name)}")
        ]

    def schema(self) -> JsonSchema:
        """The JSON schema of a value."""
        return {"type": "object", "description": self.help, "additionalProperties": self.value.schema()}


@dataclass(frozen=True, slots=True)
class Table:
    """A table with known keys."""

    help: str
    keys: Mapping[str, Shape]
    required: tuple[str, ...] = ()

    def problems(self, value: object, key: str) -> list[Problem]:
        """What is wrong with a value."""
        if not isinstance(value, dict):
            return [Problem(key, f"is a table, not {_kind(value)}")]
        found: list[Problem] = []
        for name, entry in value.items():
            place = f"{key}.{_quoted(name)}" if key else _quoted(name)
            shape = self.keys.get(name)
            if shape is None:
                found.append(Problem(place, f"there is no such key{_near(name, tuple(self.keys))}"))
            else:
                found += shape.problems(entry, place)
        return [*found, *(Problem(key, f"lacks {name!r}") for name in self.required if name not in value)]

    def schema(self) -> JsonSchema:
        """The JSON schema of a value."""
        found: JsonSchema = {
            "type": "object",
            "description": self.help,
            "additionalProperties": False,
            "properties": {name: shape.schema() for name, shape in self.keys.items()},
        }
        if self.required:
            found["required"] = list(self.required)
        return found


Shape = Text | Several | ByName | Table


def _kind(value: object) -> str:
    names = {
        bool: "a truth value",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "a date")


def _near(word: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name) else f'"{name}"'


_RULES = Several("Names of rules or themes.", Text("A rule (`theme/name`) or a theme."))
_VERSIONS = Table(
    "Daemon versions; `x.y` means the newest known `x.y.z`.",
    {
        "haproxy": Text(f"Known: {', '.join(HAPROXY_VERSIONS)}.", (), r"\d+\.\d+(\.\d+)?(-dev\d+)?", "2.8"),
        "keepalived": Text(f"Known: {', '.join(KEEPALIVED_VERSIONS)}.", (), r"\d+\.\d+(\.\d+)?", "2.2.7"),
    },
)
_VARIABLES = ByName("Environment variables that HAProxy is started with.", Text("The value."))

SETTINGS = Table(
    "Settings of cfglint.",
    {
        "extend": Text("Another settings file that these add to; a path relative to this file, below its directory."),
        "select": Several("Rules or themes to run; all by default.", _RULES.item),
        "ignore": Several("Rules or themes to leave out.", _RULES.item),
        "severities": ByName("The severity of a rule's findings, or off.", Text("The severity.", (*SEVERITIES, "off"))),
        "per-path-ignores": ByName(
            "Rules or themes to leave out for files that fit a pattern such as `old/**`.", _RULES
        ),
        "min-severity": Text("The mildest severity that is shown.", SEVERITIES),
        "fail-on": Text("The mildest severity that makes the exit status 1.", (*SEVERITIES, "never")),
        "format": Text("The format of the report on standard output."),
        "target": _VERSIONS,
        "variables": _VARIABLES,
        "baseline": Text("A file of known findings, written by `cfglint baseline`; relative to this file."),
        "path-map": ByName(
            "From a rendered file (or a folder, ending in `/`) to the template that it is made from.",
            Text("The template."),
        ),
        "nodes": Several(
            "What directories do not tell about nodes.",
            Table(
                "One node.",
                {
                    "path": Text("Its directory, relative to this file."),
                    "files": Several("The only files of that directory that are this node's.", Text("A file's name.")),
                    "name": Text("What it is called in reports."),
                    "role": Text("What it does.", ("balancer", "real-server", "unknown")),
                    "config-id": Text("The id that `@id` lines of keepalived.conf are held against."),
                    "target": _VERSIONS,
                    "variables": _VARIABLES,
                },
                ("path",),
            ),
        ),
        "clusters": ByName(
            "Nodes that belong together, by the cluster's name.",
            Table(
                "One cluster.",
                {
                    "nodes": Several("The balancers' names.", Text("A node's name.")),
                    "real-servers": Several("The names of the nodes behind them.", Text("A node's name.")),
                },
                ("nodes",),
            ),
        ),
    },
)
"""Every key that a settings file may have."""

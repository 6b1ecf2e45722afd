"""netplan's YAML, with the place of every value; needs PyYAML (the extra ``cfglint[netplan]``).

Values are taken as text, as written: YAML's own types would turn ``010`` into 8 and ``yes`` into true.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

KINDS = {"netplan-yaml": "text that is not YAML, or not the shape netplan wants"}
"""The kinds of problems this reader reports."""

MAX_DEPTH = 20
MAX_NODES = 200_000
MAX_CHARACTERS = 256 * 1024
"""No netplan file is longer, and YAML is slow to read."""
TRUE_WORDS = frozenset({"true", "yes", "on", "y"})

HINT = "netplan files need PyYAML: install cfglint[netplan]"


class YamlMissingError(Exception):
    """PyYAML is not installed."""


@dataclass(frozen=True, slots=True)
class YamlText:
    """One scalar."""

    text: str
    span: Span

    @property
    def true(self) -> bool:
        """True for YAML's words for it."""
        return self.text.lower() in TRUE_WORDS


@dataclass(eq=False)
class YamlMap:
    """One mapping; a key that is written twice counts the last time."""

    span: Span
    entries: dict[str, YamlValue] = field(default_factory=dict)

    def text(self, key: str) -> YamlText | None:
        """A scalar below a key."""
        found = self.entries.get(key)
        return found if isinstance(found, YamlText) else None

    def map(self, key: str) -> YamlMap | None:
        """A mapping below a key."""
        found = self.entries.get(key)
        return found if isinstance(found, YamlMap) else None

    def list(self, key: str) -> list[YamlValue]:
        """The elements below a key."""
        found = self.entries.get(key)
        return found if isinstance(found, list) else []


YamlValue = YamlText | YamlMap | list[Any]


def parse_netplan(source: SourceFile) -> tuple[YamlMap | None, list[SyntaxProblem]]:
    """Read one file: its top mapping, and what is wrong with it.

    Raises:
        YamlMissingError: PyYAML is not installed.
    """
    try:
        yaml = importlib.import_module("yaml")  # an extra, and slow to load
    except ImportError as error:
        raise YamlMissingError(HINT) from error
    if len(source.text) > MAX_CHARACTERS:
        why = f"the file is longer than {MAX_CHARACTERS // 1024} KiB and was not read"
        return None, [SyntaxProblem(source.whole, "netplan-yaml", why)]
    try:
        root = yaml.compose(source.text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        span = source.line_span(mark.line + 1) if mark is not None else source.whole
        cause = str(getattr(error, "problem", None) or "is nested too deeply")
        return None, [SyntaxProblem(span, "netplan-yaml", f"the file is not YAML: {cause}")]
    budget = [MAX_NODES]
    top = _value(root, source, 0, budget) if root is not None else None
    if isinstance(top, YamlMap):
        return top, []
    if root is None:
        return None, []
    return None, [SyntaxProblem(source.whole, "netplan-yaml", "the file is not a mapping that begins with network:")]


def merge(into: YamlMap, other: YamlMap) -> None:
    """Merge as netplan does: mappings deeply, lists one behind the other, scalars replace."""
    for key, value in other.entries.items():
        old = into.entries.get(key)
        if isinstance(old, YamlMap) and isinstance(value, YamlMap):
            merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            into.entries[key] = [*old, *value]
        else:
            into.entries[key] = value


def texts(values: list[YamlValue]) -> Iterator[YamlText]:
    """The scalars of a list; of a mapping with one key that key, as netplan writes an address with options."""
    for value in values:
        if isinstance(value, YamlText):
            yield value
        elif isinstance(value, YamlMap) and value.entries:
            yield YamlText(next(iter(value.entries)), value.span)


def _value(node: Any, source: SourceFile, depth: int, budget: list[int]) -> YamlValue:
    span = source.span(node.start_mark.line + 1, node.start_mark.column, _end(node))
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        return YamlText("", span)
    if isinstance(node.value, str):
        return YamlText(node.value, span)
    if node.id == "sequence":
        return [_value(item, source, depth + 1, budget) for item in node.value]
    found = YamlMap(span)
    for key, value in node.value:
        if isinstance(key.value, str):
            found.entries[key.value] = _value(value, source, depth + 1, budget)
    return found


def _end(node: Any) -> int:
    same_line = node.end_mark.line == node.start_mark.line
    return int(node.end_mark.column if same_line else node.start_mark.column + 1)

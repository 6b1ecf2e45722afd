"""Parameter lists of ``bind``, ``server`` and ``default-server`` lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from cfglint.model.haproxy_variables import Value
from cfglint.model.value import Unknown
from cfglint.syntax.haproxy_keywords import keywords

_OPPOSITES = {"enabled": "disabled", "disabled": "enabled"}
_SOURCE_PARTS = frozenset({"usesrc", "interface"})


@dataclass(slots=True)
class Options:
    """Parameters by name.

    Attributes:
        values: name to its arguments; an argument with an unknown variable as it is written.
        places: name to the index of its word in the line; inherited ones are missing.
        unknown: names whose arguments hold an unknown variable, and why.
        open: why more parameters may be there (a whole word is unknown), or None.
    """

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, Unknown] = field(default_factory=dict)
    open: Unknown | None = None

    def add(self, values: Sequence[Value], start: int, place: str) -> None:
        """Take over the parameters of one line.

        Args:
            values: the line's words.
            start: index of the first parameter.
            place: ``bind`` or ``server``: where the keyword table knows the words.
        """
        at = start
        end = len(values)
        while at < end:
            name = values[at]
            if not isinstance(name, str):
                self.open = name
                at += 1
                continue
            count = _argument_count(name, values, at, place)
            arguments = values[at + 1 : at + 1 + count]
            self._set(name, arguments, at)
            at += 1 + count

    def _set(self, name: str, arguments: Sequence[Value], at: int) -> None:
        if name.startswith("no-"):
            self.values.pop(name[3:], None)
        self.values.pop(_OPPOSITES.get(name, f"no-{name}"), None)
        unknown = next((argument for argument in arguments if isinstance(argument, Unknown)), None)
        if unknown is not None:
            self.unknown[name] = unknown
        else:
            self.unknown.pop(name, None)
        self.values[name] = tuple(argument if isinstance(argument, str) else "" for argument in arguments)
        self.places[name] = at


def inherited(options: Options) -> Options:
    """A copy to add further parameters to; nothing of it counts as written in the new line."""
    return Options(dict(options.values), {}, dict(options.unknown), options.open)


def _argument_count(name: str, values: Sequence[Value], at: int, place: str) -> int:
    count = _counts(place).get(name)
    if count is not None and count >= 0:
        return count
    if name == "source":
        count = 1
        while at + count + 1 < len(values) and values[at + count + 1] in _SOURCE_PARTS:
            count += 2
        return count
    return 1 if name.startswith("set-proxy-v2-tlv-fmt(") else 0


@cache
def _counts(place: str) -> Mapping[str, int]:
    return {row.word: int(row.arguments or 0) for row in keywords(place) if row.arguments.lstrip("-").isdigit()}

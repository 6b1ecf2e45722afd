"""Parameter lists of ``bind``, ``server`` and ``default-server`` lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from cfglint.model.haproxy_variables import Value
from cfglint.model.value import Unknown
from cfglint.syntax.haproxy_keywords import keywords

_UNDOES = {"enabled": "disabled", "disabled": "enabled"}
_SOURCE_PARTS = frozenset({"usesrc", "interface"})


@dataclass(slots=True)
class Options:
    """Parameters by name.

    Attributes:
        values: name to its arguments; one with an unknown variable is empty, and `unknown` says so.
        places: name to the index of its word in the line; inherited ones are missing.
        unknown: names whose arguments hold an unknown variable, and why.
        open: why more parameters may be there (a whole word is unknown), or None.
    """

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, Unknown] = field(default_factory=dict)
    open: Unknown | None = None

    def extended(self, values: Sequence[Value], start: int, place: str) -> Options:
        """These parameters and those of one more line, which win.

        Args:
            values: the line's words.
            start: index of the first parameter.
            place: ``bind`` or ``server``: where the keyword table knows the words.
        """
        more = Options(dict(self.values), {}, dict(self.unknown), self.open)
        counts = _counts(place)
        at = start
        end = len(values)
        while at < end:
            name = values[at]
            if not isinstance(name, str):
                more.open = name
                at += 1
                continue
            count = counts.get(name)
            if count is None or count < 0:
                count = _odd_count(name, values, at)
            more.places[name] = at
            if name in _UNDOES:
                more.values.pop(_UNDOES[name], None)
            elif name[:3] == "no-":
                more.values.pop(name[3:], None)
            elif "no-" + name in more.values:
                del more.values["no-" + name]
            more.values[name] = more.take(name, values[at + 1 : at + 1 + count]) if count else ()
            at += 1 + count
        return more

    def take(self, name: str, arguments: Sequence[Value]) -> tuple[str, ...]:
        """The arguments of one parameter, with a note of an unknown one."""
        unknown = next((argument for argument in arguments if isinstance(argument, Unknown)), None)
        if unknown is not None:
            self.unknown[name] = unknown
        elif self.unknown:
            self.unknown.pop(name, None)
        return tuple(argument if isinstance(argument, str) else "" for argument in arguments)


def _odd_count(name: str, values: Sequence[Value], at: int) -> int:
    """How many arguments a parameter takes whose number the keyword table does not give."""
    if name == "source":
        count = 1
        while at + count + 1 < len(values) and values[at + count + 1] in _SOURCE_PARTS:
            count += 2
        return count
    return 1 if name.startswith("set-proxy-v2-tlv-fmt(") else 0


@cache
def _counts(place: str) -> Mapping[str, int]:
    return {row.word: int(row.arguments or 0) for row in keywords(place) if row.arguments.lstrip("-").isdigit()}

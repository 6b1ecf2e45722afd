"""Parameter lists of ``bind``, ``server`` and ``default-server`` lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cfglint.model.haproxy_variables import Value
from cfglint.model.value import Unknown
from cfglint.syntax.haproxy_parameters import Place, parse_parameters

_UNDOES = {"enabled": "disabled", "disabled": "enabled"}


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

    def extended(self, values: Sequence[Value], start: int, place: Place) -> Options:
        """These parameters and those of one more line, which win.

        Args:
            values: the line's words.
            start: index of the first parameter.
            place: ``bind`` or ``server``: where the keyword table knows the words.
        """
        more = Options(dict(self.values), {}, dict(self.unknown), self.open)
        words = values[start:]
        for parameter in parse_parameters(place, [word if isinstance(word, str) else None for word in words]):
            name = words[parameter.at]
            if not isinstance(name, str):
                more.open = name
                continue
            more.places[name] = start + parameter.at
            if name in _UNDOES:
                more.values.pop(_UNDOES[name], None)
            elif name[:3] == "no-":
                more.values.pop(name[3:], None)
            elif "no-" + name in more.values:
                del more.values["no-" + name]
            first = parameter.at + 1
            more.values[name] = more.take(name, words[first : parameter.end]) if parameter.end > first else ()
        return more

    def take(self, name: str, arguments: Sequence[Value]) -> tuple[str, ...]:
        """The arguments of one parameter, with a note of an unknown one."""
        unknown = next((argument for argument in arguments if isinstance(argument, Unknown)), None)
        if unknown is not None:
            self.unknown[name] = unknown
        elif self.unknown:
            self.unknown.pop(name, None)
        return tuple(argument if isinstance(argument, str) else "" for argument in arguments)

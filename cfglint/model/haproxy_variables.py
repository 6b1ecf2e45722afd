"""Environment variables while a configuration is read: known where the files set them, unknown elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cfglint.model.value import Unknown
from cfglint.source import Span
from cfglint.syntax.haproxy import Directive, Word
from cfglint.syntax.haproxy_words import BLANKS

Value = str | Unknown

_SPLIT = re.compile(f"[{BLANKS}]+")


class Environment:
    """The variables that HAProxy knows at one line.

    What the files do not set may still be set by whoever starts the daemon, so it is unknown, not empty.
    """

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._values: dict[str, str | Unknown | None] = dict(given or {})
        self._others_unset = False

    def get(self, name: str) -> str | Unknown | None:
        """A variable's value; None when it is certainly unset."""
        if name in self._values:
            return self._values[name]
        return None if self._others_unset else Unknown(f"${{{name}}} is set nowhere in the given files")

    def is_defined(self, name: str) -> bool | None:
        """Whether a variable is set; None when the files do not tell."""
        value = self.get(name)
        return None if isinstance(value, Unknown) and name not in self._values else value is not None

    def apply(self, values: Sequence[Value], *, certain: bool) -> None:
        """Take over a line ``setenv``, ``presetenv``, ``unsetenv`` or ``resetenv`` of a global section.

        Args:
            values: its words.
            certain: False when it is not known whether the line counts.
        """
        keyword, *names = values
        if keyword in {"setenv", "presetenv"}:
            if len(names) > 1 and isinstance(names[0], str):
                self._set(names[0], names[1], keyword == "presetenv", certain=certain)
        elif keyword == "unsetenv":
            for name in names:
                if isinstance(name, str):
                    self._values[name] = None if certain else Unknown(f"it is not known whether ${{{name}}} is unset")
        elif keyword == "resetenv":
            kept = {name for name in names if isinstance(name, str)}
            self._others_unset |= certain and not any(isinstance(name, Unknown) for name in names)
            for name in set(self._values) - kept:
                self._values[name] = None if certain else Unknown(f"it is not known whether ${{{name}}} is unset")
            for name in kept:
                self._values.setdefault(name, Unknown(f"${{{name}}} is set nowhere in the given files"))

    def _set(self, name: str, value: Value, preset: bool, *, certain: bool) -> None:
        if preset and self._values.get(name) is not None:
            return
        self._values[name] = value if certain else Unknown(f"it is not known whether ${{{name}}} is set here")

    def values(self, directive: Directive) -> Sequence[Value]:
        """The words of a line with their variables replaced; a word with an unknown one is unknown as a whole."""
        raw = directive.raw
        if "$" not in raw or '"' not in raw:
            return directive.texts
        values: list[Value] = []
        for word in directive.words:
            values += self._word(word, directive) if word.references else [word.text]
        return values

    def _word(self, word: Word, directive: Directive) -> list[Value]:
        done = [""]
        at = 0
        for reference in word.references:
            done[-1] += word.text[at : reference.start]
            at = reference.end
            value = self._reference(reference.name, directive, word.span)
            if isinstance(value, Unknown):
                return [Unknown(value.why, word.span)]
            text = value if value is not None else reference.default or ""
            first, *more = _SPLIT.split(text) if reference.splits else [text]
            done[-1] += first
            done += more
        done[-1] += word.text[at:]
        return list(done)

    def _reference(self, name: str, directive: Directive, span: Span) -> str | Unknown | None:
        if name == ".LINE":
            return str(directive.line_number)
        if name.startswith("."):
            return Unknown(f"{name} depends on where the file lies on the host", span)
        return self.get(name)

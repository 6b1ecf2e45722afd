"""What HAProxy logs at which step: ``log-profile`` sections (from 3.1 on)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cfglint.model.haproxy_lines import ConfigLine
from cfglint.model.haproxy_services import NamedSection
from cfglint.model.haproxy_variables import Value
from cfglint.model.value import Setting


@dataclass(frozen=True, slots=True)
class LogStep:
    """An ``on`` line of a log profile.

    Attributes:
        step: ``any``, ``error``, ``accept``, ``request``, ``connect``, ``response``, ``close``, …
        drop: nothing is logged at this step.
        formats: ``format`` and ``sd`` to the format strings.
        line: the line.
    """

    step: Value
    drop: bool
    formats: dict[str, Value]
    line: ConfigLine


@dataclass(eq=False, frozen=True)
class LogProfile(NamedSection):
    """A ``log-profile`` section (from 3.1 on)."""

    @property
    def tag(self) -> Setting[str] | None:
        """``log-tag``, or None."""
        return self.section.setting("log-tag")

    @cached_property
    def steps(self) -> tuple[LogStep, ...]:
        """What is logged when."""
        return tuple(_step(line) for line in self.section.all("on") if len(line.values) > 1)


def _step(line: ConfigLine) -> LogStep:
    formats: dict[str, Value] = {}
    at = 2
    while at < len(line.values):
        word = line.text(at)
        if word in {"format", "sd"} and at + 1 < len(line.values):
            formats[word] = line.values[at + 1]
            at += 1
        at += 1
    return LogStep(line.values[1], "drop" in [line.text(index) for index in range(2, len(line.values))], formats, line)

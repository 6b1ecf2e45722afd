"""What stands in the stream of a proxy: filters (SPOE, cache, compression, bandwidth limits) and capture slots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.haproxy_variables import Value
from cfglint.source import Span
from cfglint.syntax.haproxy_rules import RULE_SETS

_CAPTURES = frozenset({"request", "response"})


@dataclass(frozen=True, slots=True)
class Filter:
    """A ``filter`` line.

    Attributes:
        kind: ``spoe``, ``cache``, ``compression``, ``bwlim-in``, ``fcgi-app``, …; Unknown for an unknown variable.
        name: of a cache, an application or a bandwidth limit its name; of SPOE the engine's; None without one.
        config: the file that describes an SPOE engine, or None.
        line: the line.
    """

    kind: Value
    name: Value | None
    config: Value | None
    line: ConfigLine


@dataclass(frozen=True, slots=True)
class CaptureSlot:
    """Where something of a request or response is kept for the logs.

    Attributes:
        direction: ``request`` or ``response``.
        number: its number from 0: the ``id`` of capture rules, the argument of ``capture.req.hdr``.
        header: the header that ``capture … header`` keeps; None where a rule fills the slot.
        line: the line that makes it.
    """

    direction: str
    number: int
    header: Value | None
    line: ConfigLine

    @property
    def span(self) -> Span:
        """The line that makes it."""
        return self.line.span


def filters_of(section: ConfigSection) -> list[Filter]:
    """The filters of one section, in order."""
    return [_filter(line) for line in section.all("filter") if len(line.values) > 1]


def capture_slots(sections: Iterable[ConfigSection]) -> list[CaptureSlot]:
    """The capture slots of a proxy in the order in which HAProxy numbers them.

    Args:
        sections: the proxy's own section and those it inherits from, the farthest first.
    """
    counts = {"request": 0, "response": 0}
    slots: list[CaptureSlot] = []
    for section in sections:
        for line in section.lines:
            made = _capture(line)
            if made is not None:
                direction, header = made
                slots.append(CaptureSlot(direction, counts[direction], header, line))
                counts[direction] += 1
    return slots


def _filter(line: ConfigLine) -> Filter:
    words = line.values[2:]
    kind = line.values[1]
    if kind != "spoe":
        return Filter(kind, words[0] if words else None, None, line)
    pairs = {str(words[at]): words[at + 1] for at in range(0, len(words) - 1, 2)}
    return Filter(kind, pairs.get("engine"), pairs.get("config"), line)


def _capture(line: ConfigLine) -> tuple[str, Value | None] | None:
    """The direction of the slot that a line makes, and the header it keeps; None when it makes none."""
    keyword, first, second = line.keyword, line.text(1), line.text(2)
    if keyword == "capture" and first in _CAPTURES and second == "header":
        return first, line.values[3] if len(line.values) > 3 else None
    if keyword == "declare" and first == "capture" and second in _CAPTURES:
        return second, None
    if keyword in {"http-request", "tcp-request"}:
        action = RULE_SETS[keyword]
        texts = [line.text(index) for index in range(len(line.values))]
        if texts[action : action + 1] == ["capture"] and "len" in texts[action + 2 :]:
            return "request", None
    return None

"""Log-format strings: ``%ci``, ``%{+Q}r``, ``%[expression]``, read as parse_logformat_string() does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from cfglint.analysis.haproxy_verdict.samples import Sample, SampleProblem, parse_sample
from cfglint.syntax.haproxy_keywords import ALL, lookup

_ALIAS = re.compile(r"[A-Za-z0-9]+")
_HEAD = re.compile(r"(?:\([^)]*\))?(?:\{[^}]*\})?(?:\([^)]*\))?-?")


@dataclass(slots=True)
class LogFormat:
    """A parsed format string.

    Attributes:
        samples: its expressions.
        aliases: its variables, without the ``%``.
        problems: what is wrong with it.
    """

    samples: list[Sample] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    problems: list[SampleProblem] = field(default_factory=list)


@lru_cache(maxsize=4096)
def parse_log_format(text: str) -> LogFormat:
    """Parse a format string."""
    found = LogFormat()
    at = text.find("%")
    while 0 <= at < len(text):
        at += 1
        if text.startswith("%", at):
            at += 1
        else:
            at = _item(text, at, found)
        if at < 0:
            return found
        at = text.find("%", at)
    return found


def _item(text: str, at: int, found: LogFormat) -> int:
    """Read what follows a ``%``; where it ends, or -1 when the rest cannot be read."""
    head = _HEAD.match(text, at)
    at = head.end() if head else at
    if at >= len(text) or text[at] in "{(":
        found.problems.append(
            SampleProblem("nothing complete follows the '%'", ALL, "write %% for a percent sign itself")
        )
        return -1
    if text[at] == "[":
        return _expression(text, at + 1, found)
    alias = _ALIAS.match(text, at)
    name = alias[0] if alias else text[at]
    row = lookup("log-alias", name)
    if row is None or row.refused == ALL:
        found.problems.append(
            SampleProblem(f"there is no format variable %{name}", ALL, "write %% for a percent sign itself")
        )
        return -1
    if row.refused:
        found.problems.append(SampleProblem(f"the format variable %{name} is not known", row.refused))
    found.aliases.append(name)
    return at + len(name)


def _expression(text: str, at: int, found: LogFormat) -> int:
    rest = text[at:]
    sample = parse_sample(rest)
    if sample.problems:
        found.problems += sample.problems
        if any(problem.fails == ALL for problem in sample.problems):
            return -1
    end = at + sample.end
    if end >= len(text):
        found.problems.append(SampleProblem(f"']' is missing behind {rest!r}"))
        return -1
    if text[end] != "]":
        found.problems.append(SampleProblem(f"']' is missing behind {text[at:end]!r}: {text[end]!r} stands there"))
        return -1
    found.samples.append(sample)
    return end + 1

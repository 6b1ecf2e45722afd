"""Log-format strings (``%ci``, ``%{+Q}r``, ``%[expression]``): is everything in them known, and complete?

The grammar reads the string; it is judged in the order of parse_logformat_string(), which stops at the first fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from cfglint.analysis.haproxy_verdict.samples import SINCE_3_0, JudgedSample, SampleProblem, judge_read_sample
from cfglint.syntax.haproxy_keywords import ALL, lookup
from cfglint.syntax.haproxy_samples import FormatItem, Sample, parse_format

_PERCENT = "write %% for a percent sign itself"
_NAME = re.compile(r"[^:]*(?::(?:str|sint|bool))?")


@dataclass(slots=True)
class LogFormat:
    """A judged format string.

    Attributes:
        samples: its expressions.
        aliases: its variables, without the ``%``.
        problems: what is wrong with it.
    """

    samples: list[JudgedSample] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    problems: list[SampleProblem] = field(default_factory=list)


@lru_cache(maxsize=4096)
def judge_format(text: str) -> LogFormat:
    """Judge a format string."""
    found = LogFormat()
    for item in parse_format(text):
        # Before 3.0 what follows "%(" is text like any other.
        fails = ALL if item.named is None and not item.text.startswith("%(") else SINCE_3_0
        before = len(found.problems)
        if item.named is not None and not _NAME.fullmatch(item.named):
            kind = item.named.rpartition(":")[2]
            found.problems.append(SampleProblem(f"{kind!r} is no type: str, sint or bool may follow a name's colon"))
        elif item.kind == "alias":
            _alias(item.text, found)
        elif item.kind == "sample" and item.sample is not None:
            _expression(item.sample, found)
        elif item.kind == "broken":
            _broken(item, found)
        found.problems[before:] = [
            SampleProblem(problem.message, problem.fails & fails, problem.help) for problem in found.problems[before:]
        ]
        if any(problem.fails == fails for problem in found.problems[before:]):
            break
    return found


def _alias(name: str, found: LogFormat) -> None:
    row = lookup("log-alias", name)
    if row is None or row.refused == ALL:
        found.problems.append(SampleProblem(f"there is no format variable %{name}", ALL, _PERCENT))
        return
    if row.refused:
        found.problems.append(SampleProblem(f"the format variable %{name} is not known", row.refused))
    found.aliases.append(name)


def _expression(sample: Sample, found: LogFormat) -> None:
    judged = judge_read_sample(sample, inside=True)
    found.problems += judged.problems
    if all(problem.fails != ALL for problem in judged.problems):
        found.samples.append(judged)


def _broken(item: FormatItem, found: LogFormat) -> None:
    if item.sample is None:
        found.problems.append(SampleProblem("nothing complete follows the '%'", ALL, _PERCENT))
        return
    judged = judge_read_sample(item.sample, inside=True)
    found.problems += judged.problems
    if any(problem.fails == ALL for problem in judged.problems):
        return
    written = item.text[: len(item.text) - len(item.sample.rest)].partition("[")[2]
    stands = f": {item.sample.rest[0]!r} stands there" if item.sample.rest else ""
    found.problems.append(SampleProblem(f"']' is missing behind {written!r}{stands}"))

"""Suppressions: comments that say a finding is known and accepted.

``# cfglint: ignore[theme/name] reason`` (also after ``!``, ``;``, ``//`` or in ``<!-- -->``) holds for its own line, or
for the next line that is not a comment when it stands alone. ``ignore-block`` holds for the block or section that the
line opens, ``ignore-file`` for the file, and for what is missing in its node. Several names are separated by commas; a
theme stands for all of its rules. ``until 2027-01-31`` before the reason lets it end with that day.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from cfglint.engine.finding import Finding
from cfglint.model.cluster import Fleet
from cfglint.model.node import NodeFile
from cfglint.source import SourceFile, Span

COMMENT = re.compile(
    r"(?P<sign>[#!;]|//|<!--)[ \t]*cfglint:[ \t]*ignore(?P<kind>-block|-file)?"
    r"(?:\[(?P<names>[^\]\n]*)\])?(?P<rest>[^\n]*)"
)
UNTIL = re.compile(r"^until[ \t]+(?P<date>\S+)[ \t]*(?P<reason>.*)$", re.IGNORECASE)
COMMENT_LINE = re.compile(r"[ \t]*(?:[#!;]|//|<!--)")
SECTION = re.compile(
    r"[ \t]*(?:global|defaults|frontend|backend|listen|peers|resolvers|mailers|userlist|cache|program|ring|http-errors|"
    r"log-forward|log-profile|fcgi-app|crt-store|traces|acme)\b"
)


@dataclass(frozen=True, slots=True)
class SuppressedName:
    """One name of a suppression.

    Attributes:
        name: a rule or a theme, as written.
        span: where it is written.
    """

    name: str
    span: Span


@dataclass(eq=False)
class Suppression:
    """One suppression comment: the object that rules about suppressions look at.

    Attributes:
        source: the file it stands in.
        span: the comment, from its sign to its end.
        names: what it names.
        kind: ``line``, ``block`` or ``file``.
        first: the first line it holds for (from 1); 0 when it holds for no line.
        last: the last line it holds for.
        reason: why, in the user's words; empty without one.
        until: the last day it holds, or None.
        until_text: the date as written; empty without one.
        expired: True when that day has passed.
        alone: the comment stands alone on its line.
        known: every name of a rule or theme that there is.
        ran: the rules that ran, with their themes; only these can be judged unused.
        used: the names that suppressed a finding.
    """

    source: SourceFile
    span: Span
    names: tuple[SuppressedName, ...]
    kind: str
    first: int
    last: int
    reason: str
    until: dt.date | None
    until_text: str
    alone: bool
    expired: bool = False
    known: frozenset[str] = frozenset()
    ran: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that a comment took out of the report."""

    finding: Finding
    by: Suppression


def find_suppressions(fleet: Fleet, rules: Iterable[str], known: Iterable[str], today: dt.date) -> list[Suppression]:
    """Every suppression comment in the nodes' files, in order of path and line.

    Args:
        fleet: the nodes.
        rules: the names of the rules that run.
        known: the names of all rules there are.
        today: the day that expiry dates are held against.
    """
    ran = frozenset(rules)
    ran |= {name.split("/")[0] for name in ran}
    names = ran.union(known)
    names |= {name.split("/")[0] for name in names}
    files = {file.source.path: file for node in fleet.nodes for file in node.files if "cfglint:" in file.source.text}
    found: list[Suppression] = []
    for _, file in sorted(files.items()):
        for suppression in _in_file(file):
            suppression.known, suppression.ran = names, ran
            suppression.expired = suppression.until is not None and suppression.until < today
            found.append(suppression)
    return found


def apply_suppressions(
    findings: Sequence[Finding], suppressions: Sequence[Suppression], fleet: Fleet
) -> tuple[list[Finding], list[Suppressed]]:
    """Split findings into those that stay and those that a comment takes out, and note which names were used.

    A suppression counts in any file that a finding touches: at its primary or at a related place.
    """
    if not suppressions:
        return list(findings), []
    directories: dict[str, list[str]] = {}
    for node in fleet.nodes:
        for file in node.files:
            directories.setdefault(file.source.path, []).append(node.path)
    index = _ByPlace(suppressions, directories)
    kept: list[Finding] = []
    taken: list[Suppressed] = []
    for finding in findings:
        names = {finding.rule, finding.rule.split("/")[0]}
        by: Suppression | None = None
        for suppression in index.near(finding):
            fitting = {entry.name for entry in suppression.names} & names
            if fitting:
                suppression.used |= fitting
                by = by or suppression
        if by is None:
            kept.append(finding)
        else:
            taken.append(Suppressed(finding, by))
    return kept, taken


class _ByPlace:
    """Suppressions in force by what they hold for, so that a finding meets only those of its own places."""

    def __init__(self, suppressions: Sequence[Suppression], directories: Mapping[str, Sequence[str]]) -> None:
        self._all = suppressions
        self._lines: dict[tuple[str, int], list[int]] = {}
        self._wholes: dict[str, list[int]] = {}
        self._blocks: dict[str, list[tuple[int, int]]] = {}
        for number, entry in enumerate(suppressions):
            path = entry.source.path
            if entry.expired:
                continue
            if entry.kind == "file":
                for place in {path, *(f"{directory}/" for directory in directories.get(path, []))}:
                    self._wholes.setdefault(place, []).append(number)
            elif entry.first == entry.last:
                self._lines.setdefault((path, entry.first), []).append(number)
            else:
                self._blocks.setdefault(path, []).append((entry.first, number))
        self._reach: dict[str, list[int]] = {}
        for path, blocks in self._blocks.items():
            blocks.sort()
            self._reach[path] = list(accumulate((suppressions[number].last for _, number in blocks), max))

    def near(self, finding: Finding) -> list[Suppression]:
        """The suppressions that cover one of a finding's places, in their own order."""
        found: set[int] = set()
        for place in (finding.at, *(related.span for related in finding.related)):
            found.update(self._wholes.get(place.path, ()))
            if place.is_whole_file:
                found.update(self._wholes.get(f"{place.path}/", ()))
                continue
            found.update(self._lines.get((place.path, place.line), ()))
            blocks, reach = self._blocks.get(place.path, []), self._reach.get(place.path, [])
            index = bisect_right(blocks, (place.line, len(self._all))) - 1
            # To the left of a place that no earlier block reaches there is nothing left to find.
            while index >= 0 and reach[index] >= place.line:
                if self._all[blocks[index][1]].last >= place.line:
                    found.add(blocks[index][1])
                index -= 1
        return [self._all[number] for number in sorted(found)]


def _in_file(file: NodeFile) -> Iterable[Suppression]:
    source = file.source
    for number, raw in enumerate(source.lines, 1):
        if "cfglint:" not in raw:
            continue
        line = raw.rstrip("\r\n")
        match = COMMENT.search(line)
        if match is not None:
            yield _read(file, number, line, match)


def _read(file: NodeFile, number: int, line: str, match: re.Match[str]) -> Suppression:
    source = file.source
    end = len(line[: match.end()].rstrip())
    rest = match["rest"].removesuffix("-->").strip() if match["sign"] == "<!--" else match["rest"].strip()
    until = UNTIL.match(rest)
    alone = not line[: match.start()].strip()
    kind = (match["kind"] or "-line").removeprefix("-")
    start = _next_line(source, number) if alone else number
    return Suppression(
        source=source,
        span=source.span(number, match.start(), end),
        names=_names(source, number, match),
        kind=kind,
        first=start,
        last=_end_of_block(file, start) if kind == "block" else start,
        reason=until["reason"] if until else rest,
        until=_date(until["date"]) if until else None,
        until_text=until["date"] if until else "",
        alone=alone,
    )


def _names(source: SourceFile, number: int, match: re.Match[str]) -> tuple[SuppressedName, ...]:
    if match["names"] is None:
        return ()
    return tuple(
        SuppressedName(
            word[0], source.span(number, match.start("names") + word.start(), match.start("names") + word.end())
        )
        for word in re.finditer(r"[^,\s]+", match["names"])
    )


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _next_line(source: SourceFile, number: int) -> int:
    """The next line that is neither blank nor a comment; 0 when there is none."""
    lines = _lines_with(source, blank=False)
    index = bisect_right(lines, number)
    return lines[index] if index < len(lines) else 0


@lru_cache(maxsize=4)
def _lines_with(source: SourceFile, *, blank: bool) -> list[int]:
    """The numbers of a file's blank lines, or of those that are neither blank nor a comment."""
    return [
        number
        for number, text in enumerate(source.lines, 1)
        if (not text.strip() if blank else text.strip() and not COMMENT_LINE.match(text))
    ]


def _end_of_block(file: NodeFile, start: int) -> int:
    """The last line of what a line opens: its braces, its section, else the lines up to a blank one."""
    source = file.source
    count = len(source.lines)
    if start == 0:
        return 0
    if file.kind == "haproxy" and SECTION.match(source.line(start)):
        following = (later for later in range(start + 1, count + 1) if SECTION.match(source.line(later)))
        return next(following, count + 1) - 1
    depth = 0
    for number in range(start, count + 1):
        code = re.split(r"[#!]", source.line(number), maxsplit=1)[0]
        depth += code.count("{") - code.count("}")
        if depth <= 0 and (number > start or "{" in code):
            return number
        if depth == 0 and not source.line(start).rstrip().endswith("{"):
            break
    if depth > 0:
        return count
    blank = _lines_with(source, blank=True)
    index = bisect_right(blank, start)
    return blank[index] - 1 if index < len(blank) else count

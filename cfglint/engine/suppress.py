"""Suppressions: comments that say a finding is known and accepted.

``# cfglint: ignore[theme/name] reason`` (also after ``!``, ``;``, ``//`` or in ``<!-- -->``) holds for its own line, or
for the next line that is not a comment when it stands alone. ``ignore-block`` holds for the block or section that the
line opens, ``ignore-file`` for the file, and for what is missing in its node. Several names are separated by commas; a
theme stands for all of its rules. ``until 2027-01-31`` before the reason lets it end with that day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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

    def covers(self, span: Span, directories: Sequence[str]) -> bool:
        """True when a place is one that this suppression holds for.

        Args:
            span: the place.
            directories: the node directories that the suppression's file belongs to.
        """
        if self.kind == "file":
            return span.path == self.source.path or (span.is_whole_file and span.path in directories)
        return span.path == self.source.path and self.first <= span.line <= self.last and not span.is_whole_file


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
    kept: list[Finding] = []
    taken: list[Suppressed] = []
    for finding in findings:
        names = {finding.rule, finding.rule.split("/")[0]}
        places = (finding.at, *(related.span for related in finding.related))
        by: Suppression | None = None
        for suppression in suppressions:
            fitting = {entry.name for entry in suppression.names} & names
            own = directories.get(suppression.source.path, [])
            if fitting and not suppression.expired and any(suppression.covers(place, own) for place in places):
                suppression.used |= fitting
                by = by or suppression
        if by is None:
            kept.append(finding)
        else:
            taken.append(Suppressed(finding, by))
    return kept, taken


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
    for later in range(number + 1, len(source.lines) + 1):
        text = source.line(later)
        if text.strip() and not COMMENT_LINE.match(text):
            return later
    return 0


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
    blank = (later for later in range(start + 1, count + 1) if not source.line(later).strip())
    return next(blank, count + 1) - 1

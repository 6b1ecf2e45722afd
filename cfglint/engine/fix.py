"""Repairing findings: every fix is tried on texts in memory and checked again before anything is written.

A fix that does not remove its finding, or that brings a new one as bad, is left out. Writing replaces each file at once
(a new file takes its place), with the mode, the owner and the extended attributes of the old one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from cfglint.engine.check import Request, check
from cfglint.engine.edits import EditError, apply_edits, without_conflicts
from cfglint.engine.finding import SEVERITIES, Finding
from cfglint.engine.result import Result
from cfglint.source import SourceFile

MAX_ROUNDS = 10
"""Rounds of fixing and checking again: a fix can make room for another one on the same line."""

MAX_SINGLE = 100
"""Fixes that are tried one by one when they do not go well together."""


@dataclass(frozen=True, slots=True)
class FixedFile:
    """One file that fixes change.

    Attributes:
        place: where it is, links followed.
        before: its text now.
        after: its text to be.
    """

    place: Path
    before: SourceFile
    after: SourceFile


@dataclass(eq=False)
class Repair:
    """What fixing came to.

    Attributes:
        result: the check of the repaired texts.
        files: what changes, by shown path.
        fixed: the findings that fixes removed.
        failed: findings whose fix was left out, each with the reason.
    """

    result: Result
    files: dict[str, FixedFile] = field(default_factory=dict)
    fixed: list[Finding] = field(default_factory=list)
    failed: list[tuple[Finding, str]] = field(default_factory=list)


def repair(request: Request, *, unsafe: bool) -> Repair:
    """Fix what can be fixed, in memory.

    Args:
        request: what to check.
        unsafe: whether fixes that change what runs may be applied too.
    """
    result = check(request)
    repair = Repair(result)
    originals: dict[str, tuple[Path, SourceFile]] = {}
    refused: set[tuple[str, ...]] = set()
    for _ in range(MAX_ROUNDS):
        candidates = _candidates(repair.result, unsafe=unsafe, refused=refused)
        if not candidates:
            break
        places = _places(repair.result)
        for path, source in repair.result.sources.items():
            if path in places:
                originals.setdefault(path, (places[path], source))
        chosen = [candidates[number] for number in without_conflicts([entry.fix for entry in candidates if entry.fix])]
        done = _attempt(request, repair, chosen, places) or _one_by_one(request, repair, chosen, places, refused)
        if not done:
            break
        request, repair.result = done
    for path, (place, source) in originals.items():
        after = repair.result.sources.get(path)
        if after is not None and after.text != source.text:
            repair.files[path] = FixedFile(place, source, after)
    return repair


def _identity(finding: Finding) -> tuple[str, ...]:
    return (finding.rule, finding.at.path, *finding.subject)


def _candidates(result: Result, *, unsafe: bool, refused: set[tuple[str, ...]]) -> list[Finding]:
    return [
        finding
        for finding in result.findings
        if finding.fix is not None
        and finding.fix.edits
        and (finding.fix.safe or unsafe)
        and _identity(finding) not in refused
    ]


def _places(result: Result) -> dict[str, Path]:
    """Where each file that was read is on disk, links followed."""
    found: dict[str, Path] = {}
    for node in result.fleet.nodes:
        for file in node.files:
            place = node.tree.locate(file.relative)
            if place is not None:
                found[file.source.path] = place.resolve()
    return found


def _attempt(
    request: Request, repair: Repair, findings: Sequence[Finding], places: dict[str, Path]
) -> tuple[Request, Result] | None:
    """Apply some fixes together and check again; None when that does not remove every finding, or brings a new one."""
    edits = [edit for finding in findings if finding.fix is not None for edit in finding.fix.edits]
    overlay = dict(request.overlay)
    try:
        for path in {edit.span.path for edit in edits}:
            text = apply_edits(repair.result.sources[path], [edit for edit in edits if edit.span.path == path])
            overlay[places[path]] = text.encode("utf-8", "surrogateescape")
    except (EditError, KeyError):
        return None
    changed = replace(request, overlay=overlay)
    after = check(changed)
    before = Counter(_identity(finding) for finding in repair.result.findings)
    now = Counter(_identity(finding) for finding in after.findings)
    wanted = Counter(_identity(finding) for finding in findings)
    if any(now[identity] > before[identity] - number for identity, number in wanted.items()):
        return None
    if len(after.faults) > len(repair.result.faults) or _worse(repair.result, after):
        return None
    repair.fixed += findings
    return changed, after


def _worse(before: Result, after: Result) -> bool:
    """True when there are more findings of a severity, none of a worse one having gone."""
    for severity in SEVERITIES:
        if after.count(severity) != before.count(severity):
            return after.count(severity) > before.count(severity)
    return False


def _one_by_one(
    request: Request,
    repair: Repair,
    findings: Sequence[Finding],
    places: dict[str, Path],
    refused: set[tuple[str, ...]],
) -> tuple[Request, Result] | None:
    """Try fixes alone, until one does; the next round goes on from there."""
    for finding in findings[:MAX_SINGLE]:
        done = _attempt(request, repair, [finding], places)
        if done is not None:
            return done
        refused.add(_identity(finding))
        repair.failed.append((finding, "its fix does not remove it, or brings another finding"))
    return None


def write_files(files: Sequence[FixedFile]) -> list[tuple[Path, str]]:
    """Write repaired files: all of them, or none when one cannot be written.

    Returns:
        what stands in the way, each with the cause; a file that has changed since it was read is one.
    """
    problems: list[tuple[Path, str]] = []
    for file in files:
        try:
            if file.place.read_bytes() != file.before.to_bytes():
                problems.append((file.place, "it has changed since it was read"))
            elif not os.access(file.place, os.W_OK) or not os.access(file.place.parent, os.W_OK):
                problems.append((file.place, "it, or its directory, is not writable"))
        except OSError as error:
            problems.append((file.place, (error.strerror or str(error)).lower()))
    if problems:
        return problems
    written: list[FixedFile] = []
    for file in files:
        try:
            _replace_file(file.place, file.after.to_bytes())
        except OSError as error:
            for earlier in written:
                _replace_file(earlier.place, earlier.before.to_bytes())
            return [(file.place, (error.strerror or str(error)).lower())]
        written.append(file)
    return []


def _replace_file(place: Path, content: bytes) -> None:
    status = place.stat()
    handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copystat(place, temporary)
        os.utime(temporary)
        if (status.st_uid, status.st_gid) != (temporary.stat().st_uid, temporary.stat().st_gid):
            os.chown(temporary, status.st_uid, status.st_gid)
            temporary.chmod(status.st_mode & 0o7777)
        temporary.replace(place)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise

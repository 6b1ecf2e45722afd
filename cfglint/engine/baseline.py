"""Baselines: findings that are known already, so that only new ones are reported.

An entry is a rule, a file and a symbolic path (instance, proxy, server, field), never a line, so that it survives edits
above it. An entry that no longer matches a finding is gone: it was repaired, and the file can be written again.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cfglint.engine.finding import Finding

VERSION = 1
MAX_BYTES = 64 * 1024 * 1024


class BaselineError(Exception):
    """A baseline cannot be read; the message names the file and the cause."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One known finding.

    Attributes:
        path: its file, relative to the baseline's directory, with ``/``.
        rule: its rule.
        subject: its symbolic path.
    """

    path: str
    rule: str
    subject: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path}: {self.rule} ({'/'.join(self.subject)})"


def entry_of(finding: Finding, root: Path) -> Entry:
    """The entry that stands for a finding.

    Args:
        finding: what to stand for; its path is relative to the working directory, or absolute.
        root: the baseline's directory.
    """
    relative = os.path.relpath(finding.at.path, root).replace(os.sep, "/")
    return Entry(relative.encode("utf-8", "backslashreplace").decode(), finding.rule, tuple(finding.subject))


def read_baseline(file: Path) -> Counter[Entry]:
    """A baseline's entries; a finding that was there several times counts so.

    Raises:
        BaselineError: the file is missing, no baseline, or of a later version.
    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise BaselineError(f"{file}: is too large for a baseline")
        document = json.loads(raw)
        if document["version"] != VERSION:
            raise BaselineError(f"{file}: is a baseline of version {document['version']!r}, this is {VERSION}")
        return Counter(
            Entry(str(entry["path"]), str(entry["rule"]), tuple(str(part) for part in entry["subject"]))
            for entry in document["findings"]
        )
    except OSError as error:
        raise BaselineError(f"{file}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BaselineError(f"{file}: is no baseline; `cfglint baseline` writes one") from error


def baseline_text(findings: Iterable[Finding], root: Path) -> str:
    """The findings as a baseline file's text, sorted, one entry a line, so that its changes read well."""
    entries = sorted(entry_of(finding, root) for finding in findings)
    lines = [
        json.dumps({"rule": entry.rule, "path": entry.path, "subject": entry.subject}, ensure_ascii=True)
        for entry in entries
    ]
    body = ",\n".join(f"    {line}" for line in lines)
    return f'{{\n  "version": {VERSION},\n  "findings": [{f"{chr(10)}{body}{chr(10)}  " if body else ""}]\n}}\n'


def split_by_baseline(
    findings: Sequence[Finding], baseline: Counter[Entry], root: Path, ran: Iterable[str]
) -> tuple[list[Finding], list[Finding], list[Entry]]:
    """Hold findings against a baseline.

    Args:
        findings: what was found.
        baseline: the known entries.
        root: the baseline's directory.
        ran: the rules that ran; entries of others are not judged.

    Returns:
        the new findings; the known ones; the entries that are gone.
    """
    left = Counter(baseline)
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        entry = entry_of(finding, root)
        if left[entry] > 0:
            left[entry] -= 1
            known.append(finding)
        else:
            new.append(finding)
    judged = set(ran)
    return new, known, sorted(entry for entry in left.elements() if entry.rule in judged)

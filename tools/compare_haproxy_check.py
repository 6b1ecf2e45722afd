"""Compare cfglint's verdicts with those of real HAProxy daemons, file by file.

    python tools/compare_haproxy_check.py FOLDER --daemon haproxy [--daemon PATH …] [--list]
    python tools/compare_haproxy_check.py FOLDER --verdicts FILE.tsv [--list]

Every *.cfg file below the folder is one configuration. The daemon's verdict is the exit status of ``haproxy -c``: 1 is
a failure, 0 and 2 (no listener) are none. A failure that speaks only of the machine (missing files, names, users)
does not count. cfglint says the same when a finding has ``fails_check: haproxy``.

A table of recorded verdicts has the columns file (relative to the folder), version, exit and messages_json (a list of
[A or W, line, text]); where env_exit is filled, it and env_messages_json win.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from haproxy_daemon import Message, daemon_version, faults_of_the_file, run_check

from cfglint.engine.check import Request, check
from cfglint.engine.finding import Finding
from cfglint.model.version import HAPROXY_VERSIONS, Target, Version

Verdict = tuple[Path, str, int, list[Message]]


def predicted(file: Path, version: str) -> list[Finding]:
    """The findings that foretell a failing check of an exact version, in the order of the file."""
    result = check(Request((str(file),), Target(haproxy=Version.parse(version))))
    failing = [finding for finding in result.findings if finding.fails_check == "haproxy"]
    return sorted(failing, key=lambda finding: finding.at.line)


def from_daemons(folder: Path, daemons: list[str]) -> Iterator[Verdict]:
    """Run the daemons over the files of a folder."""
    versions = [(daemon, daemon_version(daemon)) for daemon in daemons]
    for file in sorted(path for path in folder.rglob("*.cfg") if path.is_file()):
        for daemon, version in versions:
            yield file, version, *run_check(daemon, file)


def from_table(folder: Path, table: Path) -> Iterator[Verdict]:
    """Read recorded verdicts; rows whose file is not in the folder are left out."""
    csv.field_size_limit(sys.maxsize)
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            file = folder / row["file"]
            if not file.is_file():
                continue
            real = row.get("env_exit") or ""
            messages = json.loads((row["env_messages_json"] if real else row["messages_json"]) or "[]")
            yield file, row["version"], int(real or row["exit"]), [Message(*message) for message in messages]


class Score:
    """Counts for one branch."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()

    def add(self, status: int, faults: list[Message], findings: list[Finding]) -> str | None:
        """Enter one file; what went wrong, or None."""
        if status not in {0, 1, 2}:
            self.count["no verdict"] += 1
            return None
        if status == 1 and not faults:
            self.count["machine only"] += 1
            return None
        fails = status == 1
        self.count["files"] += 1
        self.count["failing"] += fails
        if fails != bool(findings):
            kind = "false failure" if findings else "missed failure"
            self.count[kind] += 1
            return kind
        self.count["agree"] += 1
        first = next((fault.line for fault in faults if fault.line), 0)
        if not fails or not first:
            return None
        same = any(finding.at.line == first for finding in findings)
        self.count["with a line"] += 1
        self.count["same line"] += same
        return None if same else "other line"

    def row(self, branch: str) -> str:
        """One line of the Markdown table."""
        numbers = [self.count[name] for name in ("files", "agree", "failing", "false failure", "missed failure")]
        lined = self.count["with a line"]
        share = f"{100 * self.count['same line'] / lined:.1f} %" if lined else "-"
        rest = [share, str(self.count["machine only"]), str(self.count["no verdict"])]
        return f"| {' | '.join([branch, *map(str, numbers), *rest])} |"


def main() -> int:
    """Print the table; 1 when any verdict differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--daemon", action="append", default=[], help="a haproxy program; may be given again")
    parser.add_argument("--verdicts", type=Path, help="a table of recorded verdicts")
    parser.add_argument("--list", action="store_true", help="print each difference too")
    options = parser.parse_args()
    scores: dict[str, Score] = {}
    verdicts = (
        from_table(options.folder, options.verdicts)
        if options.verdicts
        else from_daemons(options.folder, options.daemon or ["haproxy"])
    )
    for file, version, status, messages in verdicts:
        findings = predicted(file, version)
        branch = ".".join(str(part) for part in Version.parse(version).parts[:2])
        faults = faults_of_the_file(messages)
        wrong = scores.setdefault(branch, Score()).add(status, faults, findings)
        if wrong and options.list:
            said = f"{faults[0].line}: {faults[0].text}" if faults else "nothing"
            ours = f"{findings[0].at.line}: {findings[0].message}" if findings else "nothing"
            print(f"{branch} {file}: {wrong}\n  HAProxy: {said}\n  cfglint: {ours}")
    print("| version | files | agree | failing | false failures | missed | same line | machine only | no verdict |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for branch in sorted(scores, key=HAPROXY_VERSIONS.index):
        print(scores[branch].row(branch))
    return int(any(score.count["agree"] < score.count["files"] for score in scores.values()))


if __name__ == "__main__":
    sys.exit(main())

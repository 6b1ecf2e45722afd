"""Rule cases: directories under ``fixtures/rules`` whose ``expect:`` marks say which findings they must give."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from cfglint.engine.check import check_paths
from cfglint.engine.result import Result
from tests.support import FIXTURES

MARK = re.compile(r"(?:[#!;]|<!--|//)\s*expect:\s*([a-z0-9/,\s-]+?)\s*(?:-->)?\s*$")
COMMENT_ONLY = re.compile(r"\s*(?:[#!;]|<!--|//)")


@dataclass(frozen=True, order=True)
class Expected:
    """One finding: where, and by which rule. Line 0 means a whole file, or something missing."""

    path: str
    line: int
    rule: str


def all_cases() -> list[Path]:
    """Every case directory."""
    return sorted(
        case
        for rule in (FIXTURES / "rules").glob("*/*")
        for case in rule.iterdir()
        if case.is_dir() and case.name.startswith(("bad", "good"))
    )


def case_name(case: Path) -> str:
    """How a case is called in the test's output: theme/rule/case."""
    return case.relative_to(FIXTURES / "rules").as_posix()


def expected_findings(case: Path) -> set[Expected]:
    """What the marks and ``expect.toml`` of a case ask for."""
    found: set[Expected] = set()
    for file in sorted(case.rglob("*")):
        if not file.is_file():
            continue
        relative = file.relative_to(case).as_posix()
        if relative == "expect.toml":
            entries = tomllib.loads(file.read_text()).get("finding", [])
            found |= {Expected(entry["path"], entry.get("line", 0), entry["rule"]) for entry in entries}
            continue
        found |= _marks(relative, file.read_bytes().decode("utf-8", "surrogateescape").split("\n"))
    return found


def _marks(relative: str, lines: list[str]) -> set[Expected]:
    found: set[Expected] = set()
    waiting: list[str] = []
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r")
        match = MARK.search(line)
        rules = [name.strip() for name in match[1].split(",") if name.strip()] if match else []
        if COMMENT_ONLY.match(line):
            waiting += rules
            continue
        if not line.strip():
            continue
        found |= {Expected(relative, number, rule) for rule in (*waiting, *rules)}
        waiting = []
    return found


def check_case(case: Path) -> Result:
    """Check a case as ``cfglint check CASE`` does."""
    return check_paths([case.as_posix()])


def actual_findings(case: Path, result: Result) -> set[Expected]:
    """What cfglint reported, with paths relative to the case."""
    return {Expected(_relative(case, finding.at.path), finding.at.line, finding.rule) for finding in result.findings}


def _relative(case: Path, path: str) -> str:
    return "." if path == case.as_posix() else path.removeprefix(f"{case.as_posix()}/")

"""A rule's own example: what it reports about the first bad case of its fixtures."""

from __future__ import annotations

import importlib.resources
import re
from dataclasses import dataclass
from pathlib import Path

import cfglint
from cfglint.engine.check import Request, check
from cfglint.engine.result import Result

MARK = re.compile(r"[ \t]*(?:[#!;]|//|<!--)[ \t]*expect:[^\n]*")


@dataclass(frozen=True)
class Example:
    """One case and what the rule says about it.

    Attributes:
        folder: where the case is.
        result: the findings of this rule alone.
    """

    folder: Path
    result: Result


def fixtures_folder() -> Path | None:
    """Where the rules' cases are: installed beside the rules, or in the checkout; None when neither is there."""
    try:
        installed = Path(str(importlib.resources.files("cfglint.fixtures"))) / "rules"
        if installed.is_dir():
            return installed
    except ModuleNotFoundError:
        pass
    checkout = Path(cfglint.__file__).resolve().parents[1] / "fixtures" / "rules"
    return checkout if checkout.is_dir() else None


def cases_of(rule: str, kind: str) -> list[Path]:
    """The cases of a rule, ``bad`` or ``good`` ones, sorted by name."""
    folder = fixtures_folder()
    place = folder / rule if folder is not None else None
    if place is None or not place.is_dir():
        return []
    return sorted(case for case in place.iterdir() if case.is_dir() and case.name.startswith(kind))


def example_of(rule: str) -> Example | None:
    """Check a rule's first bad case with that rule alone; None when it has none, or the rule needs others to report.

    The marks that tell tests what to expect are taken out of the texts first.
    """
    for case in cases_of(rule, "bad"):
        result = check(Request((case.as_posix(),), select=(rule,), overlay=_without_marks(case)))
        if result.findings:
            return Example(case, result)
    return None


def _without_marks(case: Path) -> dict[Path, bytes]:
    found: dict[Path, bytes] = {}
    for file in sorted(case.rglob("*")):
        if not file.is_file():
            continue
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        if "expect:" not in text:
            continue
        lines = [cleaned for line in text.split("\n") if (cleaned := MARK.sub("", line)).strip() or cleaned == line]
        found[file.resolve()] = "\n".join(lines).encode("utf-8", "surrogateescape")
    return found

"""Every rule's cases: each expected finding is there, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfglint.engine.registry import all_rules
from tests.cases import actual_findings, all_cases, case_name, check_case, expected_findings
from tests.support import FIXTURES


@pytest.mark.parametrize("case", all_cases(), ids=case_name)
def test_case_gives_exactly_the_findings_it_marks(case: Path) -> None:
    result = check_case(case)
    assert not result.faults
    expected, actual = expected_findings(case), actual_findings(case, result)
    messages = "\n".join(f"{finding.at}: [{finding.rule}] {finding.message}" for finding in result.findings)
    assert not expected - actual, f"missing; reported were:\n{messages}"
    assert not actual - expected, f"unexpected; reported were:\n{messages}"


@pytest.mark.parametrize("case", all_cases(), ids=case_name)
def test_bad_case_marks_its_own_rule_and_good_case_does_not(case: Path) -> None:
    rule = f"{case.parent.parent.name}/{case.parent.name}"
    marked = {entry.rule for entry in expected_findings(case)}
    assert (rule in marked) == case.name.startswith("bad")


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_rule_has_two_bad_cases_and_a_good_one(name: str) -> None:
    folder = FIXTURES / "rules" / name
    cases = [case.name for case in folder.iterdir()] if folder.is_dir() else []
    assert sum(case.startswith("bad") for case in cases) >= 2
    assert any(case.startswith("good") for case in cases)

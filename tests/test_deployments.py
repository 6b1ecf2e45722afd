"""The classic deployments: what their recipes get wrong is reported at its line, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import actual_findings, check_case, expected_findings
from tests.support import FIXTURES

DEPLOYMENTS = sorted((FIXTURES / "deployments").iterdir())


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda folder: folder.name)
def test_deployment_gives_exactly_the_findings_it_marks(deployment: Path) -> None:
    result = check_case(deployment)
    assert not result.faults
    expected, actual = expected_findings(deployment), actual_findings(deployment, result)
    messages = "\n".join(f"{finding.at}: [{finding.rule}] {finding.message}" for finding in result.findings)
    assert not expected - actual, f"missing; reported were:\n{messages}"
    assert not actual - expected, f"unexpected; reported were:\n{messages}"


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda folder: folder.name)
def test_keepalived_files_of_a_deployment_have_no_error(deployment: Path) -> None:
    result = check_case(deployment)
    wrong = [
        str(finding.at)
        for finding in result.findings
        if finding.at.path.endswith("keepalived.conf") and finding.level == "error"
    ]
    assert wrong == []


def test_both_web_servers_of_the_dr_deployment_answer_arp_for_the_vip() -> None:
    result = check_case(FIXTURES / "deployments" / "dr")
    nodes = {
        name for finding in result.findings if finding.rule == "lvs/dr-vip-on-arp-interface" for name in finding.nodes
    }
    assert {"websvr1", "websvr2"} <= nodes

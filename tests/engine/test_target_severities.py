"""Defects that only some Keepalived releases suffer from: their severity follows the target."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfglint.engine.check import check_paths
from cfglint.model.version import Target, Version
from tests.support import FIXTURES

EXPECTED = [
    ("vrrp/strict-with-unicast/bad-global", "vrrp/strict-with-unicast", "2.0.20", "error"),
    ("vrrp/strict-with-unicast/bad-global", "vrrp/strict-with-unicast", "2.2.7", "info"),
    ("vrrp/strict-with-unicast/bad-global", "vrrp/strict-with-unicast", "2.4.3", "error"),
    ("vrrp/strict-with-unicast/bad-global", "vrrp/strict-with-unicast", "", "warning"),
    ("vrrp/vrid-collision/bad-one-segment", "vrrp/vrid-collision", "2.2.7", "info"),
    ("vrrp/vrid-collision/bad-one-segment", "vrrp/vrid-collision", "2.3.4", "error"),
    ("vrrp/vrid-collision/bad-one-segment", "vrrp/vrid-collision", "", "warning"),
    ("vrrp/vrid-collision/bad-other-password", "vrrp/vrid-collision", "2.3.4", "info"),
    ("vrrp/unicast-peer-is-vip/bad-source", "vrrp/unicast-peer-is-vip", "2.2.7", "error"),
    ("vrrp/unicast-peer-is-vip/bad-source", "vrrp/unicast-peer-is-vip", "2.3.4", "info"),
    ("vrrp/unicast-peer-is-vip/bad-source", "vrrp/unicast-peer-is-vip", "", "warning"),
]


@pytest.mark.parametrize(("case", "rule", "release", "severity"), EXPECTED)
def test_severity_is_that_of_the_release(case: str, rule: str, release: str, severity: str) -> None:
    target = Target(keepalived=Version.parse(release)) if release else Target()
    result = check_paths([Path(FIXTURES / "rules" / case).as_posix()], target)
    assert [finding.severity for finding in result.findings if finding.rule == rule] == [severity]

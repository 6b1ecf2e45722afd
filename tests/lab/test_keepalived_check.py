"""Agreement with the installed keepalived: every fixture of one node that says whether its check fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import FIXTURES, ROOT, can_make_namespaces, needs_namespaces, needs_program, program

pytestmark = [pytest.mark.lab, needs_namespaces, needs_program("keepalived"), needs_program("unshare")]

SAMPLE = (
    "vrrp/priority-invalid", "vrrp/vrid-duplicate-on-interface", "vrrp/auth-pass-too-long", "vrrp/state-invalid",
    "vrrp/vip-syntax", "vrrp/unicast-peer-empty", "vrrp/strict-conflict", "vrrp/strict-blocks-vip",
    "lvs/vs-defaulted-method", "lvs/server-address-invalid", "lvs/server-group-invalid", "syntax/keyword-unknown",
    "syntax/block-unbalanced",
    "syntax/keepalived-parameter-missing", "syntax/keepalived-argument-invalid", "scripts/track-line-ignored",
)  # fmt: skip


def test_the_installed_daemon_agrees_with_the_cases(tmp_path: Path) -> None:
    """One run for all: files whose verdict differs are printed by the script."""
    assert can_make_namespaces()
    for rule in SAMPLE:
        for case in sorted((FIXTURES / "rules" / rule).iterdir()):
            for file in sorted(case.rglob("keepalived.conf")):
                name = f"{rule.replace('/', '-')}-{case.name}-{file.parent.name}.conf"
                (tmp_path / name).write_text(file.read_text())
    daemon = program("keepalived")
    assert daemon is not None
    command = [sys.executable, (ROOT / "tools" / "compare_keepalived_check.py").as_posix(), tmp_path.as_posix(), daemon]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    differing = [line for line in run.stdout.splitlines() if "not predicted" in line or "status 0, but" in line]
    assert not differing

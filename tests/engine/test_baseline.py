from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from cfglint.engine.baseline import BaselineError, baseline_text, entry_of, read_baseline, split_by_baseline
from cfglint.engine.finding import Finding
from cfglint.source import Span


def finding(path: str = "lb1/keepalived.conf", line: int = 1, rule: str = "vrrp/x", subject: str = "VI_1") -> Finding:
    return Finding(at=Span(path, line, 1, line, 2), message="m", subject=("lb1", subject), rule=rule)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(*findings: Finding) -> Counter[object]:
    Path("base.json").write_text(baseline_text(findings, Path.cwd()))
    return read_baseline(Path("base.json"))


def test_known_findings_are_recognised_after_their_line_moved() -> None:
    new, known, gone = split_by_baseline([finding(line=9)], written(finding(line=1)), Path.cwd(), ["vrrp/x"])
    assert (len(new), len(known), gone) == (0, 1, [])


def test_what_is_repaired_is_gone_unless_its_rule_did_not_run() -> None:
    baseline = written(finding(), finding(rule="vip/y"))
    _, _, gone = split_by_baseline([], baseline, Path.cwd(), ["vrrp/x"])
    assert [str(entry) for entry in gone] == ["lb1/keepalived.conf: vrrp/x (lb1/VI_1)"]


def test_a_second_finding_of_the_same_key_is_new() -> None:
    new, known, _ = split_by_baseline([finding(), finding(line=5)], written(finding()), Path.cwd(), ["vrrp/x"])
    assert (len(new), len(known)) == (1, 1)


def test_paths_are_relative_to_the_baseline() -> None:
    assert entry_of(finding("./site/a.cfg"), Path.cwd() / "site").path == "a.cfg"
    assert entry_of(finding(str(Path.cwd() / "site" / "a.cfg")), Path.cwd()).path == "site/a.cfg"


def test_the_file_is_sorted_with_one_entry_a_line() -> None:
    text = baseline_text([finding(subject="b"), finding(subject="a")], Path.cwd())
    assert text == (
        '{\n  "version": 1,\n  "findings": [\n'
        '    {"rule": "vrrp/x", "path": "lb1/keepalived.conf", "subject": ["lb1", "a"]},\n'
        '    {"rule": "vrrp/x", "path": "lb1/keepalived.conf", "subject": ["lb1", "b"]}\n  ]\n}\n'
    )
    assert json.loads(baseline_text([], Path.cwd()))["findings"] == []


@pytest.mark.parametrize(
    ("text", "why"),
    [("nonsense", "is no baseline"), ('{"version": 2, "findings": []}', "of version 2"), ("[]", "is no baseline")],
)
def test_another_file_is_refused(text: str, why: str) -> None:
    Path("base.json").write_text(text)
    with pytest.raises(BaselineError, match=why):
        read_baseline(Path("base.json"))


def run_cfglint(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cfglint", *arguments], capture_output=True, text=True, check=False)


def test_the_commands_write_use_and_clean_a_baseline() -> None:
    node = Path("lb1")
    node.mkdir()
    file = node / "sysctl.conf"
    file.write_text("net.ipv4.tcp_syncookies = 1 \n# cfglint: ignore[no/such] x\nkernel.panic = 5\n")
    only = ("--select", "meta")
    assert run_cfglint("check", *only, "lb1").returncode == 1
    assert "1 finding, 1 new, 0 gone" in run_cfglint("baseline", *only, "lb1").stdout
    done = run_cfglint("check", *only, "--baseline", "cfglint-baseline.json", "lb1")
    assert (done.returncode, "1 known from the baseline" in done.stdout) == (0, True)
    file.write_text("kernel.panic = 5\n")
    done = run_cfglint("check", *only, "--baseline", "cfglint-baseline.json", "lb1")
    assert "1 entry of the baseline gone" in done.stdout
    assert run_cfglint("check", "--baseline", "missing.json", "lb1").returncode == 2

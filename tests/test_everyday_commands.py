"""The commands of an ordinary day, from the command line inwards."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cfglint.cli.main import main
from cfglint.cli.standard_input import _node_of
from tests.support import FIXTURES

DEMO = FIXTURES / "demo"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo pair, in the working directory of a repository."""
    for node in ("lb1", "lb2"):
        shutil.copytree(DEMO / node, tmp_path / node)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def rules_of(done: Result) -> list[str]:
    return sorted(finding["rule"] for finding in json.loads(done.stdout)["findings"])


def test_init_writes_settings_that_check_reads_without_a_path(pair: Path) -> None:
    done = invoke("init")
    assert done.exit_code == 0
    assert "Wrote cfglint.toml: 2 nodes, 1 cluster." in done.output
    checked = invoke("check", "--format", "json")
    assert [node["name"] for node in json.loads(checked.stdout)["nodes"]] == ["lb1", "lb2"]
    assert "vrrp/vrid-mismatch" in rules_of(checked)
    again = invoke("init")
    assert again.exit_code == 2
    assert "cfglint.toml is there already" in again.output
    assert invoke("init", "--force").exit_code == 0
    assert (pair / "cfglint.toml").read_text().startswith("#:schema ")


def test_the_version_names_the_daemons_that_are_known() -> None:
    program, daemons = invoke("--version").output.splitlines()
    assert program.startswith("cfglint ")
    assert daemons.startswith("HAProxy 2.4, ")
    assert "; Keepalived 2.0.20, " in daemons


def test_init_without_any_node_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = invoke("init")
    assert done.exit_code == 2
    assert "no node found" in done.output
    assert not (tmp_path / "cfglint.toml").exists()


def test_a_wrong_setting_ends_with_status_2_and_a_suggestion(pair: Path) -> None:
    (pair / "cfglint.toml").write_text('fail-onn = "error"\n')
    done = invoke("check", "lb1", "lb2")
    assert done.exit_code == 2
    assert "fail-onn: there is no such key; did you mean 'fail-on'?" in done.output
    assert invoke("check", "--isolated", "lb1", "lb2").exit_code == 1


def test_a_suppressed_finding_is_counted_and_explained_in_json(pair: Path) -> None:
    file = pair / "lb1" / "keepalived.conf"
    file.write_text(file.read_text().replace("_id 51", "_id 51 ! cfglint: ignore[vrrp/vrid-mismatch] ticket 7"))
    document = json.loads(invoke("check", "--format", "json", "lb1", "lb2").stdout)
    assert "vrrp/vrid-mismatch" not in {finding["rule"] for finding in document["findings"]}
    assert [(entry["rule"], entry["reason"]) for entry in document["suppressed"]] == [
        ("vrrp/vrid-mismatch", "ticket 7")
    ]
    assert "1 suppressed by comments" in invoke("check", "lb1", "lb2").stdout
    assert "vrrp/vrid-mismatch" in rules_of(invoke("check", "--no-suppressions", "--format", "json", "lb1", "lb2"))


def test_standard_input_stands_for_one_file_beside_its_peer(pair: Path) -> None:
    repaired = (pair / "lb2" / "keepalived.conf").read_text().replace("_id 52", "_id 51")
    done = invoke("check", "-", "--stdin-filename", "lb2/keepalived.conf", "lb1", "--format", "json", text=repaired)
    assert "vrrp/vrid-mismatch" not in rules_of(done)
    assert {node["name"] for node in json.loads(done.stdout)["nodes"]} == {"lb1", "lb2"}


@pytest.mark.usefixtures("pair")
def test_standard_input_needs_a_name_and_takes_no_repair() -> None:
    assert "needs --stdin-filename" in invoke("check", "-", text="").output
    assert "goes with -" in invoke("check", "lb1", "--stdin-filename", "x").output
    done = invoke("check", "-", "--stdin-filename", "lb2/keepalived.conf", "--fix", text="x\n")
    assert "cannot be repaired in place" in done.output


def test_a_file_that_is_not_there_can_be_checked_from_standard_input(tmp_path: Path) -> None:
    name = str(tmp_path / "lb9" / "keepalived.conf")
    text = "vrrp_instance A { # cfglint: ignore[no/such] x\n}\n"
    done = invoke("check", "-", "--stdin-filename", name, "--select", "meta", "--format", "json", text=text)
    document = json.loads(done.stdout)
    assert [node["name"] for node in document["nodes"]] == ["lb9"]
    assert [finding["location"]["path"] for finding in document["findings"]] == [name]


@pytest.mark.parametrize(
    ("file", "node"),
    [("lb1/etc/keepalived/keepalived.conf", "lb1"), ("lb1/haproxy.cfg", "lb1"), ("keepalived.conf", ".")],
)
def test_the_node_of_a_file(file: str, node: str) -> None:
    assert _node_of(Path(file)).as_posix() == node


def test_fix_writes_what_is_safe_and_diff_writes_nothing(pair: Path) -> None:
    file = pair / "lb1" / "keepalived.conf"
    before = file.read_text()
    file.write_text(before.replace("_id 51", "_id 51 # cfglint: ignore[meta/suppression-expired] old"))
    shown = invoke("check", "--diff", "lb1", "lb2")
    assert shown.exit_code == 1
    assert "-    virtual_router_id 51 # cfglint: ignore[meta/suppression-expired] old\n" in shown.output
    assert "# cfglint" in file.read_text()
    done = invoke("check", "--fix", "lb1", "lb2")
    assert "Fixed 1 finding in 1 file." in done.output
    assert file.read_text() == before
    assert invoke("check", "--diff", "lb1", "lb2").exit_code == 0


@pytest.mark.usefixtures("pair")
def test_diff_tells_unexpected_differences_from_those_by_design() -> None:
    done = invoke("diff", "lb1", "lb2")
    assert done.exit_code == 1
    unexpected, by_design = done.output.split("By design")
    assert "keepalived / instances / WEB / vrid\n    lb1  51  (lb1/keepalived.conf:12:23)" in unexpected
    assert "WEB / priority" in by_design
    document = json.loads(invoke("diff", "lb1", "lb2", "--format", "json").stdout)
    vrid = next(entry for entry in document["differences"] if entry["path"][-1] == "vrid")
    assert (vrid["expected"], vrid["left"]["value"], vrid["right"]["value"]) == (False, "51", "52")


def test_diff_says_that_passwords_differ_without_showing_them(pair: Path) -> None:
    file = pair / "lb2" / "keepalived.conf"
    text = file.read_text()
    old = next(line for line in text.splitlines() if "auth_pass" in line)
    file.write_text(text.replace(old, "        auth_pass 0ther-1"))
    output = invoke("diff", "lb1", "lb2").output
    assert "authentication / password" in output
    assert "0ther-1" not in output


def test_a_node_does_not_differ_from_its_copy(pair: Path) -> None:
    shutil.copytree(pair / "lb1", pair / "copy")
    done = invoke("diff", "lb1", "copy")
    assert "0 unexpected differences" in done.output
    assert done.exit_code == 0


def test_rules_may_be_named_with_commas(pair: Path) -> None:
    (pair / "lb1" / "sysctl.conf").write_text("# cfglint: ignore[no/such] x\n")
    done = invoke("check", "--select", "meta, vrrp/vrid-mismatch", "--format", "json", "lb1", "lb2")
    assert rules_of(done) == ["meta/suppression-unknown", "vrrp/vrid-mismatch"]


@pytest.mark.usefixtures("pair")
def test_statistics_follow_the_report() -> None:
    output = invoke("check", "--statistics", "--format", "concise", "lb1", "lb2").stdout
    assert "Findings by rule\n     1  error    " in output


def test_watch_needs_its_extra_or_starts(pair: Path) -> None:
    pytest.importorskip("watchfiles", reason="the extra `watch` is not installed")
    process = subprocess.Popen(
        [sys.executable, "-m", "cfglint", "check", "--watch", "--format", "concise", "lb1", "lb2"],
        cwd=pair,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = [process.stdout.readline() for _ in range(3)]
    process.terminate()
    process.wait(10)
    process.stdout.close()
    assert any("vrrp/vrid-mismatch" in line for line in first)

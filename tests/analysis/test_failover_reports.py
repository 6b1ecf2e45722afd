from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from cfglint.cli.main import main


def test_a_folder_without_a_pair_has_nothing_to_simulate_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "haproxy.cfg").write_text("global\n")
    result = CliRunner().invoke(main, ["failover", str(tmp_path)])
    assert result.exit_code == 2
    assert "No cluster to simulate" in result.output


def test_an_unknown_verdict_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["failover", "--fail-on-verdict", "bad", str(tmp_path)])
    assert result.exit_code == 2
    assert "'bad' is none of split-brain" in result.output

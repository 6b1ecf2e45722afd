from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cfglint.cli.main import main
from cfglint.engine.example import example_of, fixtures_folder
from cfglint.engine.registry import all_rules
from cfglint.report.options import RenderOptions
from cfglint.report.rule_page import markdown, paragraphs, render


def invoke(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def test_explain_shows_the_rules_documentation_and_its_own_example() -> None:
    page = invoke("explain", "vrrp/vrid-mismatch")
    assert page.startswith("vrrp/vrid-mismatch (error)\n\nMembers of one virtual router use different")
    for heading in ("Why it hurts", "When it stays silent", "What to do", "Example: ", "Rests on", "Suppress it"):
        assert f"\n{heading}" in page
    assert "error[vrrp/vrid-mismatch]: " in page
    assert str(fixtures_folder()) not in page
    assert "expect:" not in page
    assert max(len(line) for line in page.splitlines()) <= 100


def test_explain_takes_the_name_without_its_theme_and_suggests_near_ones() -> None:
    assert invoke("explain", "vrid-mismatch") == invoke("explain", "vrrp/vrid-mismatch")
    done = CliRunner().invoke(main, ["explain", "vrid-mismach"])
    assert done.exit_code == 2
    assert "no rule or theme is called 'vrid-mismach'; did you mean" in done.output


def test_a_theme_has_no_page_but_a_list() -> None:
    done = CliRunner().invoke(main, ["explain", "vrrp"])
    assert done.exit_code == 2
    assert "`cfglint rules vrrp` lists them" in done.output


@pytest.mark.parametrize("name", ["vrrp/vrid-mismatch", "meta/suppression-expired"])
def test_pages_fit_into_forty_columns(name: str) -> None:
    rule = all_rules()[name]
    page = render(rule, None, RenderOptions(width=40))
    assert max(len(line) for line in page.splitlines()) <= max(40, len(f"  # cfglint: ignore[{name}] reason"))


def test_the_markdown_page_has_the_report_as_a_block() -> None:
    rule = all_rules()["vrrp/vrid-mismatch"]
    page = markdown(rule, example_of(rule.name))
    assert page.startswith("# vrrp/vrid-mismatch\n\n**error** · scope: VrrpGroup\n")
    assert "## Example\n\n```text\nerror[vrrp/vrid-mismatch]: " in page


def test_paragraphs_are_split_at_the_known_headings() -> None:
    assert paragraphs("First\nline.\n\nWhy it hurts: because\nof that.\n\nMore.") == [
        ("", "First line."),
        ("Why it hurts", "Because of that."),
        ("", "More."),
    ]


def test_rules_can_be_filtered() -> None:
    everything = json.loads(invoke("rules", "--format", "json"))
    assert [entry["name"] for entry in everything] == sorted(all_rules())
    chosen = json.loads(invoke("rules", "vrrp", "--severity", "error", "--scope", "vrrpgroup", "--format", "json"))
    assert "vrrp/vrid-mismatch" in {entry["name"] for entry in chosen}
    assert {(entry["theme"], entry["severity"], entry["scope"]) for entry in chosen} == {("vrrp", "error", "VrrpGroup")}
    assert invoke("rules", "meta").splitlines()[-1].endswith("rules")


def test_an_unknown_scope_is_refused_with_those_there_are() -> None:
    done = CliRunner().invoke(main, ["rules", "--scope", "Nothing"])
    assert done.exit_code == 2
    assert "VrrpGroup" in done.output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_our_variable(shell: str) -> None:
    assert "_CFGLINT_COMPLETE" in invoke("completions", shell)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cfglint check --format s", ["plain,sarif"]),
        ("cfglint check --select vrrp/vrid-mis", ["plain,vrrp/vrid-mismatch"]),
        ("cfglint expl", ["plain,explain"]),
    ],
)
def test_the_shell_completes_commands_formats_and_rules(words: str, expected: list[str], tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "cfglint"
    if not program.exists():
        pytest.skip("cfglint is not installed as a program")
    done = subprocess.run(
        [program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={
            "PATH": "/usr/bin:/bin",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
            "_CFGLINT_COMPLETE": "bash_complete",
        },
    )
    assert done.stdout.split() == expected

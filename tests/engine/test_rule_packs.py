from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cfglint.cli.main import main
from cfglint.engine.registry import all_rules
from cfglint.engine.rule import RuleDefinitionError

RULE = '''"""The rule ``house/no-tabs``."""

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.model.node import NodeFile


@rule(severity="warning", sources=["our house"])
def no_tabs(file: NodeFile) -> Iterator[Finding]:
    """A line is indented by a tab.

    Why it hurts: it does not, this is an example. When it stays silent: without tabs. What to do: use blanks.
    """
    for number, line in enumerate(file.source.lines, 1):
        if line.startswith("\\t"):
            yield Finding(at=file.source.line_span(number), message="a tab", subject=(file.relative, str(number)))
'''


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    theme = tmp_path / "pack" / "house"
    theme.mkdir(parents=True)
    (theme / "no_tabs.py").write_text(RULE)
    (theme / "__init__.py").write_text("")
    return tmp_path / "pack"


def test_a_folder_of_rules_is_used_when_the_command_line_names_it(pack: Path, tmp_path: Path) -> None:
    node = tmp_path / "lb1"
    node.mkdir()
    (node / "sysctl.conf").write_text("\tkernel.panic = 5\n# cfglint: ignore[house/no-tabs] ours\n\tkernel.sysrq = 0\n")
    arguments = ["check", "--rules-dir", str(pack), "--select", "house", "--format", "concise", str(node)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "sysctl.conf:1:2: warning[house/no-tabs] a tab" in done.output
    assert "sysctl.conf:3" not in done.output


def test_a_settings_file_cannot_name_a_folder_of_rules(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "cfglint.toml").write_text(f'rules-dir = "{pack}"\n')
    done = CliRunner().invoke(main, ["check", "--config", str(tmp_path / "cfglint.toml"), str(tmp_path)])
    assert done.exit_code == 2
    assert "rules-dir: there is no such key" in done.output


@pytest.mark.parametrize(
    ("text", "why"),
    [("1/0\n", "cannot be loaded: ZeroDivisionError"), ("x = 1\n", "holds exactly one rule, this one 0")],
)
def test_a_rule_that_does_not_load_is_named(pack: Path, text: str, why: str) -> None:
    (pack / "house" / "no_tabs.py").write_text(text)
    with pytest.raises(RuleDefinitionError, match="house/no-tabs: ") as caught:
        all_rules((pack,))
    assert why in str(caught.value)


def test_two_rules_of_one_name_are_refused(pack: Path) -> None:
    theme = pack / "vrrp"
    theme.mkdir()
    (theme / "vrid_mismatch.py").write_text(RULE)
    with pytest.raises(RuleDefinitionError, match="vrrp/vrid-mismatch: two rules have this name"):
        all_rules((pack,))


def test_an_empty_folder_holds_no_rules(tmp_path: Path) -> None:
    with pytest.raises(RuleDefinitionError, match="holds no rules"):
        all_rules((tmp_path,))

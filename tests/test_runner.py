"""Running rules: independent faults give a finding each, one fault gives one, a broken rule costs only itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cfglint.engine import Finding, Unchecked, rule
from cfglint.engine.registry import UnknownRuleError, all_rules, select_rules
from cfglint.engine.rule import RuleDefinitionError, load_rule
from cfglint.engine.runner import run_rules
from cfglint.model.node import Node
from cfglint.source import Span
from tests.nodes import check_nodes, fleet_of, instance, rules_found


def docs(function: object) -> None:
    function.__doc__ = "A test.\n\nWhy it hurts: x.\n\nWhen it stays silent: x.\n\nWhat to do: x."


def test_matching_pair_gives_no_finding(tmp_path: Path) -> None:
    result = check_nodes(tmp_path, {"lb1": instance(), "lb2": instance(state="BACKUP", priority=100)})
    assert rules_found(result) == []


def test_one_fault_gives_one_finding(tmp_path: Path) -> None:
    result = check_nodes(tmp_path, {"lb1": instance(), "lb2": instance(state="BACKUP", priority=100, vrid=52)})
    assert rules_found(result) == ["vrrp/vrid-mismatch"]


def test_two_independent_faults_in_one_group_give_two_findings(tmp_path: Path) -> None:
    nodes = {
        "lb1": instance(password="one"),
        "lb2": instance(state="BACKUP", priority=100, vrid=52, password="two"),
    }
    assert rules_found(check_nodes(tmp_path, nodes)) == ["vrrp/auth-pass-mismatch", "vrrp/vrid-mismatch"]


def test_findings_come_by_path_line_column_and_rule(tmp_path: Path) -> None:
    nodes = {
        "lb1": instance(password="one", priority=100),
        "lb2": instance(state="BACKUP", priority=100, vrid=52, password="two"),
    }
    findings = check_nodes(tmp_path, nodes).findings
    assert len(findings) == 3
    places = [(finding.at.path, finding.at.line, finding.at.column, finding.rule) for finding in findings]
    assert places == sorted(places)


def test_fingerprint_stays_when_lines_move(tmp_path: Path) -> None:
    def fingerprint(comment: str) -> str:
        nodes = {"lb1": instance(), "lb2": comment + instance(state="BACKUP", priority=100, vrid=52)}
        return check_nodes(tmp_path, nodes).findings[0].fingerprint

    assert fingerprint("") == fingerprint("# one\n\n# more\n")


def test_rule_that_breaks_is_a_fault_and_the_others_report(tmp_path: Path) -> None:
    @rule(severity="error", sources=["a test"])
    def broken(node: Node) -> Iterator[Finding | Unchecked]:
        raise ValueError("s3cret")
        yield Finding(at=node.span, message="", subject=())

    docs(broken)
    fleet = fleet_of(tmp_path, {"lb1": instance(), "lb2": instance(state="BACKUP", priority=100, vrid=52)})
    result = run_rules(fleet, [load_rule("meta/broken", broken), all_rules()["vrrp/vrid-mismatch"]])
    assert rules_found(result) == ["vrrp/vrid-mismatch"]
    assert [fault.where for fault in result.faults] == ["meta/broken"]
    assert "s3cret" not in result.faults[0].why
    assert result.exit_status(None) == 2


def test_finding_yields_to_a_cause_about_a_part_of_its_subject_only(tmp_path: Path) -> None:
    @rule(severity="error", sources=["a test"])
    def cause(node: Node) -> Iterator[Finding | Unchecked]:
        yield Finding(at=Span("x"), message="cause", subject=(node.name, "WEB", "vrid"))

    @rule(severity="error", sources=["a test"], yields_to=["meta/cause"])
    def consequence(node: Node) -> Iterator[Finding | Unchecked]:
        yield Finding(at=Span("x"), message="consequence", subject=(node.name, "WEB"))
        yield Finding(at=Span("x"), message="independent", subject=(node.name, "MAIL"))

    docs(cause)
    docs(consequence)
    fleet = fleet_of(tmp_path, {"lb1": instance()})
    result = run_rules(fleet, [load_rule("meta/cause", cause), load_rule("meta/consequence", consequence)])
    assert [finding.message for finding in result.findings] == ["cause", "independent"]


def test_rule_without_its_three_paragraphs_does_not_load() -> None:
    @rule(severity="error", sources=["a test"])
    def undocumented(node: Node) -> Iterator[Finding | Unchecked]:
        """Nothing more."""
        yield Unchecked(node.name, "", "")

    with pytest.raises(RuleDefinitionError, match="Why it hurts"):
        load_rule("meta/undocumented", undocumented)


def test_rule_without_a_scope_does_not_load() -> None:
    @rule(severity="error", sources=["a test"])
    def unscoped() -> Iterator[Finding | Unchecked]:
        yield Unchecked("", "", "")

    docs(unscoped)
    with pytest.raises(RuleDefinitionError, match="one parameter"):
        load_rule("meta/unscoped", unscoped)


def test_rules_are_selected_by_name_and_theme_and_ignored_likewise() -> None:
    names = {rule.name for rule in select_rules(("vrrp",), ("vrrp/vrid-mismatch",))}
    assert "vrrp/auth-pass-mismatch" in names
    assert "vrrp/vrid-mismatch" not in names
    assert all(name.startswith("vrrp/") for name in names)


def test_unknown_rule_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownRuleError, match="vrrp/vrid-mismatch"):
        select_rules(("vrrp/vrid-mismach",), ())

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cfglint.engine.check import read_fleet
from cfglint.engine.finding import Finding, Related
from cfglint.engine.registry import all_rules
from cfglint.engine.result import Result
from cfglint.engine.rule import Rule, load_rule, rule
from cfglint.engine.runner import run_rules
from cfglint.engine.suppress import find_suppressions
from cfglint.model.node import Node
from cfglint.model.version import Target
from cfglint.source import Span

TODAY = dt.date(2026, 11, 22)
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.chdir(tmp_path)

    def _write(path: str, text: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return _write


@rule(severity="error", sources=["a test"])
def marked_lines(node: Node) -> Iterator[Finding]:
    """A line holds the word BAD.

    Why it hurts: it is a test. When it stays silent: without it. What to do: nothing.
    """
    for file in node.files:
        for number, line in enumerate(file.source.lines, 1):
            if "BAD" in line.split("#")[0].split("!")[0]:
                yield Finding(
                    at=file.source.line_span(number),
                    message="bad",
                    subject=(node.name, str(number)),
                    related=[Related("there", Span("lb2/keepalived.conf", 1, 1, 1, 2))] if "PAIR" in line else [],
                )


@rule(severity="warning", sources=["a test"])
def whole_node(node: Node) -> Iterator[Finding]:
    """A node is there.

    Why it hurts: it is a test. When it stays silent: never. What to do: nothing.
    """
    yield Finding(at=node.span, message="missing", subject=(node.name,))


def run(*extra: Rule, **options: bool) -> Result:
    rules = [load_rule("sample/marked-lines", marked_lines), *extra, *all_rules().values()]
    rules = [entry for entry in rules if entry.theme in {"sample", "meta"}]
    fleet, _ = read_fleet(["."], Target())
    return run_rules(fleet, rules, today=TODAY, **options)


def reported(result: Result) -> list[tuple[str, int]]:
    return [(finding.rule, finding.at.line) for finding in result.findings]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a BAD  # cfglint: ignore[sample/marked-lines] known\nb BAD\n", [2]),
        ("a BAD  ! cfglint: ignore[sample/marked-lines] known\nb BAD\n", [2]),
        ("a BAD #cfglint:ignore[ other/x , sample/marked-lines ]\nb BAD\n", [2]),
        ("# cfglint: ignore[sample] the theme\n\n# more\na BAD\nb BAD\n", [5]),
        ("# cfglint: ignore-file[sample/marked-lines] x\na BAD\nb BAD\n", []),
        ("# cfglint: ignore-block[sample] x\na {\n  BAD {\n  }\n  BAD\n}\nc BAD\n", [7]),
        ("a { # cfglint: ignore-block[sample] x\n  BAD\n}\nc BAD\n", [4]),
        ("# cfglint: ignore-block[sample] x\na BAD\nb BAD\n\nc BAD\n", [5]),
        ("a BAD # cfglint: ignore[sample] until 2026-11-22 last day\n", []),
        ("a BAD # cfglint: ignore[sample] until 2026-11-21 over\n", [1]),
        ("a BAD # cfglint: ignore x\n", [1]),
        ("a BAD # cfglint: ignore[another] x\n", [1]),
    ],
)
def test_a_comment_suppresses_what_it_stands_for(write: Write, text: str, lines: list[int]) -> None:
    write("lb1/keepalived.conf", text)
    assert [line for name, line in reported(run()) if name == "sample/marked-lines"] == lines


def test_a_section_of_haproxy_is_a_block(write: Write) -> None:
    write("lb1/haproxy.cfg", "# cfglint: ignore-block[sample]\nlisten a\n  x BAD\n\n  y BAD\nlisten b\n  z BAD\n")
    assert [line for name, line in reported(run()) if name == "sample/marked-lines"] == [7]


def test_a_comment_counts_in_any_file_that_the_finding_touches(write: Write) -> None:
    write("lb1/keepalived.conf", "PAIR BAD\n")
    write("lb2/keepalived.conf", "x # cfglint: ignore[sample/marked-lines] known on this side\n")
    result = run()
    assert reported(result) == []
    assert [(entry.finding.at.line, entry.by.reason) for entry in result.suppressed] == [(1, "known on this side")]


def test_what_is_missing_in_a_node_is_suppressed_by_its_files(write: Write) -> None:
    write("lb1/keepalived.conf", "# cfglint: ignore-file[sample/whole-node] by design\n")
    write("lb2/keepalived.conf", "x\n")
    found = run(load_rule("sample/whole-node", whole_node))
    assert [entry.at.path for entry in found.findings if entry.rule == "sample/whole-node"] == ["lb2"]


def test_unused_comments_are_reported_only_for_rules_that_ran(write: Write) -> None:
    write("lb1/keepalived.conf", "x # cfglint: ignore[sample/marked-lines] x\ny # cfglint: ignore[vrrp/not-run] x\n")
    assert ("meta/suppression-unused", 1) in reported(run())
    assert ("meta/suppression-unused", 2) not in reported(run())


def test_comments_can_be_ignored_for_an_audit(write: Write) -> None:
    write("lb1/keepalived.conf", "a BAD # cfglint: ignore[sample] x\n")
    result = run(suppressions=False)
    assert reported(result) == [("sample/marked-lines", 1)]


def test_a_suppression_of_suppression_findings_works_and_is_not_unused(write: Write) -> None:
    write("lb1/keepalived.conf", "# cfglint: ignore-file[meta] x\nx # cfglint: ignore[sample/marked-lines] x\n")
    assert reported(run()) == []


def test_reason_and_date_are_read(write: Write) -> None:
    write("lb1/keepalived.conf", "x # cfglint: ignore[a/b,c/d] until 2027-01-31 ticket 12, see wiki\n")
    fleet, _ = read_fleet(["."], Target())
    (found,) = find_suppressions(fleet, [], [], TODAY)
    assert (found.reason, found.until) == ("ticket 12, see wiki", dt.date(2027, 1, 31))
    assert [entry.name for entry in found.names] == ["a/b", "c/d"]
    assert [entry.span.column for entry in found.names] == [21, 25]

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from cfglint.engine.finding import Finding
from cfglint.engine.result import Fault, Result
from cfglint.report import github, gitlab, json_v1, junit, rdjson, sarif, statistics
from cfglint.report.line_hash import line_hashes
from cfglint.report.options import RenderOptions
from cfglint.source import SourceFile, Span
from tests.report.samples import pair_result, result_of, source
from tests.support import ROOT

jsonschema = pytest.importorskip("jsonschema", reason="the development extras are not installed")
SCHEMAS = Path(__file__).parent / "schemas"


def schema(name: str) -> object:
    return json.loads((SCHEMAS / f"{name}.json").read_text())


def awkward_result() -> Result:
    """Findings with signs that formats give a meaning to, about a node without files, with faults."""
    file = source("site/a b%c/h%20.cfg", "é\tx <&> ]]> ::error::y\n")
    findings = [
        Finding(
            at=Span(file.path, 1, 3, 1, 4),
            message="odd <&>\"' ]]> %[req.hdr(host)](1) | `x`, a:b",
            subject=("n", "x"),
            severity="warning",
            rule="security/sample",
            label="[/foo]",
        ),
        Finding(at=Span("nowhere"), message="m", subject=("n",), severity="error", rule="meta/sample"),
        Finding(at=Span("nowhere"), message="m again", subject=("n",), severity="error", rule="meta/sample"),
    ]
    return result_of(findings, [file], faults=[Fault("lb9", "cannot be read: permission denied")])


RESULTS = {"pair": pair_result, "awkward": awkward_result, "clean": lambda: result_of([], [])}


@pytest.mark.parametrize("name", RESULTS)
def test_sarif_validates_against_the_model_of_the_official_schema(name: str) -> None:
    model = pytest.importorskip("pydantic_sarif.model", reason="the development extras are not installed")
    model.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate_json(sarif.render(RESULTS[name]()))


@pytest.mark.parametrize("name", RESULTS)
def test_gitlab_and_rdjson_validate(name: str) -> None:
    jsonschema.validate(json.loads(gitlab.render(RESULTS[name]())), schema("gitlab"))
    jsonschema.validate(json.loads(rdjson.render(RESULTS[name]())), schema("rdjson"))


@pytest.mark.parametrize("name", RESULTS)
def test_json_fits_the_published_schema(name: str) -> None:
    published = json.loads((ROOT / "docs" / "report-v1.schema.json").read_text())
    jsonschema.validate(json.loads(json_v1.render(RESULTS[name]())), published)


@pytest.mark.parametrize("name", RESULTS)
def test_junit_counts_what_it_holds(name: str) -> None:
    root = ET.fromstring(junit.render(RESULTS[name]()))  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    assert {child.tag for child in root} == {"testsuite"}
    for level in (root, *root):
        assert level.get("tests") == str(len(list(level.iter("testcase"))))
        assert level.get("failures") == str(len(list(level.iter("failure"))))
        assert level.get("errors") == str(len(list(level.iter("error"))))
    assert int(root.get("tests", "0")) > 0


def test_sarif_keeps_githubs_limits_and_links_the_peer() -> None:
    run = json.loads(sarif.render(pair_result()))["runs"][0]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["id"]
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 20
    first = run["results"][0]
    assert first["message"]["text"] == (
        "lb1 uses VRID 51 and lb2 52, so each ignores the other and both hold 10.0.0.100. "
        "See [52 on lb2](1). use one virtual_router_id on both nodes."
    )
    peer = first["relatedLocations"][0]
    assert peer["id"] == 1
    assert peer["physicalLocation"]["artifactLocation"]["uri"] == "site/lb2/keepalived.conf"
    assert [len(flow["threadFlows"][0]["locations"]) for flow in first["codeFlows"]] == [2]
    assert first["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "51"}


def test_sarif_points_a_missing_file_at_a_file_of_its_node() -> None:
    results = json.loads(sarif.render(pair_result()))["runs"][0]["results"]
    place = results[2]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "site/lb2/keepalived.conf"},
        "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
    }


def test_a_link_in_a_message_is_only_made_by_us() -> None:
    results = json.loads(sarif.render(awkward_result()))["runs"][0]["results"]
    assert "](1)" not in results[0]["message"]["text"]


def test_uris_are_relative_to_the_repository_and_percent_encoded() -> None:
    options = RenderOptions(base="/work tree/site", root="/work tree")
    result = result_of(
        [Finding(at=Span("a b/é\udcff.cfg", 1, 1, 1, 2), message="m", subject=("s",), rule="r/s")],
        [source("a b/é\udcff.cfg", "x\n")],
    )
    place = json.loads(sarif.render(result, options))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "site/a%20b/%C3%A9%FF.cfg"
    assert json.loads(gitlab.render(result, options))[0]["location"]["path"] == r"site/a b/é\xff.cfg"


def test_faults_make_the_invocation_unsuccessful() -> None:
    invocation = json.loads(sarif.render(awkward_result()))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert "permission denied" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_github_escapes_what_would_start_another_command() -> None:
    lines = github.render(awkward_result()).splitlines()
    assert lines[0] == (
        "::warning file=site/a b%25c/h%2520.cfg,line=1,endLine=1,col=3,endColumn=4,title=security/sample"
        "::odd <&>\"' ]]> %25[req.hdr(host)](1) | `x`, a:b"
    )
    assert sum(line.startswith("::") for line in lines) == 4


def test_github_tells_the_peers_place_and_the_help_in_the_annotation() -> None:
    first = github.render(pair_result()).splitlines()[0]
    assert first.endswith("%0Asite/lb2/keepalived.conf:3:20: 52 on lb2%0Ahelp: use one virtual_router_id on both nodes")


def test_the_step_summary_is_a_table_with_both_places() -> None:
    page = github.step_summary(pair_result())
    assert (
        "| error | lb1 uses VRID 51 and lb2 52, so each ignores the other and both hold 10.0.0.100 "
        "| site/lb1/keepalived.conf:3:20<br>site/lb2/keepalived.conf:3:20 | vrrp/vrid-mismatch |" in page
    )
    assert r"\[req.hdr(host)\](1)" in github.step_summary(awkward_result())


def test_gitlab_names_rule_and_peer_in_what_it_shows_and_never_repeats_a_fingerprint() -> None:
    entry = json.loads(gitlab.render(pair_result()))[0]
    assert entry["description"].startswith("vrrp/vrid-mismatch: lb1 uses VRID 51")
    assert entry["description"].endswith("(site/lb2/keepalived.conf:3: 52 on lb2)")
    fingerprints = [entry["fingerprint"] for entry in json.loads(gitlab.render(awkward_result()))]
    assert len(set(fingerprints)) == 3


def test_rdjson_counts_columns_in_bytes_and_relates_the_peer() -> None:
    document = json.loads(rdjson.render(awkward_result()))
    assert document["diagnostics"][0]["location"]["range"]["start"] == {"line": 1, "column": 4}
    pair = json.loads(rdjson.render(pair_result()))["diagnostics"][0]
    assert pair["related_locations"][0]["location"]["path"] == "site/lb2/keepalived.conf"
    assert "suggestions" not in pair


def test_infos_do_not_fail_a_junit_report() -> None:
    root = ET.fromstring(junit.render(pair_result()))  # noqa: S314 - our own output
    case = next(case for case in root.iter("testcase") if case.get("name") == "meta/pair-incomplete")
    assert [child.tag for child in case] == ["system-out"]


def moved(result: Result, by: int) -> Result:
    """The same pair with blank lines in front."""
    sources = {path: SourceFile(path, "\n" * by + file.text) for path, file in result.sources.items()}
    findings = [
        found
        if found.at.is_whole_file
        else replace(found, at=found.at._replace(line=found.at.line + by, end_line=found.at.end_line + by))
        for found in result.findings
    ]
    return replace(result, findings=findings, sources=sources)


def test_fingerprints_stay_when_lines_move() -> None:
    one, two = pair_result(), moved(pair_result(), 7)
    for render in (sarif.render, gitlab.render):
        first, second = json.loads(render(one)), json.loads(render(two))
        pick = (
            (lambda log: [entry["partialFingerprints"] for entry in log["runs"][0]["results"][:2]])
            if render is sarif.render
            else (lambda entries: [entry["fingerprint"] for entry in entries])
        )
        assert pick(first) == pick(second)


def test_fingerprints_do_not_depend_on_how_the_path_was_given() -> None:
    def fingerprint(path: str, base: str) -> str:
        finding = Finding(at=Span(path, 1, 1, 1, 2), message="m", subject=("s",), rule="r/s")
        options = RenderOptions(base=base, root="/repo")
        found: str = json.loads(gitlab.render(result_of([finding], []), options))[0]["fingerprint"]
        return found

    one = fingerprint("lb1/a.cfg", "/repo/site")
    assert fingerprint("./lb1/a.cfg", "/repo/site") == one
    assert fingerprint("site/lb1/a.cfg", "/repo") == one
    assert fingerprint("/repo/site/lb1/a.cfg", "/elsewhere") == one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
        (
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
            [
                "e9496ae3ebfced30:1",
                "fb7c023a8b9ccb3f:1",
                "ce8ba1a563dcdaca:1",
                "e20e36e16fcb0cc8:1",
                "b3edc88f2938467e:1",
                "c8e28b0b4002a3a0:1",
                "c129715d7a2bc9a3:1",
            ],
        ),
    ],
)
def test_line_hashes_are_those_of_githubs_upload_action(text: str, expected: list[str]) -> None:
    assert list(line_hashes(SourceFile("x", text), set(range(1, 10))).values()) == expected


def test_equal_lines_are_told_apart_by_their_occurrence() -> None:
    found = line_hashes(SourceFile("x", "Lorem ipsum dolor sit amet.\n" * 10), {1, 2, 6, 7, 11})
    assert found == {
        1: "a7f2ff13bc495cf2:1",
        2: "a7f2ff13bc495cf2:2",
        6: "a7f2ff13bc495cf2:6",
        7: "a7f2ff1481e87703:1",
        11: "c129715d7a2bc9a3:1",
    }


def test_statistics_count_by_rule_and_say_what_a_fix_repairs() -> None:
    assert statistics.render(pair_result()) == (
        "Findings by rule\n"
        "     1  error    vrrp/vrid-mismatch (1 with a fix)\n"
        "     1  warning  security/auth-pass-clear\n"
        "     1  info     meta/pair-incomplete\n"
    )

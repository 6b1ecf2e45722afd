from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cfglint.analysis.election import accepts_adverts, steady_state
from cfglint.cli.main import main
from cfglint.engine.check import read_fleet
from cfglint.model.cluster import Fleet
from cfglint.model.version import Target, Version

NODE = """global_defs {{
    router_id {name}
}}
vrrp_script chk {{
    script "/usr/bin/pgrep haproxy"
    weight {weight}
}}
vrrp_instance VI_1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority {priority}
    {extra}
    track_script {{
        chk
    }}
    virtual_ipaddress {{
        {vips}
    }}
}}
"""


def write_pair(
    folder: Path, weight: int = -60, second: int = 100, extra: str = "", vips: str = "10.0.0.100/24"
) -> Path:
    for name, priority in (("lb1", 150), ("lb2", second)):
        place = folder / name / "keepalived.conf"
        place.parent.mkdir(parents=True)
        own = vips if name == "lb1" else "10.0.0.100/24"
        more = extra if name == "lb2" else ""
        place.write_text(NODE.format(name=name, priority=priority, weight=weight, vips=own, extra=more))
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["failover", *arguments])


def scenarios(folder: Path, *options: str) -> dict[str, dict[str, object]]:
    document = json.loads(run("--format", "json", *options, str(folder)).stdout)
    assert document["version"] == 1
    return {scenario["name"]: scenario for scenario in document["scenarios"]}


def fleet_of(folder: Path, version: str | None = None) -> Fleet:
    target = Target(keepalived=Version.parse(version)) if version else Target()
    return read_fleet([str(folder)], target)[0]


def test_a_folder_without_a_pair_has_nothing_to_simulate_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "haproxy.cfg").write_text("global\n")
    result = run(str(tmp_path))
    assert result.exit_code == 2
    assert "No cluster to simulate" in result.output


def test_an_unknown_verdict_is_refused(tmp_path: Path) -> None:
    result = run("--fail-on-verdict", "bad", str(tmp_path))
    assert result.exit_code == 2
    assert "'bad' is none of split-brain" in result.output


def test_json_gives_each_fault_with_holders_before_and_after(tmp_path: Path) -> None:
    found = scenarios(write_pair(tmp_path))
    assert found["healthy"]["faults"] == []
    assert found["lb1 down"]["faults"] == [{"kind": "node-down", "node": "lb1"}]
    assert found["lb1 down"]["vips"] == [
        {
            "address": "10.0.0.100",
            "before": ["lb1"],
            "holders": ["lb2"],
            "candidates": ["lb2"],
            "verdict": "ok",
            "seconds": [0.6, 3.7],
        }
    ]
    assert found["lb2 no longer hears lb1"]["faults"] == [{"kind": "partition", "from": "lb1", "to": "lb2"}]
    assert found["script chk failing everywhere"]["faults"] == [{"kind": "script-failing", "script": "chk"}]


def test_two_faults_at_once_are_simulated_on_request(tmp_path: Path) -> None:
    found = scenarios(write_pair(tmp_path), "--faults", "2")
    both = found["lb1 down, lb2 down"]["vips"]
    assert isinstance(both, list)
    assert both[0]["verdict"] == "unheld"


def test_the_arithmetic_says_which_weight_would_hand_over(tmp_path: Path) -> None:
    output = run("--explain", str(write_pair(tmp_path, weight=-20))).output
    flat = " ".join(output.split())
    assert "lb1: 150 - 20 (script chk failing) = 130 > 100 (lb2), so lb1 keeps it" in flat
    assert "a weight of -51 or lower hands over" in flat


def test_without_a_release_both_outcomes_of_another_vip_list_are_given(tmp_path: Path) -> None:
    folder = write_pair(tmp_path, vips="10.0.0.100/24\n        10.0.0.101/24")
    outcome = steady_state(fleet_of(folder).clusters[0].groups[0])
    assert [(era.era, era.verdict) for era in outcome.eras] == [
        ("before 2.3.3", "split-brain"),
        ("from 2.3.3", "ok"),
    ]
    assert outcome.severity == "info"
    assert "keepalived before 2.3.3: 10.0.0.100 is held by lb1 and lb2 at once" in str(outcome)


@pytest.mark.parametrize(("release", "verdict"), [("2.2.7", "split-brain"), ("2.3.3", "ok")])
def test_with_a_release_there_is_one_outcome(tmp_path: Path, release: str, verdict: str) -> None:
    folder = write_pair(tmp_path, vips="10.0.0.100/24\n        10.0.0.101/24")
    outcome = steady_state(fleet_of(folder, release).clusters[0].groups[0])
    assert [era.verdict for era in outcome.eras] == [verdict]


def test_adverts_are_judged_for_each_direction(tmp_path: Path) -> None:
    folder = write_pair(tmp_path, extra="authentication {\n        auth_type PASS\n        auth_pass x\n    }")
    group = fleet_of(folder).clusters[0].groups[0]
    first, second = group.members
    ((_, reach),) = accepts_adverts(second, first, group)
    assert (reach.verdict, reach.cause) == ("no", "auth")


def test_equal_priorities_are_undetermined_and_the_race_is_named(tmp_path: Path) -> None:
    found = scenarios(write_pair(tmp_path, second=150))
    vips = found["healthy"]["vips"]
    assert isinstance(vips, list)
    assert (vips[0]["verdict"], vips[0]["candidates"], vips[0]["holders"]) == ("undetermined", ["lb1", "lb2"], [])
    assert "a race decides: equal priorities (lb1 and lb2: 150)" in found["healthy"]["why"]  # type: ignore[operator]


def test_an_unknown_priority_is_unknown_where_it_matters_only(tmp_path: Path) -> None:
    folder = write_pair(tmp_path)
    place = folder / "lb2" / "keepalived.conf"
    place.write_text(place.read_text().replace("priority 100", "priority ${PRIORITY}"))
    found = scenarios(folder)
    verdicts = {name: scenario["vips"][0]["verdict"] for name, scenario in found.items()}  # type: ignore[index]
    assert verdicts["healthy"] == "unknown"
    assert verdicts["lb1 down"] == "ok"


def test_a_gate_fails_only_on_the_verdicts_it_names(tmp_path: Path) -> None:
    folder = str(write_pair(tmp_path))
    assert run("--fail-on-verdict", "split-brain", folder).exit_code == 1
    assert run("--fail-on-verdict", "unheld", folder).exit_code == 0
    assert run(folder).exit_code == 0


def test_markdown_is_a_table_with_bold_cells_for_what_is_not_fine(tmp_path: Path) -> None:
    lines = run("--format", "markdown", str(write_pair(tmp_path))).output.splitlines()
    assert "| fault | 10.0.0.100 | after the repair |" in lines
    assert any(line.startswith("| keepalived killed on lb1 | **SPLIT-BRAIN lb1 → lb1+lb2") for line in lines)


def test_what_is_assumed_is_said(tmp_path: Path) -> None:
    assert "lb2: no firewall file; adverts are taken to pass" in run(str(write_pair(tmp_path))).output

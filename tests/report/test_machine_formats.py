from __future__ import annotations

import json

from cfglint.engine.finding import Finding
from cfglint.report import concise, json_v1, tree
from cfglint.source import Span
from tests.report.samples import pair_result, result_of, source


def test_concise_gives_one_line_a_finding_with_the_peers_place() -> None:
    assert concise.render(pair_result()) == (
        "site/lb1/keepalived.conf:3:20: error[vrrp/vrid-mismatch] lb1 uses VRID 51 and lb2 52, so each ignores the"
        " other and both hold 10.0.0.100 (see site/lb2/keepalived.conf:3:20)\n"
        "site/lb1/keepalived.conf:6:19: warning[security/auth-pass-clear] auth_pass is sent in clear text\n"
        "site/lb2: info[meta/pair-incomplete] lb2 has no haproxy.cfg\n"
        "1 error, 1 warning, 1 info (3 nodes, 2 files, 1 rule); compared: lb1+lb2;"
        " 3 things not looked at (--format text lists them)\n"
    )


def test_json_keeps_the_contract_of_version_1() -> None:
    document = json.loads(json_v1.render(pair_result()))
    assert document["version"] == 1
    assert document["tool"]["name"] == "cfglint"
    assert document["nodes"][0] == {
        "name": "lb1",
        "path": "site/lb1",
        "role": "balancer",
        "files": [{"path": "site/lb1/keepalived.conf", "kind": "keepalived"}],
    }
    assert document["clusters"] == [{"name": "lb1+lb2", "nodes": ["lb1", "lb2"], "real_servers": [], "vips": []}]
    first = document["findings"][0]
    place = {"line": 3, "column": 20, "end_line": 3, "end_column": 22}
    assert first.pop("fingerprint") == pair_result().findings[0].fingerprint
    assert first == {
        "rule": "vrrp/vrid-mismatch",
        "severity": "error",
        "fails_check": None,
        "message": "lb1 uses VRID 51 and lb2 52, so each ignores the other and both hold 10.0.0.100",
        "help": "use one virtual_router_id on both nodes",
        "url": "https://cfglint.readthedocs.io/rules/vrrp/vrid-mismatch/",
        "nodes": ["lb1", "lb2"],
        "location": {"path": "site/lb1/keepalived.conf", **place},
        "related": [{"message": "52 on lb2", "location": {"path": "site/lb2/keepalived.conf", **place}}],
        "subject": "lb1+lb2/VI_1/virtual_router_id",
        "fix": {
            "safe": False,
            "title": "use 51 on lb2",
            "edits": [{"location": {"path": "site/lb2/keepalived.conf", **place}, "text": "51"}],
        },
    }
    assert document["unchecked"][0]["node"] == "lb1"
    assert document["summary"] == {"error": 1, "warning": 1, "info": 1, "nodes": 3, "files": 2}


def test_a_whole_file_has_null_for_line_and_column() -> None:
    location = json.loads(json_v1.render(pair_result()))["findings"][2]["location"]
    assert location == {"path": "site/lb2", "line": None, "column": None, "end_line": None, "end_column": None}


def test_odd_bytes_leave_json_valid_unicode() -> None:
    file = source("lb\udcff/x.cfg", "a\n")
    finding = Finding(at=Span(file.path, 1, 1, 1, 2), message="odd \udce9", subject=("\udcff",), rule="r/s")
    text = json_v1.render(result_of([finding], [file]))
    assert json.loads(text.encode("utf-8"))["findings"][0]["location"]["path"] == r"lb\xff/x.cfg"


def test_show_names_nodes_roles_files_and_what_was_compared() -> None:
    text = tree.render(pair_result())
    assert text.startswith("lb1  balancer  site/lb1\n  files     keepalived.conf\n")
    assert text.endswith("Not looked at\n  lb1, lb2: firewall: no firewall file in the node directory\n")


def test_show_json_is_one_document() -> None:
    document = json.loads(tree.render_json(pair_result()))
    assert [node["role"] for node in document["nodes"]] == ["balancer"] * 3

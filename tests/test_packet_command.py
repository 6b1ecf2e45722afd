"""``cfglint packet``: its options, its two formats, its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cfglint.cli.main import main

RULES = """*filter
:INPUT DROP [0:0]
-A INPUT -i eth0 -p vrrp -j ACCEPT
-A INPUT -p tcp --dport 80 -m limit --limit 5/s -j ACCEPT
-A INPUT -p ah -m ah --ahspi 7 -j ACCEPT
-A INPUT -p icmp --icmp-type 8 -j ACCEPT
-A INPUT -p tcp --tcp-flags ALL SYN,ACK -j REJECT
-A INPUT -m mark --mark 0x10 -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED -j ACCEPT
-A INPUT -m ttl --ttl-eq 3 -j ACCEPT
COMMIT
"""


@pytest.fixture
def node(tmp_path: Path) -> Path:
    (tmp_path / "lb1").mkdir()
    (tmp_path / "lb1" / "rules.v4").write_text(RULES)
    return tmp_path / "lb1"


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["packet", *arguments])


def answer(node: Path, *options: str) -> dict[str, object]:
    found = ask(str(node), *options, "--format", "json")
    assert found.exit_code == 0, found.output
    document: dict[str, object] = json.loads(found.stdout)
    return document


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ("--in eth0 --proto vrrp --from 10.0.0.2 --to 224.0.0.18", "accept"),
        ("--in eth1 --proto 112 --from 10.0.0.2 --to 224.0.0.18", "drop"),
        ("--in eth0 --proto tcp --dport 80", "unknown"),
        ("--in eth0 --proto ah --spi 0x7", "accept"),
        ("--in eth0 --proto ah --ttl 64", "drop"),
        ("--in eth0 --proto icmp", "accept"),
        ("--in eth0 --proto icmp --icmp-type echo-reply --ttl 64", "drop"),
        ("--in eth0 --proto tcp --dport 22 --tcp-flags SYN,ACK --to 10.0.0.1", "reject"),
        ("--in eth0 --proto tcp --dport 22 --tcp-flags SA --to 10.0.0.1", "reject"),
        ("--in eth0 --proto udp --mark 16", "accept"),
        ("--in eth0 --proto udp --state related", "accept"),
        ("--in eth0 --proto udp --ttl 3", "accept"),
        ("--hook output --out eth0 --proto udp", "accept"),
    ],
)
def test_every_option_reaches_the_rules(node: Path, options: str, verdict: str) -> None:
    assert answer(node, *options.split())["verdict"] == verdict


def test_json_has_the_fields_of_version_1(node: Path) -> None:
    found = answer(node, "--in", "eth0", "--from", "10.0.0.2", "--to", "224.0.0.18", "--proto", "vrrp")
    assert found["version"] == 1
    assert {"packet", "verdict", "decided_by", "trace", "rewritten", "mark", "reasons"} <= set(found)
    decided = found["decided_by"]
    assert isinstance(decided, dict)
    assert (Path(str(decided["path"])).name, decided["line"], decided["column"]) == ("rules.v4", 3, 1)


def test_an_unknown_verdict_comes_with_its_reason(node: Path) -> None:
    found = answer(node, "--in", "eth0", "--proto", "tcp", "--dport", "80")
    assert found["decided_by"] is None
    assert "limit" in str(found["reasons"])


def test_text_names_the_deciding_rule(node: Path) -> None:
    found = ask(str(node), "--in", "eth0", "--from", "10.0.0.2", "--to", "224.0.0.18", "--proto", "vrrp")
    assert found.exit_code == 0
    assert found.output.startswith("accept  vrrp from 10.0.0.2 to 224.0.0.18")
    assert "decided by rules.v4:3" in found.output


def test_a_node_without_a_firewall_is_unknown(tmp_path: Path) -> None:
    found = ask(str(tmp_path), "--proto", "vrrp")
    assert (found.exit_code, found.output.split()[0]) == (0, "unknown")


def test_a_single_file_is_judged_alone(node: Path) -> None:
    (node / "nftables.conf").write_text("table ip f { chain i { type filter hook input priority 0; policy drop; } }\n")
    options = ["--in", "eth0", "--proto", "vrrp", "--to", "224.0.0.18"]
    assert ask(str(node / "rules.v4"), *options).output.startswith("accept")
    assert ask(str(node), *options).output.startswith("drop")


def test_the_exit_status_follows_the_verdict_only_when_asked(node: Path) -> None:
    options = [str(node), "--in", "eth9", "--proto", "vrrp", "--to", "224.0.0.18"]
    assert ask(*options).exit_code == 0
    assert ask(*options, "--fail-on-verdict", "drop").exit_code == 1


@pytest.mark.parametrize(
    "options",
    [
        ["nowhere", "--proto", "vrrp"],
        [".", "--proto", "nonsense"],
        [".", "--proto", "tcp", "--from", "10.0.0.1", "--to", "::1"],
        [".", "--proto", "tcp", "--tcp-flags", "XY"],
        [".", "--proto", "icmp", "--icmp-type", "odd"],
        [".", "--proto", "tcp", "--mark", "-1"],
    ],
)
def test_a_question_that_makes_no_sense_is_a_usage_error(options: list[str]) -> None:
    found = ask(*options)
    assert found.exit_code == 2
    assert "Traceback" not in found.output

"""nftables text: chains, sets, maps, variables, includes; what is not understood stays undecided."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.firewalls import advert, ask, firewall_of, packet, tcp


def chain(*rules: str, policy: str = "drop", table: str = "inet f", before: str = "") -> dict[str, str]:
    lines = [f"table {table} {{", before, "  chain input {", f"    type filter hook input priority 0; policy {policy};"]
    return {"etc/nftables.conf": "\n".join([*lines, *(f"    {rule}" for rule in rules), "  }", "}", ""])}


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        (["ip protocol vrrp accept"], "accept"),
        (["meta l4proto 112 accept"], "accept"),
        (["meta l4proto { ah, vrrp } accept"], "accept"),
        (["ip6 nexthdr vrrp accept"], "drop"),
        (['iifname "eth*" ip daddr 224.0.0.18 accept'], "accept"),
        (["iif eth0 ip saddr { 192.0.2.1-192.0.2.20, 10.0.0.0/8 } accept"], "accept"),
        (["ip saddr != 192.0.2.12 accept"], "drop"),
        (["ip saddr . ip daddr { 192.0.2.12 . 224.0.0.18 } accept"], "accept"),
        (["ct state established,related accept"], "drop"),
        (["ct state vmap { new : accept, established : drop }"], "accept"),
        (["ct state vmap { established : accept }", "meta pkttype multicast accept"], "accept"),
        (["ip ttl 255 accept"], "accept"),
        (["ip ttl < 255 accept"], "drop"),
        (["fib daddr type multicast accept"], "accept"),
        (["tcp dport 22 accept", 'counter packets 4 bytes 8 log prefix "x " accept comment "all"'], "accept"),
        (["limit rate 10/second accept"], "unknown"),
        (["ip protocol vrrp limit rate over 10/second burst 5 packets drop", "accept"], "unknown"),
        (["ip protocol vrrp frobnicate 7 accept"], "unknown"),
        (["ip protocol tcp frobnicate 7 accept"], "drop"),
        (["ether saddr 00:00:5e:00:01:33 accept"], "unknown"),
        (["ip protocol vrrp queue num 0"], "unknown"),
        (["ip protocol vrrp jump nowhere"], "unknown"),
        (["meta mark set 0x10", "meta mark & 0xf0 == 0x10 accept"], "accept"),
        (["meta mark set mark or 0x3", "mark 3 accept"], "accept"),
    ],
)
def test_an_advert_meets_an_input_chain(tmp_path: Path, rules: list[str], verdict: str) -> None:
    assert ask(tmp_path, chain(*rules), advert()).verdict == verdict


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        (["tcp dport { 80, 443 } accept"], "accept"),
        (["tcp dport http accept"], "accept"),
        (["tcp dport != 80 accept"], "drop"),
        (["tcp dport 1-1023 reject with tcp reset", "accept"], "reject"),
        (["tcp flags & (fin | syn | rst | ack) == syn accept"], "accept"),
        (["tcp flags syn accept"], "accept"),
        (["tcp flags & (fin | syn) == (fin | syn) drop", "tcp dport 80 accept"], "accept"),
        (["tcp flags & (fin|syn|rst|psh|ack|urg) == 0x0 drop", "tcp dport 80 accept"], "accept"),
        (["tcp flags syn / fin,syn,rst,ack accept"], "accept"),
        (["ct state new tcp flags & (fin|syn|rst|ack) != syn drop", "accept"], "accept"),
        (["tcp option maxseg size set rt mtu", "ip frag-off & 0x1fff != 0 drop", "accept"], "accept"),
        (["ct direction original tcp dport { 80 } accept"], "accept"),
        (["fib daddr . iif type != { local, broadcast, multicast } drop", "accept"], "unknown"),
        (["tcp flags ack accept"], "drop"),
        (["tcp sport 1024-65535 tcp dport 80 accept"], "accept"),
        (["tcp dport vmap { 22 : accept, 80 : jump web, 443 : drop }"], "accept"),
        (["udp dport 80 accept"], "drop"),
        (["th dport 80 accept"], "accept"),
        (["tcp dport 80 ct count over 20 reject", "accept"], "unknown"),
    ],
)
def test_a_connection_meets_an_input_chain(tmp_path: Path, rules: list[str], verdict: str) -> None:
    files = chain(*rules, before="  chain web { accept; }")
    assert ask(tmp_path, files, tcp(80)).verdict == verdict


def test_named_sets_and_variables_are_looked_up(tmp_path: Path) -> None:
    text = chain("ip saddr @peers accept", before="  set peers { type ipv4_addr; elements = { 192.0.2.12 } }")
    assert ask(tmp_path, text, advert()).verdict == "accept"
    text = chain("ip saddr $EDGE accept")
    text["etc/nftables.conf"] = "define EDGE = { 192.0.2.11, 192.0.2.12 }\n" + text["etc/nftables.conf"]
    assert ask(tmp_path, text, advert()).verdict == "accept"


def test_a_dynamic_set_is_undecided(tmp_path: Path) -> None:
    text = chain("ip saddr @seen accept", before="  set seen { type ipv4_addr; flags dynamic,timeout; timeout 1m; }")
    assert ask(tmp_path, text, advert()).verdict == "unknown"


def test_includes_inside_the_node_are_read_and_others_leave_the_answer_open(tmp_path: Path) -> None:
    files = {
        "etc/nftables.conf": 'flush ruleset\ninclude "/etc/nftables.d/*.nft"\n',
        "etc/nftables.d/a.nft": chain("ip protocol vrrp accept")["etc/nftables.conf"],
    }
    assert ask(tmp_path, files, advert()).verdict == "accept"
    files["etc/nftables.conf"] += 'include "/etc/elsewhere.nft"\n'
    assert ask(tmp_path, files, advert()).verdict == "unknown"


def test_commands_are_executed_in_order(tmp_path: Path) -> None:
    lines = [
        "add table inet f",
        "add chain inet f i { type filter hook input priority filter - 5; policy drop; }",
        "add rule inet f i drop",
        "insert rule inet f i ip protocol vrrp accept",
        "add set inet f s { type ipv4_addr; }",
        "add element inet f s { 192.0.2.9 }",
        "",
    ]
    assert ask(tmp_path, {"etc/nftables.conf": "\n".join(lines)}, advert()).verdict == "accept"
    lines.insert(-1, "flush chain inet f i")
    assert ask(tmp_path, {"etc/nftables.conf": "\n".join(lines)}, advert()).verdict == "drop"


def test_every_base_chain_of_a_hook_must_accept(tmp_path: Path) -> None:
    text = (
        chain("accept", table="inet a")["etc/nftables.conf"]
        + chain("tcp dport 80 accept", table="ip b")["etc/nftables.conf"]
    )
    assert ask(tmp_path, {"etc/nftables.conf": text}, advert()).verdict == "drop"
    assert ask(tmp_path, {"etc/nftables.conf": text}, tcp(80)).verdict == "accept"


def test_a_table_for_ip_does_not_see_ipv6(tmp_path: Path) -> None:
    question = packet("vrrp", "fe80::1", "ff02::12")
    assert ask(tmp_path, chain(table="ip f"), question).verdict == "accept"
    assert ask(tmp_path, chain(table="inet f"), question).verdict == "drop"


def test_an_unbalanced_brace_costs_the_whole_file_and_is_a_problem(tmp_path: Path) -> None:
    firewall = firewall_of(tmp_path, {"etc/nftables.conf": "table inet f {\n  chain i {\n"})
    assert [problem.kind for problem in firewall.problems] == ["nft-unbalanced"]
    assert ask(tmp_path, {}, advert()).verdict == "unknown"


def test_deep_nesting_and_includes_of_itself_are_bounded(tmp_path: Path) -> None:
    deep = "table inet f " + "{" * 3000 + "}" * 3000 + "\n"
    assert ask(tmp_path, {"etc/nftables.conf": deep}, advert()).verdict == "unknown"
    assert ask(tmp_path, {"etc/nftables.conf": 'include "nftables.conf"\n'}, advert()).verdict == "unknown"


def test_a_set_with_too_many_elements_is_undecided(tmp_path: Path) -> None:
    elements = ", ".join(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" for number in range(150_000))
    text = chain(
        "ip saddr @many drop", before=f"  set many {{ type ipv4_addr; elements = {{ {elements} }} }}", policy="accept"
    )
    assert ask(tmp_path, text, advert()).verdict == "unknown"

"""iptables rule sets: what gets through, which rule decides, and what stays undecided."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.firewalls import advert, ask, iptables, tcp


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        (["-A INPUT -p vrrp -j ACCEPT"], "accept"),
        (["-A INPUT -p 112 -j ACCEPT"], "accept"),
        (["-A INPUT -p ah -j ACCEPT"], "drop"),
        (["-A INPUT ! -p tcp -j ACCEPT"], "accept"),
        (["-A INPUT -i eth+ -p vrrp -j ACCEPT"], "accept"),
        (["-A INPUT -i eth -p vrrp -j ACCEPT"], "drop"),
        (["-A INPUT -s 192.0.2.0/255.255.255.0 -p vrrp -j ACCEPT"], "accept"),
        (["-A INPUT -s 192.0.2.0/0.0.0.255 -p vrrp -j ACCEPT"], "unknown"),
        (["-A INPUT -s 10/8,192.0.2.12 -p vrrp -j ACCEPT"], "accept"),
        (["-A INPUT -d 224.0.0.18/32 -p vrrp -j ACCEPT"], "accept"),
        (["-A INPUT -m state --state ESTABLISHED -j ACCEPT"], "drop"),
        (["-A INPUT -m ttl --ttl-gt 254 -j ACCEPT"], "accept"),
        (["-A INPUT -m pkttype --pkt-type multicast -j ACCEPT"], "accept"),
        (["-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT"], "drop"),
        (["-A INPUT -j LOG --log-prefix x", "-A INPUT -p vrrp -j ACCEPT"], "accept"),
        (["-A INPUT -p vrrp -m limit --limit 1/s -j LOG", "-A INPUT -p vrrp -j ACCEPT"], "accept"),
        (["-A INPUT -p vrrp -m limit --limit 1/s -j ACCEPT"], "unknown"),
        (["-A INPUT -p vrrp -m mac --mac-source 00:00:5e:00:01:33 -j ACCEPT"], "unknown"),
        (["-A INPUT -p vrrp -m recent --set --name X --rsource -j ACCEPT"], "unknown"),
        (["-A INPUT -p vrrp -m set --match-set peers src -j ACCEPT"], "unknown"),
        (["-A INPUT -p vrrp -j SOMETHING"], "unknown"),
        (['-A INPUT -p vrrp -m comment --comment "-j DROP" -j ACCEPT'], "accept"),
        (["-A INPUT --in-interface=eth0 --proto vrrp --jump ACCEPT"], "accept"),
        (["-A INPUT -j DROP", "-I INPUT -p vrrp -j ACCEPT"], "accept"),
        (["-A INPUT -p vrrp -j DROP", "-A INPUT -j ACCEPT", "-D INPUT 1"], "accept"),
        (["-A INPUT -p vrrp -j DROP", "-A INPUT -j ACCEPT", "-D INPUT -p vrrp -j DROP"], "accept"),
        (["-N HA", "-A INPUT -g HA", "-A INPUT -j ACCEPT", "-A HA -p tcp -j ACCEPT"], "drop"),
        (["-N HA", "-A INPUT -j HA", "-A INPUT -j ACCEPT", "-A HA -p tcp -j DROP"], "accept"),
    ],
)
def test_an_advert_meets_input_rules(tmp_path: Path, rules: list[str], verdict: str) -> None:
    assert ask(tmp_path, iptables(*rules), advert()).verdict == verdict


def test_the_answer_names_the_deciding_rule_by_file_and_line(tmp_path: Path) -> None:
    found = ask(tmp_path, iptables("-A INPUT -p tcp -j ACCEPT", "-A INPUT -j REJECT"), tcp(80))
    assert found.verdict == "accept"
    assert found.decided_by is not None
    assert (found.decided_by.path, found.decided_by.line) == ("node/etc/iptables/rules.v4", 5)


def test_a_policy_decides_where_no_rule_does(tmp_path: Path) -> None:
    found = ask(tmp_path, iptables("-A INPUT -p tcp -j ACCEPT"), advert())
    assert found.decided_by is not None
    assert (found.verdict, found.decided_by.line) == ("drop", 2)


def test_a_reject_of_a_multicast_packet_is_silent(tmp_path: Path) -> None:
    files = iptables("-A INPUT -j REJECT", policy="ACCEPT")
    assert ask(tmp_path, files, advert()).verdict == "drop"
    assert ask(tmp_path, files, tcp(80)).verdict == "reject"


def test_a_reason_names_the_match_that_could_not_be_decided(tmp_path: Path) -> None:
    found = ask(tmp_path, iptables("-A INPUT -p vrrp -m owner --uid-owner 0 -j ACCEPT"), advert())
    assert [str(reason) for reason in found.reasons] == [
        "-m owner looks at what the given files do not tell (node/etc/iptables/rules.v4:5)"
    ]


def test_an_unknown_source_leaves_a_rule_for_one_source_open(tmp_path: Path) -> None:
    question = replace(advert(), src=None)
    assert ask(tmp_path, iptables("-A INPUT -s 192.0.2.12 -p vrrp -j ACCEPT"), question).verdict == "unknown"


def test_a_table_without_commit_is_not_loaded_and_leaves_the_answer_open(tmp_path: Path) -> None:
    files = {"rules.v4": "*filter\n:INPUT DROP [0:0]\n-A INPUT -p vrrp -j ACCEPT\n"}
    found = ask(tmp_path, files, advert())
    assert found.verdict == "unknown"
    assert "COMMIT" in str(found.reasons[0])


def test_chains_that_call_each_other_are_refused_by_the_kernel_and_leave_the_answer_open(tmp_path: Path) -> None:
    rules = ["-N A", "-N B", "-A INPUT -j A", "-A A -j B", "-A B -j A"]
    assert ask(tmp_path, iptables(*rules), advert()).verdict == "unknown"


def test_chains_that_call_the_next_twice_take_no_exponential_time(tmp_path: Path) -> None:
    rules = [f"-N C{number}" for number in range(41)]
    rules += [f"-A C{number} -j C{number + 1}" for number in range(40) for _ in range(2)]
    rules += ["-A C40 -m limit --limit 1/s -j MARK --set-mark 1", "-A INPUT -j C0", "-A INPUT -p vrrp -j ACCEPT"]
    assert ask(tmp_path, iptables(*rules), advert()).verdict == "accept"


def test_marks_set_by_undecided_rules_stay_bounded(tmp_path: Path) -> None:
    rules = [f"-A INPUT -m limit --limit 1/s -j MARK --or-mark {1 << bit}" for bit in range(30)]
    found = ask(tmp_path, iptables(*rules, "-A INPUT -p vrrp -j ACCEPT"), advert())
    assert (found.verdict, found.mark) == ("accept", None)


def test_members_of_an_ipset_are_known_from_its_file(tmp_path: Path) -> None:
    files = iptables("-A INPUT -p vrrp -m set --match-set peers src -j ACCEPT")
    files["etc/ipset.conf"] = "create peers hash:net family inet\nadd peers 192.0.2.8/29\n"
    assert ask(tmp_path, files, advert()).verdict == "accept"


def test_members_of_an_ipset_with_a_timeout_are_not(tmp_path: Path) -> None:
    files = iptables("-A INPUT -p vrrp -m set --match-set peers src -j ACCEPT")
    files["etc/ipset.conf"] = "create peers hash:ip family inet timeout 60\nadd peers 192.0.2.12\n"
    assert ask(tmp_path, files, advert()).verdict == "unknown"


def test_without_a_firewall_file_nothing_is_known(tmp_path: Path) -> None:
    found = ask(tmp_path, {"keepalived.conf": ""}, advert())
    assert found.verdict == "unknown"
    assert "no firewall file" in str(found.reasons[0])


def test_an_empty_rule_file_accepts(tmp_path: Path) -> None:
    assert ask(tmp_path, {"rules.v4": ""}, advert()).verdict == "accept"


def test_a_translated_destination_goes_to_forward(tmp_path: Path) -> None:
    text = """*nat
-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.5:8080
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
-A FORWARD -d 10.0.0.5 -p tcp --dport 8080 -j ACCEPT
COMMIT
"""
    found = ask(tmp_path, {"rules.v4": text}, tcp(80))
    assert found.verdict == "accept"
    assert found.rewritten is not None
    assert (found.rewritten.dst, found.rewritten.dport) == ("10.0.0.5", 8080)


def test_thousands_of_undecided_marks_take_linear_time(tmp_path: Path) -> None:
    rules = [f"-A INPUT -m owner --uid-owner {number} -j MARK --set-mark {number}" for number in range(3000)]
    found = ask(tmp_path, iptables(*rules, "-A INPUT -p vrrp -j ACCEPT"), advert())
    assert (found.verdict, found.mark) == ("accept", None)

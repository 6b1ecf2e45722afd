"""firewalld: zones, direct rules on either backend, rich rules, policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.firewalls import advert, ask, firewall_of, packet, tcp

DIRECT = """<?xml version="1.0" encoding="utf-8"?>
<direct>
  <rule ipv="ipv4" table="filter" chain="INPUT" priority="0">-i eth0 -d 224.0.0.18 -p vrrp -j ACCEPT</rule>
</direct>
"""


def zone(*elements: str, target: str = "") -> str:
    attribute = f' target="{target}"' if target else ""
    return f"<zone{attribute}>\n" + "\n".join(elements) + "\n</zone>\n"


def conf(backend: str = "nftables", default: str = "public") -> dict[str, str]:
    return {"etc/firewalld/firewalld.conf": f"DefaultZone={default}\nFirewallBackend={backend}\n"}


def test_the_shipped_default_zone_drops_adverts_and_lets_ssh_in(tmp_path: Path) -> None:
    assert ask(tmp_path, conf(), advert()).verdict == "drop"
    assert ask(tmp_path, conf(), tcp(22)).verdict == "accept"


def test_a_direct_accept_does_nothing_on_the_nftables_backend(tmp_path: Path) -> None:
    found = ask(tmp_path, conf() | {"etc/firewalld/direct.xml": DIRECT}, advert())
    assert found.verdict == "drop"
    assert any("direct.xml" in entry.span.path and "accept" in entry.outcome for entry in found.trace)


def test_a_direct_accept_is_final_on_the_iptables_backend(tmp_path: Path) -> None:
    found = ask(tmp_path, conf("iptables") | {"etc/firewalld/direct.xml": DIRECT}, advert())
    assert found.verdict == "accept"
    assert found.decided_by is not None
    assert (found.decided_by.path, found.decided_by.line) == ("node/etc/firewalld/direct.xml", 3)


def test_without_firewalld_conf_the_backend_is_open(tmp_path: Path) -> None:
    found = ask(tmp_path, {"direct.xml": DIRECT}, advert())
    assert found.verdict == "unknown"
    assert "FirewallBackend" in str(found.reasons[0])


def test_without_firewalld_conf_backends_that_agree_give_an_answer(tmp_path: Path) -> None:
    assert ask(tmp_path, {"direct.xml": DIRECT}, tcp(80)).verdict == "reject"


@pytest.mark.parametrize(
    ("elements", "verdict"),
    [
        (['<protocol value="vrrp"/>'], "accept"),
        (['<protocol value="112"/>'], "accept"),
        (['<service name="nowhere"/>'], "unknown"),
        (['<rule><protocol value="vrrp"/><accept/></rule>'], "accept"),
        (['<rule family="ipv6"><protocol value="vrrp"/><accept/></rule>'], "drop"),
        (['<rule family="ipv4"><source address="192.0.2.12"/><accept/></rule>'], "accept"),
        (['<rule><protocol value="vrrp"/><accept><limit value="1/m"/></accept></rule>'], "unknown"),
        (['<protocol value="vrrp"/>', '<rule><source address="192.0.2.0/24"/><drop/></rule>'], "drop"),
        (['<protocol value="vrrp"/>', '<rule priority="5"><source address="192.0.2.0/24"/><drop/></rule>'], "accept"),
    ],
)
def test_an_advert_meets_a_zone(tmp_path: Path, elements: list[str], verdict: str) -> None:
    files = conf() | {"etc/firewalld/zones/public.xml": zone(*elements)}
    assert ask(tmp_path, files, advert()).verdict == verdict


def test_a_source_binding_wins_over_an_interface_binding(tmp_path: Path) -> None:
    files = conf() | {
        "etc/firewalld/zones/trusted.xml": zone('<source address="192.0.2.12"/>', target="ACCEPT"),
        "etc/firewalld/zones/block.xml": zone('<interface name="eth0"/>', target="%%REJECT%%"),
    }
    assert ask(tmp_path, files, advert()).verdict == "accept"


def test_the_zone_that_an_interfaces_connection_names_counts(tmp_path: Path) -> None:
    files = conf() | {"etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nZONE=trusted\n"}
    assert ask(tmp_path, files, advert()).verdict == "accept"
    files["etc/firewalld/zones/block.xml"] = zone('<interface name="eth0"/>', target="%%REJECT%%")
    assert ask(tmp_path, files, advert()).verdict == "unknown"


def test_a_keyfile_names_a_zone_as_well(tmp_path: Path) -> None:
    text = "[connection]\nid=lan\ninterface-name=eth0\nzone=drop\n"
    files = conf() | {"etc/NetworkManager/system-connections/lan.nmconnection": text}
    assert ask(tmp_path, files, tcp(22)).verdict == "drop"


def test_a_policy_to_the_host_opens_every_zone(tmp_path: Path) -> None:
    policy = '<policy><protocol value="vrrp"/><ingress-zone name="ANY"/><egress-zone name="HOST"/></policy>'
    assert ask(tmp_path, conf() | {"etc/firewalld/policies/ha.xml": policy}, advert()).verdict == "accept"


def test_a_policy_from_the_host_can_block_what_it_sends(tmp_path: Path) -> None:
    policy = '<policy target="DROP"><ingress-zone name="HOST"/><egress-zone name="ANY"/></policy>'
    question = packet("vrrp", "192.0.2.11", "224.0.0.18", hook="output")
    assert ask(tmp_path, conf(), question).verdict == "accept"
    assert ask(tmp_path, conf() | {"etc/firewalld/policies/out.xml": policy}, question).verdict == "drop"


def test_a_default_zone_that_is_defined_nowhere_leaves_the_answer_open(tmp_path: Path) -> None:
    assert ask(tmp_path, conf(default="dmz2"), advert()).verdict == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE zone [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><zone>&b;</zone>',
        "<zone>" + "<rule>" * 100 + "</rule>" * 100 + "</zone>",
        "<zone><protocol value=vrrp/></zone>",
    ],
)
def test_hostile_and_broken_xml_is_a_problem_not_a_crash(tmp_path: Path, text: str) -> None:
    firewall = firewall_of(tmp_path, conf() | {"etc/firewalld/zones/public.xml": text})
    assert len(firewall.problems) == 1

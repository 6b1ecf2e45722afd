"""Scripts of firewall commands: replayed where they are plain, left open where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.firewalls import advert, ask, firewall_of, iptables, packet, tcp

CONF = {"etc/firewalld/firewalld.conf": "DefaultZone=public\nFirewallBackend=nftables\n"}


def script(*lines: str) -> dict[str, str]:
    return {"setup.sh": "\n".join(["#!/bin/sh", *lines, ""])}


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (["firewall-cmd --permanent --zone=public --add-protocol=vrrp"], "accept"),
        (["firewall-cmd --zone=public --add-protocol=vrrp"], "drop"),
        (["firewall-cmd --add-protocol=vrrp", "firewall-cmd --runtime-to-permanent"], "accept"),
        (["firewall-offline-cmd --add-protocol vrrp"], "accept"),
        (["firewall-cmd --set-default-zone=trusted"], "accept"),
        (["firewall-cmd --permanent --zone=trusted --change-interface=eth0"], "accept"),
        (["firewall-cmd --permanent --zone=public --set-target=DROP"], "drop"),
        (["firewall-cmd --permanent --add-rich-rule='rule protocol value=vrrp accept'"], "accept"),
        (["firewall-cmd --permanent --add-rich-rule='rule protocol value=vrrp accept limit value=1/m'"], "unknown"),
        (["firewall-cmd --direct --permanent --add-rule ipv4 filter INPUT 0 -p vrrp -j ACCEPT"], "unknown"),
        (["firewall-cmd --direct --permanent --add-rule ipv4 filter INPUT 0 -p vrrp -j DROP"], "drop"),
        (["iptables -P INPUT DROP", "iptables -A INPUT -p vrrp -j ACCEPT"], "accept"),
        (["iptables -P INPUT DROP", "iptables -A INPUT -p vrrp -j ACCEPT", "iptables -F INPUT"], "drop"),
        (["iptables -P INPUT DROP", "if test -n $X; then iptables -A INPUT -p vrrp -j ACCEPT; fi"], "unknown"),
        (["iptables -P INPUT DROP", "iptables -A INPUT -s $(hostname -i) -j ACCEPT"], "unknown"),
        (["nft add table ip t", "nft add chain ip t c '{ type filter hook input priority 0; policy drop; }'"], "drop"),
    ],
)
def test_an_advert_meets_what_a_script_leaves(tmp_path: Path, lines: list[str], verdict: str) -> None:
    assert ask(tmp_path, script(*lines), advert()).verdict == verdict


def test_policies_and_ipsets_are_built_by_commands(tmp_path: Path) -> None:
    lines = [
        "firewall-cmd --permanent --new-policy=ha",
        "firewall-cmd --permanent --policy=ha --add-ingress-zone=ANY",
        "firewall-cmd --permanent --policy=ha --add-egress-zone=HOST",
        "firewall-cmd --permanent --policy=ha --add-protocol=vrrp",
        "firewall-cmd --permanent --new-ipset=web --type=hash:ip",
        "firewall-cmd --permanent --ipset=web --add-entry=198.51.100.7",
        "firewall-cmd --permanent --zone=trusted --add-source=ipset:web",
    ]
    assert ask(tmp_path, script(*lines), advert()).verdict == "accept"
    assert ask(tmp_path, {}, tcp(80)).verdict == "accept"
    assert ask(tmp_path, {}, packet("tcp", "198.51.100.8", "192.0.2.11", dport=80)).verdict == "reject"


def test_rule_files_win_over_scripts(tmp_path: Path) -> None:
    files = iptables("-A INPUT -p vrrp -j ACCEPT") | script("iptables -F", "iptables -A INPUT -j DROP")
    assert ask(tmp_path, files, advert()).verdict == "accept"


def test_commands_that_are_not_followed_are_named(tmp_path: Path) -> None:
    firewall = firewall_of(
        tmp_path, script("firewall-cmd --permanent --add-helper=ftp", "iptables -A INPUT -i $IF -j DROP")
    )
    assert len(firewall.not_followed) == 2

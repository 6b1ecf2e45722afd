"""ufw and several managers at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.firewalls import advert, ask, iptables, packet, tcp

USER = """*filter
:ufw-user-input - [0:0]
:ufw-user-output - [0:0]
:ufw-user-forward - [0:0]
### RULES ###
-A ufw-user-input -p tcp --dport 80 -j ACCEPT
-A ufw-user-input -p vrrp -d 224.0.0.18 -s 192.0.2.12 -j ACCEPT
### END RULES ###
COMMIT
"""


def ufw(enabled: str = "yes", user: str = USER, **policies: str) -> dict[str, str]:
    lines = [f'DEFAULT_{way.upper()}_POLICY="{policy}"' for way, policy in policies.items()]
    return {
        "etc/ufw/ufw.conf": f"ENABLED={enabled}\nLOGLEVEL=low\n",
        "etc/ufw/user.rules": user,
        "etc/default/ufw": "\n".join(["IPV6=yes", *lines, ""]),
    }


def test_user_rules_stand_between_ufws_own_chains(tmp_path: Path) -> None:
    found = ask(tmp_path, ufw(), advert())
    assert found.verdict == "accept"
    assert found.decided_by is not None
    assert (found.decided_by.path, found.decided_by.line) == ("node/etc/ufw/user.rules", 7)
    assert ask(tmp_path, {}, tcp(443)).verdict == "drop"


def test_default_policies_decide_the_rest(tmp_path: Path) -> None:
    question = packet("vrrp", "192.0.2.11", "224.0.0.18", hook="output")
    assert ask(tmp_path, ufw(), question).verdict == "accept"
    assert ask(tmp_path, ufw(output="DROP"), question).verdict == "drop"
    assert ask(tmp_path, ufw(input="REJECT"), tcp(443)).verdict == "reject"


def test_a_ufw_that_is_not_enabled_tells_nothing(tmp_path: Path) -> None:
    found = ask(tmp_path, ufw("no"), advert())
    assert found.verdict == "unknown"
    assert "not enabled" in str(found.reasons[0])


def test_without_ipv6_ufw_drops_every_ipv6_packet(tmp_path: Path) -> None:
    files = ufw() | {"etc/default/ufw": "IPV6=no\n"}
    assert ask(tmp_path, files, packet("vrrp", "fe80::1", "ff02::12")).verdict == "drop"


@pytest.mark.parametrize(
    ("rule", "verdict"), [("-A INPUT -p vrrp -j ACCEPT", "accept"), ("-A INPUT -j DROP", "unknown")]
)
def test_managers_that_exclude_each_other_must_agree(tmp_path: Path, rule: str, verdict: str) -> None:
    assert ask(tmp_path, ufw() | iptables(rule), advert()).verdict == verdict


def test_rules_that_let_everything_through_leave_no_question_open(tmp_path: Path) -> None:
    idle = "flush ruleset\ntable inet filter {\n  chain input {\n    type filter hook input priority filter;\n  }\n}\n"
    files = {"etc/firewalld/firewalld.conf": "DefaultZone=drop\n", "etc/nftables.conf": idle}
    assert ask(tmp_path, files, advert()).verdict == "drop"


def test_an_enabled_service_decides_between_managers(tmp_path: Path) -> None:
    wants = tmp_path / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    (wants / "ufw.service").symlink_to("/lib/systemd/system/ufw.service")
    assert ask(tmp_path, ufw() | iptables("-A INPUT -j DROP"), advert()).verdict == "accept"


def test_iptables_and_nftables_files_must_both_accept(tmp_path: Path) -> None:
    nft = "table inet f { chain i { type filter hook input priority 0; policy drop; tcp dport 80 accept; } }\n"
    files = iptables("-A INPUT -p vrrp -j ACCEPT", "-A INPUT -p tcp -j ACCEPT") | {"etc/nftables.conf": nft}
    assert ask(tmp_path, files, advert()).verdict == "drop"
    assert ask(tmp_path, files, tcp(80)).verdict == "accept"

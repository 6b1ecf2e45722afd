"""What ``cfglint show`` prints of a node, for people."""

from __future__ import annotations

from pathlib import Path

from cfglint.report.overview import node_lines
from cfglint.report.styled import plain
from tests.nodes import fleet_of, instance

SCRIPT = 'vrrp_script chk {\n    script "/usr/bin/curl -u admin:hunter22 http://127.0.0.1/"\n}\n'


def overview(folder: Path, files: dict[str, str]) -> str:
    return plain(node_lines(fleet_of(folder, {"lb1": files}).nodes[0]))


def test_instance_is_shown_with_the_values_the_daemon_uses(tmp_path: Path) -> None:
    text = overview(tmp_path, {"keepalived.conf": instance(priority=None, password="hunter22")})
    assert "WEB: VRID 51 on eth0, MASTER, priority 255" in text
    assert "VRRPv2 every 1 s, multicast 224.0.0.18, PASS ••••" in text
    assert "VIPs 192.0.2.10/24" in text


def test_no_secret_is_shown(tmp_path: Path) -> None:
    text = overview(tmp_path, {"keepalived.conf": SCRIPT + instance(password="hunter22")})
    assert "curl" in text
    assert "hunter22" not in text


def test_proxies_are_shown_with_their_binds_and_servers(tmp_path: Path) -> None:
    text = overview(tmp_path, {"haproxy.cfg": "listen web\n    bind :80-81\n    server a 10.0.0.1:8080 backup\n"})
    assert "listen web (tcp): listens on *:80-81; servers a 10.0.0.1:8080 (backup, no check)" in text


def test_unknown_value_is_shown_with_its_reason(tmp_path: Path) -> None:
    text = overview(tmp_path, {"keepalived.conf": instance(vips=["{{ vip }}"])})
    assert "VIPs unknown (" in text

"""Bad input at the command line: a clear message each, the rest still checked, the right exit status."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cfglint.cli.main import main

GOOD = """vrrp_instance WEB {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 150
    virtual_ipaddress {
        192.0.2.10/24
    }
}
"""


def check(*paths: Path | str) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, paths)], catch_exceptions=False)


def good_node(folder: Path) -> Path:
    folder.mkdir()
    (folder / "keepalived.conf").write_text(GOOD)
    return folder


@pytest.mark.parametrize("bad", ["empty", "missing", "notes"])
def test_path_without_a_node_is_named_and_ends_with_status_2(tmp_path: Path, bad: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("nothing here")
    result = check(good_node(tmp_path / "lb1"), tmp_path / bad)
    assert result.exit_code == 2
    assert str(tmp_path / bad) in result.output
    assert "lb1" in result.stdout


def test_bytes_that_are_not_utf8_are_read_all_the_same(tmp_path: Path) -> None:
    node = good_node(tmp_path / "lb1")
    (node / "keepalived.conf").write_bytes(b"# caf\xe9\n" + GOOD.encode())
    assert check(node).exit_code == 0


def test_crlf_is_read_all_the_same(tmp_path: Path) -> None:
    node = good_node(tmp_path / "lb1")
    (node / "keepalived.conf").write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert check(node).exit_code == 0


def test_binary_file_is_named_and_the_rest_is_checked(tmp_path: Path) -> None:
    node = good_node(tmp_path / "lb1")
    (node / "haproxy.cfg").write_bytes(b"\x7fELF\0\0\0")
    result = check(node)
    assert result.exit_code == 2
    assert "binary" in result.output


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_unreadable_file_is_named(tmp_path: Path) -> None:
    node = good_node(tmp_path / "lb1")
    (node / "haproxy.cfg").write_text("global\n")
    (node / "haproxy.cfg").chmod(0)
    result = check(node)
    assert result.exit_code == 2
    assert "permission denied" in result.output


def test_directory_named_like_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "lb1" / "keepalived.conf").mkdir(parents=True)
    (tmp_path / "lb1" / "sysctl.conf").write_text("net.ipv4.ip_forward = 1\n")
    result = check(tmp_path / "lb1")
    assert result.exit_code == 2
    assert "is a directory" in result.output


def test_link_loop_inside_a_node_is_named(tmp_path: Path) -> None:
    node = good_node(tmp_path / "lb1")
    (node / "haproxy.cfg").symlink_to("haproxy.cfg")
    result = check(node)
    assert result.exit_code == 2
    assert "loop of symbolic links" in result.output


def test_file_of_no_known_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "shopping.txt").write_text("milk\n")
    result = check(tmp_path / "shopping.txt")
    assert result.exit_code == 2
    assert "not recognised" in result.output


def test_unknown_rule_is_a_usage_error_with_a_suggestion(tmp_path: Path) -> None:
    node = good_node(tmp_path / "lb1")
    result = CliRunner().invoke(main, ["check", "--select", "vrrp/vrid-missmatch", str(node)])
    assert result.exit_code == 2
    assert "vrrp/vrid-mismatch" in result.output


def test_wrong_target_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--target", "nginx=1", str(good_node(tmp_path / "lb1"))])
    assert result.exit_code == 2
    assert "nginx=1" in result.output


def test_byte_order_mark_is_reported_where_it_costs_the_first_word(tmp_path: Path) -> None:
    node = good_node(tmp_path / "lb1")
    (node / "keepalived.conf").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    result = check(node)
    assert result.exit_code == 1
    assert "keepalived.conf" in result.output

"""Which node directories the given paths hold, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfglint.model.discovery import discover


def make(folder: Path, *files: str) -> None:
    for name in files:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")


@pytest.mark.parametrize(
    "file",
    [
        "etc/keepalived/keepalived.conf",
        "etc/haproxy/haproxy.cfg",
        "etc/sysctl.conf",
        "etc/sysctl.d/10-vip.conf",
        "etc/firewalld/direct.xml",
        "etc/iptables/rules.v4",
        "etc/sysconfig/network-scripts/ifcfg-eth0",
        "keepalived/keepalived.conf",
        "haproxy/haproxy.cfg",
        "keepalived.conf",
        "haproxy.cfg",
        "sysctl.conf",
        "ifcfg-eth0",
        "rules.v4",
        "direct.xml",
    ],
)
def test_directory_with_a_hosts_file_is_a_node(tmp_path: Path, file: str) -> None:
    make(tmp_path / "lb1", file)
    found = discover([(tmp_path / "lb1").as_posix()])
    assert found.names == ["lb1"]
    assert not found.problems


def test_parent_folder_is_expanded_to_its_node_directories(tmp_path: Path) -> None:
    make(tmp_path, "site/lb2/keepalived.conf", "site/lb1/etc/keepalived/keepalived.conf", "site/docs/readme.txt")
    assert discover([(tmp_path / "site").as_posix()]).names == ["lb1", "lb2"]


def test_folders_of_sites_are_expanded_and_names_told_apart(tmp_path: Path) -> None:
    make(tmp_path, "rendered/a/lb1/keepalived.conf", "rendered/b/lb1/keepalived.conf")
    assert discover([(tmp_path / "rendered").as_posix()]).names == ["a/lb1", "b/lb1"]


def test_node_given_twice_is_one_node(tmp_path: Path) -> None:
    make(tmp_path, "lb1/keepalived.conf")
    path = (tmp_path / "lb1").as_posix()
    assert discover([path, f"{path}/", tmp_path.as_posix()]).names == ["lb1"]


def test_single_files_of_two_folders_are_two_nodes(tmp_path: Path) -> None:
    make(tmp_path, "lb1/keepalived.conf", "lb2/keepalived.conf")
    found = discover([(tmp_path / name / "keepalived.conf").as_posix() for name in ("lb1", "lb2")])
    assert found.names == ["lb1", "lb2"]


def test_files_of_both_daemons_in_one_folder_are_one_node(tmp_path: Path) -> None:
    make(tmp_path, "lb1/keepalived.conf", "lb1/haproxy.cfg")
    found = discover([(tmp_path / "lb1" / name).as_posix() for name in ("keepalived.conf", "haproxy.cfg")])
    assert found.names == ["lb1"]


def test_two_keepalived_files_of_one_folder_are_two_nodes(tmp_path: Path) -> None:
    make(tmp_path, "keepalived-master.conf", "keepalived-backup.conf")
    found = discover([tmp_path.as_posix()])
    assert found.names == ["keepalived-backup.conf", "keepalived-master.conf"]


def test_backup_copies_are_not_taken_for_nodes(tmp_path: Path) -> None:
    make(tmp_path, "keepalived-master.conf.bak", "keepalived-backup.conf~", "keepalived.conf.j2", "readme")
    assert discover([tmp_path.as_posix()]).trees == []


def test_underscored_folder_of_a_parent_is_left_out_and_said(tmp_path: Path) -> None:
    make(tmp_path, "lb1/keepalived.conf", "_old/keepalived.conf")
    found = discover([tmp_path.as_posix()])
    assert found.names == ["lb1"]
    assert [Path(skipped.path).name for skipped in found.skipped] == ["_old"]


def test_files_beside_node_directories_are_said_to_belong_to_none(tmp_path: Path) -> None:
    make(tmp_path, "haproxy.cfg", "lb1/keepalived.conf", "lb2/keepalived.conf")
    found = discover([tmp_path.as_posix()])
    assert found.names == ["lb1", "lb2"]
    assert "haproxy.cfg" in found.skipped[0].why


def test_missing_path_empty_folder_and_folder_without_nodes_are_problems(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    make(tmp_path, "notes/todo.txt")
    found = discover([(tmp_path / name).as_posix() for name in ("gone", "empty", "notes")])
    assert [problem.why.split(":")[0] for problem in found.problems] == [
        "no such file or directory",
        "no node found",
        "no node found",
    ]
    assert "is empty" in found.problems[1].why


def test_looping_link_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "a")
    assert "symbolic link" in discover([(tmp_path / "a").as_posix()]).problems[0].why

"""Access to a node's files never leaves its directory."""

from __future__ import annotations

from pathlib import Path

from cfglint.tree import NodeTree


def test_link_out_of_the_node_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("outside")
    node = tmp_path / "lb1"
    node.mkdir()
    (node / "keepalived.conf").symlink_to("../secret")
    tree = NodeTree(node, "lb1")
    assert tree.read("keepalived.conf") is None
    assert [(problem.path, problem.why) for problem in tree.problems] == [
        ("lb1/keepalived.conf", "leads out of the node's directory")
    ]


def test_absolute_link_means_the_nodes_own_root(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/real.conf").write_text("inside")
    (tmp_path / "etc/linked.conf").symlink_to("/etc/real.conf")
    source = NodeTree(tmp_path, "lb1").read("etc/linked.conf")
    assert source is not None
    assert source.text == "inside"


def test_link_loop_is_a_problem_and_not_an_endless_walk(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    tree = NodeTree(tmp_path, "lb1")
    assert tree.read("a") is None
    assert tree.problems[0].why == "is a loop of symbolic links"


def test_parent_steps_are_refused(tmp_path: Path) -> None:
    node = tmp_path / "lb1"
    node.mkdir()
    (tmp_path / "other").write_text("x")
    tree = NodeTree(node, "lb1")
    assert tree.read("../other") is None
    assert tree.problems


def test_directory_where_a_file_was_expected_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "keepalived.conf").mkdir()
    tree = NodeTree(tmp_path, "lb1")
    assert tree.read("keepalived.conf") is None
    assert tree.problems[0].why == "is a directory, a file was expected"


def test_only_the_given_files_belong_to_a_node_of_files(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("a")
    (tmp_path / "b.conf").write_text("b")
    tree = NodeTree(tmp_path, "", frozenset({"a.conf"}))
    assert tree.read("b.conf") is None
    assert tree.files(".") == ["a.conf"]


def test_relative_link_into_another_given_directory_is_followed(tmp_path: Path) -> None:
    for name in ("lb1", "lb2"):
        (tmp_path / name).mkdir()
    (tmp_path / "lb1" / "haproxy.cfg").write_text("shared")
    (tmp_path / "lb2" / "haproxy.cfg").symlink_to("../lb1/haproxy.cfg")
    tree = NodeTree(tmp_path / "lb2", "lb2", given=((tmp_path / "lb1").resolve(), (tmp_path / "lb2").resolve()))
    source = tree.read("haproxy.cfg")
    assert source is not None
    assert (source.path, source.text) == ("lb2/haproxy.cfg", "shared")


def test_a_pattern_does_not_fit_hidden_files(tmp_path: Path) -> None:
    for name in ("b.cfg", "a.cfg", ".hidden.cfg", "a.cfg.bak"):
        (tmp_path / name).write_text("")

    assert NodeTree(tmp_path, "lb1").files("", "*.cfg") == ["a.cfg", "b.cfg"]

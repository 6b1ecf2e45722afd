import pytest

from tests.keepalived import kinds, outline, read


def test_a_misspelt_block_is_one_problem_that_says_what_is_lost() -> None:
    tree = read("""vrrp_instance A {
  state BACKUP
  authentification {
    auth_type PASS
    auth_pass x
  }
  virtual_ipaddress {
    10.0.0.1
  }
}
vrrp_instance B {
  virtual_ipaddress {
    10.0.0.2
  }
}
""")
    (problem,) = tree.problems
    assert (problem.kind, problem.span.line, problem.expected) == ("unknown-block", 3, "authentication")
    assert "virtual_ipaddress" in problem.lost
    assert outline(tree.children) == [
        ("vrrp_instance A", ["state BACKUP"]),
        ("vrrp_instance B", [("virtual_ipaddress", ["10.0.0.2"])]),
    ]
    assert [bool(child.damaged) for child in tree.children] == [True, False]  # type: ignore[attr-defined]


def test_a_misspelt_block_of_the_top_level_loses_only_itself() -> None:
    tree = read("vrrp_instanc A {\n state MASTER\n authentication {\n auth_type PASS\n }\n}\nvrrp_instance B {\n}\n")
    assert kinds(tree) == ["unknown-block"]
    assert tree.problems[0].expected == "vrrp_instance"
    assert outline(tree.children) == [("vrrp_instance B", [])]


def test_a_missing_brace_is_reported_at_the_block_that_lacks_it() -> None:
    tree = read("vrrp_instance A {\n priority 150\n\nvrrp_instance B {\n priority 100\n}\n")
    (problem,) = tree.problems
    assert (problem.kind, problem.span.line) == ("missing-close", 1)
    assert [(span.line, span.end_line) for _, span in problem.related] == [(4, 4), (4, 6)]
    assert outline(tree.children) == [("vrrp_instance A", ["priority 150", "priority 100"])]


def test_a_missing_brace_of_an_inner_block_is_reported_there() -> None:
    tree = read("vrrp_instance A {\n authentication {\n  auth_type PASS\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n")
    (problem,) = tree.problems
    assert (problem.kind, problem.span.line) == ("missing-close", 2)


def test_a_brace_too_many_is_reported_where_it_closes_the_block() -> None:
    tree = read("vrrp_instance A {\n authentication {\n }\n }\n priority 100\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n")
    (problem,) = tree.problems
    assert (problem.kind, problem.span.line) == ("extra-close", 4)
    assert "priority" in problem.lost


def test_a_block_without_braces_takes_the_next_closing_one() -> None:
    tree = read("global_defs {\n  notification_email admin@example.com\n}\nvrrp_instance A {\n}\n")
    (problem,) = tree.problems
    assert (problem.kind, problem.span.line) == ("missing-open", 2)
    assert "vrrp_instance" in problem.lost


def test_confused_braces_of_a_virtual_server_do_no_harm_to_vrrp() -> None:
    tree = read("""virtual_server 10.0.0.1 80 {
  real_servr 10.0.0.2 80 {
  }
  protocol TCP
}
vrrp_instance A {
  priority 100
}
""")
    assert kinds(tree) == ["unknown-block"]
    assert ("vrrp_instance A", ["priority 100"]) in outline(tree.children)


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        ("state MASTER interface eth0", True),
        ("nopreempt priority 100", True),
        ("priority 150 200", False),
        ('notify_master "/bin/x" root', False),
        ("virtual_ipaddress { 10.0.0.1 dev eth0 }", False),
    ],
)
def test_a_second_statement_on_a_line_is_reported(line: str, *, reported: bool) -> None:
    assert kinds(read(f"vrrp_instance A {{\n{line}\n}}\n")) == (["second-statement"] if reported else [])


def test_a_word_of_a_newer_release_is_unknown_to_an_older_one() -> None:
    text = "vrrp_instance A {\n check_unicast_src\n}\n"
    assert kinds(read(text, release=(2, 4, 3))) == []
    assert kinds(read(text, release=(2, 0, 20))) == ["unknown-keyword"]


def test_template_expressions_do_not_count_as_braces() -> None:
    tree = read(
        "vrrp_instance A {\n  priority {{ prio }}\n  interface ${IFACE}\n{% if x %}\n  state MASTER\n{% endif %}\n}\n"
    )
    assert kinds(tree) == []
    assert outline(tree.children) == [
        ("vrrp_instance A", ["priority {{ prio }}", "interface ${IFACE}", "state MASTER"])
    ]
    assert len(tree.placeholders) == 4


def test_an_unmatched_quote_is_reported_and_the_rest_is_read() -> None:
    tree = read('vrrp_script a {\n  script "/bin/true\n}\nvrrp_script b {\n}\n')
    assert kinds(tree) == ["unmatched-quote"]
    assert len(tree.children) == 2


def test_a_line_beyond_the_daemons_buffer_is_reported_and_cut() -> None:
    tree = read("# " + "x" * 1100 + "\nglobal_defs {\n}\n", release=(2, 2, 7))
    assert kinds(tree) == ["line-too-long", "unknown-keyword"]


def test_a_byte_order_mark_is_named_as_what_hides_the_first_word() -> None:
    (problem,) = read("\ufeffglobal_defs {\n  router_id a\n}\n").problems
    assert "byte order mark" in problem.message
    assert problem.expected == "global_defs"


def test_a_second_instance_of_a_name_is_skipped_whole() -> None:
    tree = read("vrrp_instance A {\n}\nvrrp_instance A {\n nonsense {\n }\n priority 1\n}\nvrrp_instance B {\n}\n")
    assert tree.problems == []
    assert [(child.words[1].text, child.skipped != "") for child in tree.children] == [  # type: ignore[attr-defined]
        ("A", False),
        ("A", True),
        ("B", False),
    ]


def test_a_lone_brace_is_reported_where_it_stands() -> None:
    assert kinds(read("global_defs {\n}\n{\n}\n")) == ["unexpected-brace"]
    assert kinds(read("global_defs {\n}\n}\n")) == ["extra-close"]

from pathlib import Path

import pytest

from cfglint.source import SourceFile
from cfglint.syntax.keepalived_lines import read_lines
from cfglint.syntax.keepalived_text import split_quoted
from tests.keepalived import kinds, outline, read, read_node


def test_writing_back_gives_the_very_text() -> None:
    text = "global_defs {\r\n  router_id a # b\n\n\t$X=1\n}\n  @lb1 x\nlast"
    assert read_lines(SourceFile("f", text)).write() == text


def test_replacing_words_changes_only_their_characters() -> None:
    source = SourceFile("f", "vrrp_instance A {\n  priority  150   # 150\n}\n")
    lines = read_lines(source)
    lines.replace_word(source.span(2, 12, 15), "90")
    lines.replace_word(source.span(1, 14, 15), "OTHER")
    lines.replace_word(source.span(2, 12, 15), "1")
    assert lines.write() == "vrrp_instance OTHER {\n  priority  1   # 150\n}\n"


def test_a_replacement_cannot_cross_another_one() -> None:
    source = SourceFile("f", "priority 150\n")
    lines = read_lines(source)
    lines.replace_word(source.span(1, 9, 12), "90")
    with pytest.raises(ValueError, match="crosses"):
        lines.replace_word(source.span(1, 10, 12), "1")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("priority 150 # why", "priority 150"),
        ("auth_pass pa#ss", "auth_pass pa"),
        ("auth_pass Secr!et", "auth_pass Secr"),
        ('auth_pass "pa#ss!"', "auth_pass pa#ss!"),
        ("auth_pass 'pa#ss'", "auth_pass 'pa"),
        ("priority\t150\v\f", "priority 150"),
        ("priority\u00a0150", "priority\u00a0150"),
        ('script "a b"c', "script a b c"),
    ],
)
def test_words_end_where_the_daemon_ends_them(line: str, words: str) -> None:
    tree = read(f"{line}\n")
    (statement,) = tree.children or tree.unknown
    assert " ".join(word.text for word in statement.words) == words


def test_an_escaped_hash_is_kept_until_2_1_only() -> None:
    text = "vrrp_instance A {\n authentication {\n auth_pass pa\\#ss\n}\n}\n"
    assert "auth_pass pa#ss" in str(outline(read(text, release=(2, 0, 20)).children))
    assert "auth_pass pa'" in str(outline(read(text, release=(2, 2, 7)).children))


@pytest.mark.parametrize(
    "layout",
    [
        "vrrp_instance A { virtual_ipaddress { 10.0.0.1/24 } }",
        "vrrp_instance A{\nvirtual_ipaddress{\n10.0.0.1/24}}",
        "vrrp_instance A\n{\n  virtual_ipaddress\n  {\n  10.0.0.1/24\n}\n}\n",
    ],
)
def test_braces_may_stand_anywhere(layout: str) -> None:
    tree = read(layout)
    assert outline(tree.children) == [("vrrp_instance A", [("virtual_ipaddress", ["10.0.0.1/24"])])]
    assert tree.problems == []


def test_definitions_conditions_and_repetitions_are_expanded_in_order() -> None:
    text = """$NET=10.0.0
$BODY=state BACKUP \\
  interface eth0
vrrp_instance VI_1 {
  $BODY
  @lb1 priority 150
  @^lb1 priority 100
  virtual_ipaddress {
    ~SEQ(I, 1, 2, 5) ${NET}.${I}/24
    ~LST(X, 7, 9) ${NET}.$X
  }
}
"""
    assert outline(read(text).children) == [
        (
            "vrrp_instance VI_1",
            [
                "state BACKUP",
                "interface eth0",
                "priority 150",
                ("virtual_ipaddress", ["10.0.0.1/24", "10.0.0.3/24", "10.0.0.5/24", "10.0.0.7", "10.0.0.9"]),
            ],
        )
    ]


def test_a_name_is_replaced_only_before_a_blank_or_in_braces() -> None:
    text = "$N=7\nvrrp_instance VI_$N.x {\n}\nvrrp_instance VI_${N}.x {\n}\n"
    assert outline(read(text).children) == [("vrrp_instance VI_$N.x", []), ("vrrp_instance VI_7.x", [])]


def test_a_definition_that_names_itself_ends() -> None:
    assert len(read("$A=$A $A\nrouter_id $A\n").unknown) == 1


def test_a_word_from_a_definition_points_at_its_use_and_at_the_definition() -> None:
    tree = read("$P=150\nvrrp_instance A {\n  priority $P\n}\n")
    statement = tree.children[0].children[0]  # type: ignore[attr-defined]
    assert str(statement.words[1].span) == "keepalived.conf:3:12"
    assert [(what, str(span)) for what, span in statement.via] == [("$P is defined here", "keepalived.conf:1:4")]


def test_a_file_for_other_nodes_marks_what_depends_on_the_id() -> None:
    text = "vrrp_instance A {\n  @n1 priority 150\n  @n2 priority 100\n state BACKUP\n}\n"
    tree = read(text, config_id="other")
    assert tree.id_unknown
    assert [child.unsure != "" for child in tree.children[0].children] == [True, False]  # type: ignore[attr-defined]


def test_includes_are_read_where_they_stand(tmp_path: Path) -> None:
    tree = read_node(
        tmp_path,
        {
            "etc/keepalived/keepalived.conf": "include conf.d/*.conf\ninclude /etc/keepalived/{x,y}.inc\n",
            "etc/keepalived/conf.d/b.conf": "vrrp_instance B {\n}\n",
            "etc/keepalived/conf.d/a.conf": "include more/deep.conf\nvrrp_instance A {\n}\n",
            "etc/keepalived/conf.d/more/deep.conf": "vrrp_instance D {\n include ../../vips\n}\n",
            "etc/keepalived/vips": "virtual_ipaddress {\n 10.0.0.1\n}\n",
            "etc/keepalived/x.inc": "global_defs {\n}\n",
        },
        "etc/keepalived/keepalived.conf",
    )
    assert outline(tree.children) == [
        ("vrrp_instance D", [("virtual_ipaddress", ["10.0.0.1"])]),
        ("vrrp_instance A", []),
        ("vrrp_instance B", []),
        ("global_defs", []),
    ]
    assert kinds(tree) == ["include-missing"]


def test_an_include_that_leads_to_itself_is_reported_once(tmp_path: Path) -> None:
    tree = read_node(tmp_path, {"keepalived.conf": "include a.conf\n", "a.conf": "include keepalived.conf\n"})
    assert kinds(tree) == ["include-cycle"]


def test_an_absolute_include_of_a_flat_directory_leaves_it_open(tmp_path: Path) -> None:
    tree = read_node(tmp_path, {"keepalived.conf": "include /srv/ha/*.conf\n"})
    assert tree.problems == []
    assert len(tree.incomplete) == 1


def test_an_include_never_leaves_the_node(tmp_path: Path) -> None:
    (tmp_path / "secret.conf").write_text("vrrp_instance STOLEN {\n}\n")
    tree = read_node(tmp_path / "node", {"keepalived.conf": "include ../secret.conf\n"})
    assert tree.children == []


def test_repetitions_are_bounded() -> None:
    tree = read("~SEQ(A, 1, 100000) ~SEQ(B, 1, 100000) router_id x\n")
    assert "too-much" in kinds(tree)


def test_the_second_way_of_cutting_words_knows_quotes_and_escapes() -> None:
    assert split_quoted('a \'b c\' "d \\" e" \\x41\\102\\cA f\\ g') == ["a", "b c", 'd " e', "AB\x01", "f g"]
    assert split_quoted("a 'b") is None
    assert split_quoted("a \\") is None


def test_a_body_whose_first_line_a_condition_drops_is_one_problem_that_shows_what_is_lost() -> None:
    tree = read("@lb2 vrrp_instance A {\n state BACKUP\n authentication {\n  auth_type PASS\n }\n}\n", certain=True)
    (problem,) = tree.problems
    assert (problem.kind, problem.span.line) == ("orphaned-body", 1)
    assert [(span.line, span.end_line) for _, span in problem.related] == [(2, 6)]


def test_where_the_id_is_not_known_a_body_is_told_about_for_the_nodes_that_lose_it() -> None:
    one = read("@lb7 vrrp_instance A {\n priority 150\n}\n", config_id="x")
    both = read("@lb7 vrrp_instance A {\n@lb8 vrrp_instance A {\n priority 150\n}\n", config_id="x")
    assert [(problem.kind, problem.fails_check) for problem in one.problems] == [("orphaned-body", None)]
    assert both.problems == []


@pytest.mark.parametrize(
    ("line", "open_quote"),
    [
        ("notify_master '/usr/bin/true", True),
        ('notify_master "/usr/bin/echo it\'s"', True),
        ("notify_master /usr/bin/true 'x", True),
        ("notify_master \"/usr/bin/echo 'a'\"", False),
        ("notify_master /usr/bin/true x'", False),
    ],
)
def test_a_single_quote_without_its_partner_is_reported_where_the_daemon_does(line: str, *, open_quote: bool) -> None:
    tree = read(f"vrrp_instance A {{\n {line}\n}}\n")
    assert kinds(tree) == ["unmatched-quote"] * open_quote

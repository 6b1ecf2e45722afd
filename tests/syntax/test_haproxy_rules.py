import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfglint.syntax.haproxy_rules import Action, parse_action, parse_rule
from cfglint.syntax.haproxy_stick_tables import Stored, TableParameter, parse_stick_table, parse_stored

WORDS = st.lists(
    st.sampled_from(["deny", "set-var(x)", "if", "unless", "a", "type", "nopurge", "store", "", "\x01if"])
    | st.text(st.characters(exclude_characters="\0"), max_size=6)
)
TEXT = st.text(st.sampled_from([*"a1(),% "]), max_size=12) | st.text(max_size=6)


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def test_a_rule_has_an_action_arguments_and_a_condition() -> None:
    rule = parse_rule(words("tcp-request content track-sc0 src table t if { src 10.0.0.1 }"))

    assert (rule.rule_set, rule.action, rule.arguments) == ("tcp-request content", "track-sc0", ("src", "table", "t"))
    assert (rule.join, rule.condition, rule.first_argument, rule.first_condition) == (
        "if",
        ("{", "src", "10.0.0.1", "}"),
        3,
        7,
    )


def test_what_stands_in_parentheses_belongs_to_the_action() -> None:
    rule = parse_rule(words("http-request set-var(txn.x) req.hdr(a) unless b"))

    assert (rule.action, rule.inner, rule.arguments, rule.join) == ("set-var", "txn.x", ("req.hdr(a)",), "unless")


def test_an_argument_that_an_action_surely_takes_may_read_if() -> None:
    rule = parse_rule(words("http-request set-header if unless if a"))

    assert (rule.arguments, rule.join, rule.condition) == (("if", "unless"), "if", ("a",))


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("deny", Action("deny", None, closed=True, rest="")),
        ("set-var(a,b)", Action("set-var", "a,b", closed=True, rest="")),
        ("set-var(a", Action("set-var", "a", closed=False, rest="")),
        ("sc-inc-gpc0()x", Action("sc-inc-gpc0", "", closed=True, rest="x")),
        ("(a)", Action("", "a", closed=True, rest="")),
    ],
)
def test_an_action_word_is_a_name_with_brackets(text: str, action: Action) -> None:
    assert parse_action(text) == action


def test_a_stick_table_names_what_it_stores() -> None:
    table = parse_stick_table(words("type ip size 1m expire 10m nopurge store gpc0,http_req_rate(10s) store conn_cur"))

    assert table.values == {"type": "ip", "size": "1m", "expire": "10m", "nopurge": ""}
    assert table.stores == (Stored("gpc0", None), Stored("http_req_rate", "10s"), Stored("conn_cur", None))


def test_the_last_parameter_of_a_stick_table_may_lack_its_value() -> None:
    assert parse_stick_table(words("type string len 20 nopurge size")).parameters == (
        TableParameter("type", "string", 0),
        TableParameter("len", "20", 2),
        TableParameter("nopurge", None, 4),
        TableParameter("size", None, 5),
    )


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("gpc0,", (Stored("gpc0", None),)),
        ("a,,b", (Stored("a", None), Stored("", None), Stored("b", None))),
        ("a(1,2)x,b", (Stored("a", "1,2"), Stored("b", None))),
        ("a(,b", (Stored("a", ",b", closed=False),)),
        ("a()", (Stored("a", ""),)),
        ("", ()),
    ],
)
def test_data_to_store_is_a_list_with_arguments(text: str, stored: tuple[Stored, ...]) -> None:
    assert parse_stored(text) == stored


@given(WORDS)
def test_the_words_of_any_rule_are_shared_out(found: list[str]) -> None:
    rule = parse_rule(("http-request", *found))

    join = [rule.join] if rule.join else []
    assert [*found[:1], *rule.arguments, *join, *rule.condition] == found
    assert not rule.join or found[rule.first_condition - 2] == rule.join


@given(TEXT)
def test_the_parts_of_any_action_make_its_word(text: str) -> None:
    name, inner, closed, rest = parse_action(text)

    assert name + ("" if inner is None else f"({inner}{')' if closed else ''}") + rest == text


@given(WORDS)
def test_the_words_of_any_stick_table_are_shared_out(found: list[str]) -> None:
    table = parse_stick_table(tuple(found))

    shared = [word for name, value, _ in table.parameters for word in (name, value) if word is not None]
    assert shared == found
    assert [found[parameter.at] for parameter in table.parameters] == [name for name, _, _ in table.parameters]


@given(TEXT)
def test_any_list_of_stored_data_is_read(text: str) -> None:
    assert all(stored.name in text and (stored.argument or "") in text for stored in parse_stored(text))

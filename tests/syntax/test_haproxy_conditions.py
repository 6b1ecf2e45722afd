import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Token

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_conditions import AclExpression, Flag, parse_acl, parse_condition
from cfglint.syntax.haproxy_phrases import END

WORD = st.text(st.characters(exclude_characters="\0"), max_size=6)
CONDITION = st.lists(st.sampled_from(["a", "b", "{", "}", "!", "!!", "!{", "!a", "!or", "or", "OR", "||", ""]) | WORD)
ACL = st.lists(st.sampled_from(["src", "src,", "lower", "hdr(a)", "-i", "-m", "-f", "-x", "--", "-5", ""]) | WORD)


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def alternatives(text: str) -> list[list[tuple[str, tuple[str, ...], bool, int]]]:
    found = parse_condition(words(text)).alternatives
    return [[(test.name, test.words, test.negated, test.first) for test in tests] for tests in found]


def test_a_condition_has_alternatives_of_tests() -> None:
    assert alternatives("a !b or { path -i or } ! !{ src 10.0.0.0/8 } || !! c") == [
        [("a", (), False, 0), ("b", (), True, 1)],
        [("", ("path", "-i", "or"), False, 4), ("", ("src", "10.0.0.0/8"), False, 10)],
        [("c", (), False, 15)],
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("or a", [["a"]]),
        ("a or", [["a"]]),
        ("a OR Or || b", [["a"], ["b"]]),
        ("! or a", [["a"]]),
        ("!or a !", [["a"]]),
        ("a } b", [["a", "}", "b"]]),
        ("{a b", [["{a", "b"]]),
    ],
)
def test_empty_alternatives_do_not_count(text: str, names: list[list[str]]) -> None:
    assert [[test.name for test in tests] for tests in parse_condition(words(text)).alternatives] == names


@pytest.mark.parametrize(("text", "inside", "first"), [("{", (), 1), ("a or !{ b or c", ("b", "or", "c"), 3)])
def test_a_brace_that_is_not_closed_lasts_to_the_end(text: str, inside: tuple[str, ...], first: int) -> None:
    last = list(parse_condition(words(text)).tests)[-1]

    assert (last.anonymous, last.closed, last.words, last.first) == (True, False, inside, first)


def test_flags_of_an_acl_stand_before_its_patterns() -> None:
    acl = parse_acl(words("hdr(host) -i -m sub -f a.lst -f b.lst -- -i www"))

    assert (acl.criterion, acl.files, acl.method) == ("hdr(host)", ("a.lst", "b.lst"), "sub")
    assert (acl.patterns, acl.first_pattern) == (("-i", "www"), 9)


def test_converters_of_an_acl_may_stand_in_words_of_their_own() -> None:
    acl = parse_acl(words("src, hdr lower upper, -m str lower"))

    assert acl == AclExpression("src,", (), ("hdr", "lower", "upper,", "-m", "str", "lower"), 1, 1)
    assert parse_acl(words("hdr(a) lower, field(1,.) -m str lower")).criterion == "hdr(a),lower,field(1,.)"


def test_an_unknown_flag_and_a_missing_value_are_kept() -> None:
    assert parse_acl(words("path -x -i -m")).flags == (
        Flag("-x", None, 1, known=False),
        Flag("-i", None, 2),
        Flag("-m", None, 3),
    )


def test_a_number_below_zero_before_the_first_pattern_is_a_flag() -> None:
    assert [flag.known for flag in parse_acl(words("src_conn_cur -5")).flags] == [False]


@given(CONDITION)
def test_any_condition_has_its_tests_in_order(found: list[str]) -> None:
    tests = list(parse_condition(tuple(found)).tests)

    assert [test.first for test in tests] == sorted(test.first for test in tests)
    for test in tests:
        if test.anonymous:
            assert test.words == tuple(found[test.first : test.first + len(test.words)])
            assert found[test.first - 1].lstrip("!") == "{"
            assert "}" not in test.words
            assert test.closed == (test.first + len(test.words) < len(found))
        else:
            assert found[test.first].lstrip("!") == test.name
    assert all(parse_condition(tuple(found)).alternatives)


@given(ACL)
def test_any_acl_is_a_criterion_flags_and_patterns(found: list[str]) -> None:
    acl = parse_acl(tuple(found))

    assert acl.first_flag <= acl.first_pattern <= len(found)
    assert acl.patterns == tuple(found[acl.first_pattern :])
    assert all(found[flag.at] == flag.name for flag in acl.flags)


@pytest.mark.parametrize("grammar", ["haproxy_condition", "haproxy_acl"])
@given(found=CONDITION | ACL)
def test_the_grammars_read_any_words(grammar: str, found: list[str]) -> None:
    text = "".join(f"{word}{END}" for word in found)

    tokens = PARSERS[grammar].parse(text).scan_values(lambda value: isinstance(value, Token))

    assert all(str(token).rstrip(END) in text for token in tokens)


PARSERS = {name: load_grammar(name) for name in ("haproxy_condition", "haproxy_acl")}

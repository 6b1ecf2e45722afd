import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfglint.syntax import haproxy_words
from cfglint.syntax.haproxy_quoting import quote_word, write_words
from cfglint.syntax.haproxy_words import expand, split_line

PRINTABLE = st.text(st.characters(exclude_characters="\0"), max_size=12)


def texts(line: str) -> list[str]:
    return [word.text for word in split_line(line)[0]]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  bind   *:80\t ssl \n", ["bind", "*:80", "ssl"]),
        ("a b\r\n", ["a", "b"]),
        ("a b\rc d\n", ["a", "b"]),
        ("a b \rc d\n", ["a", "b", "c", "d"]),
        ('"a" b \r "c" \t\rd\n', ["a", "b", "c", "d"]),
        ("stats auth admin:pa#ss\n", ["stats", "auth", "admin:pa"]),
        (r"a pa\#ss" + "\n", ["a", "pa#ss"]),
        (r"a pa\ ss" + "\n", ["a", "pa ss"]),
        ('a "x # y"z\n', ["a", "x # yz"]),
        ("a 'x\\n \"$V\"'\n", ["a", 'x\\n "$V"']),
        ('a ""\n', ["a", ""]),
        ('a "" b\n', ["a", "", "b"]),
        (r"a ^foo\.bar\d+$" + "\n", ["a", r"^foo\.bar\d+$"]),
        (r'a "tab\tend\x41\"\$"' + "\n", ["a", 'tab\tendA"$']),
        (r"a \$x" + "\n", ["a", r"\$x"]),
        ("a $PASS ${PASS}\n", ["a", "$PASS", "${PASS}"]),
        ("a \\\n", ["a", "\\"]),
        ("a\u00a0b c\n", ["a\u00a0b", "c"]),
        (r"a \xc3\xa9" + "\n", ["a", "é"]),
        ("a\vb\fc", ["a", "b", "c"]),
    ],
)
def test_a_line_splits_as_haproxy_splits_it(line: str, words: list[str]) -> None:
    assert texts(line) == words
    assert split_line(line)[1] is None


@pytest.mark.parametrize(
    ("line", "kind", "start"),
    [
        ("description it's\n", "unmatched-quote", 14),
        ('a "b c\n', "unmatched-quote", 2),
        ('a "b\r"\n', "unmatched-quote", 2),
        (r"a x\xg1" + "\n", "bad-escape", 3),
        ('a "^x$"\n', "bad-variable", 5),
        ('a "$1"\n', "bad-variable", 3),
        ('a "${.NOPE}"\n', "bad-variable", 3),
        ('a "${X"\n', "unmatched-brace", 3),
        ('a "${X-y"\n', "unmatched-brace", 3),
        ('a "${X[1]}"\n', "bad-expansion", 6),
        ("a" + " b" * 64 + "\n", "too-many-words", 128),
    ],
)
def test_what_haproxy_refuses_in_a_line_is_a_problem_at_its_place(line: str, kind: str, start: int) -> None:
    _, problem = split_line(line)

    assert problem is not None
    assert (problem.kind, problem.start) == (kind, start)


def test_64_words_are_allowed() -> None:
    assert split_line("a" + " b" * 63 + "\n")[1] is None


def test_a_line_that_does_not_split_keeps_the_words_before_the_fault() -> None:
    assert texts("server s1 'x y\n") == ["server", "s1", "x y"]
    assert texts(r"server s1 a\xzz tail" + "\n")[:2] == ["server", "s1"]


def test_variables_count_only_in_double_quotes() -> None:
    words, _ = split_line("""a $X '$X' "p-${X-d}-$Y" \n""")

    assert [[reference.name for reference in word.references] for word in words] == [[], [], [], ["X", "Y"]]
    assert expand(words[3], {"Y": "2"}.get) == ["p-d-2"]
    assert expand(words[3], {"X": "1"}.get) == ["p-1-"]


def test_a_splitting_variable_gives_several_words() -> None:
    words, _ = split_line('a "x${L[*]}y"\n')

    assert expand(words[1], {"L": "1  2 3"}.get) == ["x1", "2", "3y"]


@given(PRINTABLE)
def test_a_quoted_word_reads_back(text: str) -> None:
    assert texts(f"k {quote_word(text)} end\n") == ["k", text, "end"]


@given(st.lists(PRINTABLE, min_size=1, max_size=8))
def test_written_words_read_back(words: list[str]) -> None:
    assert texts(write_words(words) + "\n") == words


@given(st.lists(st.sampled_from([*"abx41 \t\n\r\v#\"'\\$", '"a b"', "'a'", "\\x41"]), max_size=12).map("".join))
def test_the_short_ways_to_split_a_line_agree_with_the_long_one(line: str) -> None:
    short = haproxy_words._split_simple(line)
    splitter = haproxy_words._Splitter(line)

    if short is not None:
        splitter.run()
        assert short == splitter.words
        assert haproxy_words.simple_texts(line) == [word.text for word in splitter.words]


def test_a_nul_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote_word("a\0b")

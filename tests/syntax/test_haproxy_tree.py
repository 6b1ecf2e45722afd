import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfglint.source import SourceFile, Span
from cfglint.syntax.haproxy import SECTION_KINDS, HaproxyTree, parse_haproxy
from cfglint.syntax.haproxy_quoting import write_words

TEXT = """\
# before
global
    maxconn 100   # enough

frontend web
\tbind "10.0.0.1:80" name 'a b'
  default_backend app
backend app
    server s1 10.0.0.2:80 check
"""

FRAGMENTS = st.sampled_from(
    [
        "global",
        "frontend f",
        " bind :80",
        '"',
        "'",
        "\\",
        "#",
        "$",
        "${",
        "}",
        "\n",
        "\r\n",
        " ",
        "\t",
        "[x]",
        ".if",
        "é",
    ]
)
ANY_TEXT = st.lists(FRAGMENTS | st.text(st.characters(exclude_characters="\0"), max_size=6), max_size=30).map("".join)
WORDS = st.lists(st.text(st.characters(exclude_characters="\0"), max_size=8), min_size=1, max_size=6)


def parse(text: str) -> HaproxyTree:
    return parse_haproxy(SourceFile("haproxy.cfg", text))


def kinds(text: str) -> list[str]:
    return [problem.kind for problem in parse(text).problems]


def test_sections_own_their_directives() -> None:
    tree = parse(TEXT)

    assert [(section.kind, section.name) for section in tree.sections] == [
        ("global", ""),
        ("frontend", "web"),
        ("backend", "app"),
    ]
    bind, default = tree.sections[1].directives
    assert bind.section is tree.sections[1]
    assert bind.section.header.line_number == 5
    assert [word.text for word in bind.words] == bind.texts == ["bind", "10.0.0.1:80", "name", "a b"]
    assert default.keyword == "default_backend"


def test_spans_count_from_one_and_include_quotes() -> None:
    bind = parse(TEXT).sections[1].directives[0]

    assert bind.words[1].span == Span("haproxy.cfg", 6, 7, 6, 20)
    assert bind.span == Span("haproxy.cfg", 6, 2, 6, 31)
    assert bind.span_of(1, 2) == Span("haproxy.cfg", 6, 7, 6, 25)


def test_sections_need_no_indentation_rules() -> None:
    tree = parse("   global\nmaxconn 1\n\tbackend b # x\nserver a 1.1.1.1\n")

    assert [(section.kind, len(section.directives)) for section in tree.sections] == [("global", 1), ("backend", 1)]


def test_a_quoted_section_keyword_opens_a_section() -> None:
    tree = parse("\"front\"end f\n bind :80\n'bind' :81\n")

    assert [(section.kind, section.name, len(section.directives)) for section in tree.sections] == [
        ("frontend", "f", 2)
    ]


@pytest.mark.parametrize("kind", sorted(SECTION_KINDS))
def test_every_section_keyword_opens_a_section_however_its_line_is_written(kind: str) -> None:
    for written in (f"{kind} x\n", f"\t{kind}\r\n", f"{kind}#\n", kind, f'"{kind}" x\n', f"{kind[0]}'{kind[1:]}' x"):
        tree = parse(f"# first\n maxconn 1\n{written}")
        assert ([section.kind for section in tree.sections], len(tree.prologue)) == ([kind], 1)


def test_a_longer_word_does_not_open_a_section() -> None:
    assert [section.kind for section in parse("global\nbackend-x y\ncache.z\n").sections] == ["global"]


def test_what_stands_before_the_first_section_is_the_prologue() -> None:
    tree = parse(".if defined(X)\nglobal\n.endif\n")

    assert [directive.keyword for directive in tree.prologue] == [".if"]


def test_replacing_words_changes_nothing_else() -> None:
    tree = parse(TEXT)
    bind = tree.sections[1].directives[0]

    tree.replace_word(bind, 1, "10.0.0.9:8080")
    tree.replace_word(bind, 3, "it's")
    tree.replace_word(bind, 1, ":80")

    assert tree.write() == TEXT.replace("\"10.0.0.1:80\" name 'a b'", ":80 name it\\'s")
    assert bind.texts == ["bind", ":80", "name", "it's"]
    assert bind.words[3].span == Span("haproxy.cfg", 6, 16, 6, 21)


def test_what_haproxy_refuses_to_read_is_a_problem_that_fails_its_check() -> None:
    assert kinds("global\n description it's\n") == ["unmatched-quote"]
    assert kinds("global\n maxconn 1") == ["missing-final-newline"]
    assert kinds("global\n# end") == ["missing-final-newline"]
    assert kinds("\ufeffglobal\n") == ["byte-order-mark"]
    assert kinds("[]\nglobal\n") == ["bad-scope"]
    assert kinds("[all]\nglobal\n") == []
    assert kinds("global\n log" + " a" * 70 + "\n") == ["too-many-words"]
    assert {problem.fails_check for problem in parse("[\nglobal\n a \"\n b '").problems} == {"haproxy"}


def test_the_rest_of_a_file_is_read_after_a_bad_line() -> None:
    tree = parse("global\n description it's\nbackend b\n server s 10.0.0.1:80\n")

    assert tree.sections[1].directives[0].texts == ["server", "s", "10.0.0.1:80"]


@given(ANY_TEXT)
def test_any_text_is_read_and_written_back_unchanged(text: str) -> None:
    tree = parse(text)

    assert tree.write() == text
    assert all(directive.words and directive.texts for directive in tree.directives)


@given(ANY_TEXT, st.integers(0), st.integers(0), st.text(st.characters(exclude_characters="\0"), max_size=8))
def test_replacing_any_word_changes_only_its_characters(text: str, line: int, index: int, new: str) -> None:
    tree = parse(text)
    directives = list(tree.directives)
    if not directives:
        return
    directive = directives[line % len(directives)]
    index %= len(directive.words)
    word = directive.words[index].raw
    offset = sum(len(line) for line in text.split("\n")[: directive.line_number - 1]) + directive.line_number - 1
    whole = directive.problem is None

    tree.replace_word(directive, index, new)

    written = tree.write()
    assert written.startswith(text[: offset + word.start])
    assert written.endswith(text[offset + word.end :])
    if whole:
        assert directive.words[index].text == new


@given(st.lists(st.tuples(st.sampled_from(["global", "defaults", "backend"]), st.lists(WORDS, max_size=5)), max_size=5))
def test_a_tree_of_written_words_reads_back_equal(sections: list[tuple[str, list[list[str]]]]) -> None:
    lines: list[list[str]] = []
    for kind, body in sections:
        lines += [[kind], *body]

    tree = parse("".join(f"  {write_words(line)}\n" for line in lines))

    assert [directive.texts for directive in tree.directives] == lines
    assert not tree.problems


def test_a_word_that_starts_with_a_bracket_and_holds_a_quote_is_no_scope() -> None:
    tree = parse("global\n" + write_words(["['"]) + "\n")

    assert [directive.texts for directive in tree.directives] == [["global"], ["['"]]

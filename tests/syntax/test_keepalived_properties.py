from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from cfglint.source import SourceFile, Span
from cfglint.syntax.keepalived import Block, Statement
from cfglint.syntax.keepalived_keywords import keyword_tree
from cfglint.syntax.keepalived_lines import read_lines
from cfglint.syntax.keepalived_text import split_quoted, split_words
from tests.keepalived import build, outline, read

_PIECES = st.sampled_from(
    [
        *keyword_tree().children,
        *keyword_tree().children["vrrp_instance"].children,
        *"{}\"'#!\\$@~ \t\n\r\v\f=,()/.-:",
        "{\n", "}\n", "\\\n", "$A=", "${A}", "$A ", "@lb1 ", "@^lb1 ", "~SEQ(", "~LST(", "include ", "10.0.0.1",
        "{{ x }}",
        "\u00a0", "\udcff", "\ufeff",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=60).map("".join))
BARE = st.text(st.characters(exclude_characters=" \t\f\n\r\v\"'#!\\$@~{}\0", exclude_categories=["Cs"]), min_size=1)


def all_words(nodes: list[Statement]) -> Iterator[Span]:
    for node in nodes:
        yield from (word.span for word in node.words)
        if isinstance(node, Block):
            yield from all_words(node.children)


@given(TEXTS)
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_and_written_back_unchanged(text: str) -> None:
    source = SourceFile("keepalived.conf", text)
    assert read_lines(source).write() == text
    tree = read(text)
    for span in all_words(tree.children):
        assert 1 <= span.line <= len(source.lines) or text == ""
        assert 1 <= span.column <= span.end_column
    for problem in tree.problems:
        assert problem.message
        assert problem.span.line <= len(source.lines)


@given(TEXTS)
@settings(deadline=None, max_examples=200)
def test_any_text_has_a_model(text: str) -> None:
    config = build(text)
    for instance in config.instances:
        assert instance.vrid.value is None or instance.vrid.value != 0
        assert len(instance.vips) <= 255


@given(TEXTS, st.data(), st.text(st.characters(exclude_characters="\n")))
@settings(deadline=None, max_examples=200)
def test_replacing_any_word_changes_only_its_characters(text: str, data: st.DataObject, new: str) -> None:
    source = SourceFile("keepalived.conf", text)
    places = [
        source.span(number, start, end)
        for number, line in enumerate(source.lines, 1)
        for _, start, end, _ in split_words(line.removesuffix("\n").removesuffix("\r"))
    ]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    lines = read_lines(source)
    lines.replace_word(place, "something else")
    lines.replace_word(place, new)
    before = sum(len(line) for line in source.lines[: place.line - 1]) + place.column - 1
    after = before + place.end_column - place.column
    assert lines.write() == text[:before] + new + text[after:]


@given(st.lists(st.lists(BARE, min_size=1, max_size=4), max_size=6))
@settings(deadline=None)
def test_words_written_in_a_value_block_read_back_equal(lines: list[list[str]]) -> None:
    body = "".join(" ".join(words) + "\n" for words in lines)
    if any(words[0].startswith("include") for words in lines):
        return
    tree = read(f"static_routes {{\n{body}}}\n")
    assert outline(tree.children) == [("static_routes", [" ".join(words) for words in lines])]


@given(st.lists(st.text(st.characters(exclude_characters='"\n\r', exclude_categories=["Cs"])), min_size=1, max_size=4))
@settings(deadline=None)
def test_quoted_words_read_back_equal(words: list[str]) -> None:
    line = " ".join(f'"{word}"' for word in words)
    assert [word for word, _, _, quoted in split_words(line) if quoted] == words


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4))
@settings(deadline=None)
def test_escaped_words_of_a_script_read_back_equal(words: list[str]) -> None:
    line = " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
    assert split_quoted(line) == words

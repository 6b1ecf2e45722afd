import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Token

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_phrases import shape_of
from cfglint.syntax.haproxy_quantities import Quantity, parse_quantity
from cfglint.syntax.haproxy_samples import Sample, parse_format, parse_sample

TEXT = st.text(st.sampled_from([*"ab1Z%[](){},.:@/'\"\\ -+\n"]), max_size=16) | st.text(max_size=6)


def calls(sample: Sample) -> list[tuple[str, tuple[str, ...]]]:
    return [(call.name, call.arguments) for call in sample.calls]


def test_a_sample_expression_is_a_fetch_with_converters() -> None:
    sample = parse_sample("req.hdr(host,-1),lower,map_str(/etc/haproxy/host.map,none)")

    assert calls(sample) == [
        ("req.hdr", ("host", "-1")),
        ("lower", ()),
        ("map_str", ("/etc/haproxy/host.map", "none")),
    ]
    assert [(call.start, call.end, call.argument_starts) for call in sample.calls] == [
        (0, 16, (8, 13)),
        (17, 22, ()),
        (23, 58, (31, 53)),
    ]
    assert sample.whole


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (r"""regsub("(a),\"b",'c)',x)""", ('(a),"b', "c)", "x")),
        (r"str(a\,b)", ("a\\", "b")),
        (r"str(a\ b\'c\\)", (r"a b'c" + "\\",)),
        (r"str('a\'b)", (r"a\b",)),
        (r"str(a\nb,\.c)", ("a\nb", r"\.c")),
        (r'str(a"b,"c)', ("ab,c",)),
        ("str()", ("",)),
        ("str(,)", ("", "")),
    ],
)
def test_arguments_are_unquoted_as_haproxy_does(text: str, arguments: tuple[str, ...]) -> None:
    assert parse_sample(text).calls[0].arguments == arguments


@pytest.mark.parametrize(
    ("text", "end", "comma", "rest"),
    [
        ("path,str((a)b)", 12, False, "b)"),
        ("src,", 4, True, ""),
        ("src,,lower ", 10, False, " "),
        ("src,)", 4, True, ")"),
        ("src]%[dst]", 3, False, "]%[dst]"),
        (",lower", 0, False, ",lower"),
        ("", 0, False, ""),
    ],
)
def test_what_does_not_belong_to_an_expression_is_its_rest(text: str, end: int, *, comma: bool, rest: str) -> None:
    found = parse_sample(text)

    assert (found.end, found.comma, found.rest) == (end, comma, rest)


@pytest.mark.parametrize("text", ["req.hdr(host", 'x("y)', "src,lower(", "str('a),b"])
def test_an_unclosed_parenthesis_lasts_to_the_end(text: str) -> None:
    found = parse_sample(text)

    assert (found.calls[-1].closed, found.end, found.rest, found.whole) == (False, len(text), "", False)


def test_a_format_string_has_texts_aliases_and_expressions() -> None:
    items = parse_format("%ci %{+Q}r 5%% %[req.hdr(a),regsub([0-9],x)] %(n:str)tr %-x")

    assert [(item.kind, item.text, item.flags, item.named) for item in items if item.text.strip()] == [
        ("alias", "ci", None, None),
        ("alias", "r", "+Q", None),
        ("text", " 5", None, None),
        ("text", "%%", None, None),
        ("sample", "req.hdr(a),regsub([0-9],x)", None, None),
        ("alias", "tr", None, "n:str"),
        ("text", "%-", None, None),
        ("text", "x", None, None),
    ]
    assert [item.sample.calls[0].name for item in items if item.sample] == ["req.hdr"]


@pytest.mark.parametrize(
    "text", ["100%", "% x", "%[src", "%{+Q", "%{+Q}", "%1", "%[]", "%[ src]", "%[src,]", "%(a b)ci"]
)
def test_a_percent_sign_that_starts_nothing_is_broken_to_the_end(text: str) -> None:
    last = parse_format(text)[-1]

    assert (last.kind, text[last.start :]) == ("broken", last.text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5s", ("5", "s", "")),
        ("300", ("300", "", "")),
        ("10us", ("10", "us", "")),
        ("16K", ("16", "K", "")),
        ("5m30", ("5", "m", "30")),
        ("5x", ("5", "", "x")),
        ("-1", ("", "", "-1")),
        ("", ("", "", "")),
    ],
)
def test_a_quantity_is_a_number_with_a_unit(text: str, expected: tuple[str, str, str]) -> None:
    assert parse_quantity(text) == Quantity(*expected)


@given(TEXT)
def test_the_parts_of_any_expression_stand_in_its_text(text: str) -> None:
    found = parse_sample(text)

    assert text[: found.end] + found.rest == text
    for call in found.calls:
        assert text[call.start :].startswith(call.name)
        assert call.start < call.end <= found.end
    starts = [call.start for call in found.calls]
    assert starts == sorted(set(starts))


@given(TEXT)
def test_the_parts_of_any_format_string_stand_in_its_text(text: str) -> None:
    items = parse_format(text)

    assert all(text[item.start : item.start + len(item.text)] == item.text for item in items)
    assert [item.start for item in items] == sorted({item.start for item in items})
    assert all(item.kind != "broken" for item in items[:-1])
    assert not text or items


@given(TEXT)
def test_the_parts_of_any_quantity_make_its_text(text: str) -> None:
    assert "".join(parse_quantity(text)) == text


@pytest.mark.parametrize(
    ("grammar", "start"), [("haproxy_address", "start"), ("haproxy_sample", "sample"), ("haproxy_sample", "format")]
)
@given(text=TEXT)
def test_a_shape_reads_as_every_text_that_has_it(grammar: str, start: str, text: str) -> None:
    parser = PARSERS[grammar]

    def tokens(read: str) -> list[tuple[str, int | None, int | None]]:
        found = parser.parse(read, start=start).scan_values(lambda value: isinstance(value, Token))
        return [(token.type, token.start_pos, token.end_pos) for token in found]

    assert tokens(text) == tokens(shape_of(text))


PARSERS = {name: load_grammar(name) for name in ("haproxy_address", "haproxy_sample")}

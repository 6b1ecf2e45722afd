from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfglint.syntax.haproxy_parameters import Place, parse_parameters

WORDS = st.sampled_from(
    ["check", "weight", "100", "inter", "source", "usesrc", "interface", "ssl", "crt", "nosuch", "check(x)", "", None]
)


def parameters(place: Place, words: Sequence[str | None]) -> list[tuple[str, int, int]]:
    return [(found.sort, found.at, found.end) for found in parse_parameters(place, words)]


@pytest.mark.parametrize(
    ("place", "text", "expected"),
    [
        ("server", "check weight 10 ssl", [("f", 0, 1), ("v", 1, 3), ("f", 3, 4)]),
        ("server", "weight check inter", [("v", 0, 2), ("v", 2, 3)]),
        ("server", "check nosuch check", [("f", 0, 1), ("u", 1, 2), ("f", 2, 3)]),
        ("server", "no-check check(x)", [("f", 0, 1), ("f", 1, 2)]),
        ("server", "source 10.0.0.1 usesrc clientip interface lo check", [("s", 0, 6), ("f", 6, 7)]),
        ("server", "source interface check", [("s", 0, 2), ("f", 2, 3)]),
        ("server", "usesrc source 10.0.0.1 usesrc", [("p", 0, 1), ("s", 1, 4)]),
        ("server", "set-proxy-v2-tlv-fmt(0x20) %[src]", [("v", 0, 2)]),
        ("bind", "ssl crt a.pem interface lo", [("f", 0, 1), ("v", 1, 3), ("v", 3, 5)]),
        ("bind", "", []),
    ],
)
def test_words_are_parameters_and_their_values(place: Place, text: str, expected: list[tuple[str, int, int]]) -> None:
    assert parameters(place, text.split()) == expected


def test_a_hidden_word_is_a_parameter_of_its_own_or_a_value() -> None:
    assert parameters("server", ["weight", None, None, "check"]) == [("v", 0, 2), ("h", 2, 3), ("f", 3, 4)]


def test_the_parts_of_a_source_are_placed() -> None:
    (source,) = parse_parameters("server", ["source", "10.0.0.1", "usesrc", "clientip", "interface"])

    assert source.parts == ((2, 4), (4, 5))


@pytest.mark.parametrize("place", ["bind", "server"])
@given(words=st.lists(WORDS | st.text(max_size=6), max_size=12))
def test_any_words_are_read_each_once_and_in_order(place: Place, words: list[str | None]) -> None:
    found = parse_parameters(place, words)

    assert [parameter.at for parameter in found] == [0, *[parameter.end for parameter in found]][: len(found)]
    assert (found[-1].end if found else 0) == len(words)

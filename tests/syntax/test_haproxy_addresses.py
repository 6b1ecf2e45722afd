import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfglint.syntax.haproxy_addresses import parse_address


@pytest.mark.parametrize(
    ("text", "host", "form", "port"),
    [
        (":80", "", "", "80"),
        ("*:80", "*", "any", "80"),
        (":::80", "::", "colons", "80"),
        ("::1", ":", "colons", "1"),
        ("[::1]", "[::1]", "colons", None),
        ("[::1]:80", "[::1]", "colons", "80"),
        ("[10.0.0.1]:80", "[10.0.0.1]", "dotted", "80"),
        ("2001:db8::1:80", "2001:db8::1", "colons", "80"),
        ("fe80::1%eth0:80", "fe80::1%eth0", "colons", "80"),
        ("a.example:", "a.example", "name", ""),
        ("10.0.0.1", "10.0.0.1", "dotted", None),
        ("[::1]x:1", "[::1]x", "odd", "1"),
        (":]", ":]", "odd", None),
        ("", "", "", None),
    ],
)
def test_an_address_is_cut_at_its_last_colon(text: str, host: str, form: str, port: str | None) -> None:
    found = parse_address(text)

    assert (found.host, found.form, found.port) == (host, form, port)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (":80-90", ("", "80", "90", "")),
        (":80-", ("", "80", "", "")),
        (":+10", ("+", "10", None, "")),
        (":80x", ("", "80", None, "x")),
        (":80-90x", ("", "80", "90", "x")),
        (":x", ("", "", None, "x")),
        (":", ("", "", None, "")),
    ],
)
def test_a_port_may_be_a_range_or_an_offset(text: str, parts: tuple[str, str, str | None, str]) -> None:
    found = parse_address(text)

    assert (found.sign, found.first, found.last, found.odd) == parts


@pytest.mark.parametrize(
    ("text", "prefix", "path"),
    [
        ("quic4@a.example:443", "quic4@", ""),
        ("stream+ipv4@10.0.0.1:80", "stream+ipv4@", ""),
        ("stream+10.0.0.1:80", "stream+", ""),
        ("unix@/run/x:1", "unix@", "/run/x:1"),
        ("/run/x", "", "/run/x"),
    ],
)
def test_what_stands_before_an_address_is_its_prefix(text: str, prefix: str, path: str) -> None:
    found = parse_address(text)

    assert (found.prefix, found.path) == (prefix, path)


@given(st.text(st.sampled_from([*"aZ19.:[]%*-+@/_ x"]), max_size=20) | st.text(max_size=8))
def test_the_parts_of_any_address_make_its_text(text: str) -> None:
    found = parse_address(text)

    port = "" if found.port is None else f":{found.port}"
    assert found.prefix + found.path + found.host + port == text
    digits = "" if found.last is None else f"-{found.last}"
    assert found.sign + found.first + digits + found.odd == (found.port or "")
    assert bool(found.host) == bool(found.form)

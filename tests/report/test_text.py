from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfglint.engine.finding import Finding, Related, Unchecked
from cfglint.engine.result import Fault
from cfglint.report.cells import width
from cfglint.report.options import RenderOptions
from cfglint.report.text import render
from cfglint.source import Span
from tests.report.samples import pair_result, result_of, source


def finding(at: Span, message: str = "it is wrong", label: str = "here", **more: object) -> Finding:
    return Finding(at=at, message=message, subject=("lb1",), label=label, rule="vrrp/sample", **more)  # type: ignore[arg-type]


def test_a_pair_is_reported_with_carets_in_both_files_and_what_was_compared() -> None:
    assert (
        render(pair_result())
        == """\
error[vrrp/vrid-mismatch]: lb1 uses VRID 51 and lb2 52, so each ignores the other and both hold
  10.0.0.100
 --> site/lb1/keepalived.conf:3:20
  |
3 |     virtual_router_id 51
  |                       ^^ 51 on lb1
 ::: site/lb2/keepalived.conf:3:20
  |
3 |     virtual_router_id 52
  |                       -- 52 on lb2
  |
  = help: use one virtual_router_id on both nodes
  = fix: use 51 on lb2 (`cfglint check --unsafe-fixes` does it)
  = more: cfglint explain vrrp/vrid-mismatch

warning[security/auth-pass-clear]: auth_pass is sent in clear text
 --> site/lb1/keepalived.conf:6:19
  |
6 |         auth_pass ••••
  |                   ^^^^ 8 bytes
  |
  = check: `keepalived -t` fails because of this
  = more: cfglint explain security/auth-pass-clear

info[meta/pair-incomplete]: lb2 has no haproxy.cfg
 --> site/lb2
  = more: cfglint explain meta/pair-incomplete

Compared
  lb1 + lb2  no virtual router in common
  lb3        not paired: it shares no VIP

Not looked at
  lb1, lb2  firewall: no firewall file in the node directory

1 error, 1 warning, 1 info (3 nodes, 2 files, 1 rule)
"""
    )


def test_forty_columns_stay_readable() -> None:
    text = render(pair_result(), RenderOptions(width=40))
    assert max(len(line) for line in text.splitlines()) <= 40
    assert "error[vrrp/vrid-mismatch]: lb1 uses VRID\n  51 and lb2 52, so each ignores the\n  other" in text


def test_colours_change_nothing_but_colours() -> None:
    import re

    coloured = render(pair_result(), RenderOptions(colour=True))
    assert coloured != render(pair_result())
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(pair_result())


@pytest.mark.parametrize("colour", [True, False])
def test_configuration_text_is_never_read_as_markup(colour: bool) -> None:
    file = source("lb1/haproxy.cfg", "  http-request set-header X %[req.hdr(host)] [/foo] [bold] :smile:\n")
    text = render(
        result_of([finding(Span(file.path, 1, 3, 1, 15), "[/foo] %[x]")], [file]), RenderOptions(colour=colour)
    )
    assert "%[req.hdr(host)] [/foo] [bold] :smile:" in text
    assert "[/foo] %[x]" in text


def test_control_characters_and_odd_bytes_are_shown_as_escapes() -> None:
    file = source("lb1/x.cfg", "a\x1b[31mb\u202ec\udcffd\x07 end\n")
    text = render(result_of([finding(Span(file.path, 1, 15, 1, 18), "odd \x1b]0;title\x07 message")], [file]))
    assert r"1 | a\x1b[31mb\u202ec\xffd\x07 end" in text
    assert r"odd \x1b]0;title\x07 message" in text
    assert not any(ord(character) < 32 and character != "\n" for character in text)


def test_no_line_of_prose_begins_like_a_command_of_a_ci_job() -> None:
    file = source("lb1/x.cfg", "a\n")
    message = " ".join(["word"] * 5 + ["::error::pwned"]) * 6
    text = render(result_of([finding(Span(file.path, 1, 1, 1, 2), message)], [file]), RenderOptions(width=40))
    assert not any(line.strip().startswith("::error") for line in text.splitlines())


def test_tabs_and_wide_characters_keep_carets_aligned() -> None:
    file = source("lb1/x.cfg", "\t密码 e\u0301 word # x\n")
    start = file.text.index("word") + 1
    text = render(result_of([finding(Span(file.path, 1, start, 1, start + 4))], [file]))
    assert "1 |     密码 e\u0301 word # x\n  |           " + " " + "^^^^ here\n" in text


def test_a_long_line_is_cut_around_the_carets() -> None:
    line = "    server web1 10.0.0.1:80 " + " ".join(f"option{number}" for number in range(60)) + " check fall 3"
    file = source("lb1/haproxy.cfg", line + "\n")
    start = line.index("check") + 1
    text = render(result_of([finding(Span(file.path, 1, start, 1, start + 5))], [file]), RenderOptions(width=60))
    code, carets = text.splitlines()[3:5]
    assert code.startswith("1 | …")
    assert len(code) <= 60
    assert code[carets.index("^") : carets.rindex("^") + 1] == "check"


def test_two_places_of_one_file_share_a_frame() -> None:
    file = source("lb1/keepalived.conf", "".join(f"line {number}\n" for number in range(1, 30)))
    text = render(
        result_of(
            [finding(Span(file.path, 20, 6, 20, 8), related=[Related("and this", Span(file.path, 3, 1, 3, 5))])], [file]
        )
    )
    assert text.startswith("""\
error[vrrp/sample]: it is wrong
  --> lb1/keepalived.conf:20:6
   |
 3 | line 3
   | ---- and this
...
20 | line 20
   |      ^^ here
   |
""")


def test_a_span_over_several_lines_says_where_it_ends() -> None:
    file = source("lb1/keepalived.conf", "a {\n  b\n}\n")
    text = render(result_of([finding(Span(file.path, 1, 1, 3, 2), label="")], [file]))
    assert "1 | a {\n  | ^^^ to line 3\n" in text


def test_a_place_that_is_no_longer_there_has_no_frame() -> None:
    file = source("lb1/keepalived.conf", "a\n")
    text = render(result_of([finding(Span(file.path, 9, 1, 9, 2))], [file]))
    assert " --> lb1/keepalived.conf:9:1\n  = here\n  = more" in text


def test_many_places_are_counted_beyond_the_eighth() -> None:
    file = source("lb1/keepalived.conf", "a\n" * 30)
    related = [Related("too", Span(file.path, number, 1, number, 2)) for number in range(2, 30)]
    text = render(result_of([finding(Span(file.path, 1, 1, 1, 2), related=related)], [file]))
    assert text.count(" too\n") == 7
    assert "21 more places" in text


def test_what_could_not_be_checked_is_never_called_clean() -> None:
    text = render(result_of([], [], faults=[Fault("lb9", "no such file or directory")]))
    assert (
        text
        == """\
Could not be checked
  lb9  no such file or directory

Not everything could be checked (0 nodes, 0 files)
"""
    )


def test_the_very_same_about_other_lines_is_said_once() -> None:
    file = source("lb1/haproxy.cfg", "rspadd a\n" * 4)
    findings = [finding(Span(file.path, number, 1, number, 7), label="") for number in range(1, 5)]
    text = render(result_of(findings, [file]))
    assert text.count("it is wrong") == 1
    assert "  = also: lines 2, 3, 4\n" in text
    assert text.splitlines()[-1].startswith("4 errors")


def test_reasons_are_grouped_and_limited() -> None:
    entries = [Unchecked(f"n{number}", f"thing {number // 2}", "why") for number in range(60)]
    text = render(result_of([], [], unchecked=entries))
    assert "  n0, n1    thing 0: why\n" in text
    assert "and 15 more (--format json lists them)" in text


@given(
    line=st.text(st.characters(exclude_characters="\n"), max_size=150),
    start=st.integers(1, 160),
    length=st.integers(0, 40),
    room=st.integers(30, 120),
)
def test_any_line_and_any_place_can_be_drawn(line: str, start: int, length: int, room: int) -> None:
    file = source("lb1/haproxy.cfg", line + "\n")
    text = render(result_of([finding(Span(file.path, 1, start, 1, start + length))], [file]), RenderOptions(width=room))
    lines = text.splitlines()
    code = next(shown for shown in lines if shown.startswith("1 |"))
    carets = lines[lines.index(code) + 1]
    assert width(code) <= room
    assert "^" in carets
    assert width(carets) <= room + len(" here") + 1
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Cf"} for character in text.replace("\n", ""))

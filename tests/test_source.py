"""Files, lines and spans."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfglint.source import SourceFile, Span, UnreadableFileError


def test_text_with_odd_bytes_writes_back_unchanged() -> None:
    raw = b"caf\xe9 \xff\r\n\x85 end"
    assert SourceFile.from_bytes("a", raw).to_bytes() == raw


def test_lines_with_bytes_that_are_not_utf8_are_named() -> None:
    assert SourceFile.from_bytes("a", b"one\ntw\xf6\nthree\n").odd_byte_lines == (2,)


def test_lines_end_at_newlines_only_and_join_to_the_text() -> None:
    text = "a\rb\r\n\x0bc\u2028d\ne"
    source = SourceFile("a", text)
    assert source.lines == ("a\rb\r\n", "\x0bc\u2028d\n", "e")
    assert "".join(source.lines) == text


def test_span_counts_lines_and_columns_from_one_with_an_exclusive_end() -> None:
    source = SourceFile("a.cfg", "  bind :80\n")
    assert source.span(1, 2, 6) == Span("a.cfg", 1, 3, 1, 7)
    assert source.line_span(1) == Span("a.cfg", 1, 3, 1, 11)


def test_binary_file_is_refused_with_its_line() -> None:
    with pytest.raises(UnreadableFileError, match="NUL byte in line 2"):
        SourceFile.from_bytes("a", b"x\n\0y")


def test_directory_is_refused_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="is a directory"):
        SourceFile.read(tmp_path)


def test_file_that_the_system_refuses_to_read_is_named_with_the_cause() -> None:
    with pytest.raises(UnreadableFileError, match=r"^lb1/keepalived\.conf: cannot be read: "):
        SourceFile.read(Path("/proc/self/mem"), "lb1/keepalived.conf")

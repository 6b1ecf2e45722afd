r"""Files as the daemons see them: decoded text, lines, and spans that point into them.

The daemons read bytes. A file is decoded as UTF-8 with ``surrogateescape``, so any byte survives a round trip, and an
odd byte is a fact to report (`SourceFile.odd_byte_lines`), never a failure. Lines end at ``\n`` only; a ``\r`` before
it belongs to the line, as it does for the daemons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

MAX_BYTES = 64 * 1024 * 1024
"""A configuration file above this size (bytes) is refused: no daemon of this kind has one."""

BOM = "\ufeff"


class UnreadableFileError(Exception):
    """A file cannot be read as text.

    Args:
        path: the file, as the user named it.
        why: the cause in a few words, without the path.
    """

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class Span(NamedTuple):
    """A region of one file; a tuple, since a large file has hundreds of thousands.

    Attributes:
        path: the file as given on the command line, with ``/``; for something missing, the node's directory.
        line: first line, from 1; 0 when the whole file (or a missing one) is meant.
        column: first character, from 1; 0 with line 0.
        end_line: last line, from 1.
        end_column: the column after the last character.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    @property
    def is_whole_file(self) -> bool:
        """True when no line is meant."""
        return self.line == 0

    def __str__(self) -> str:
        return self.path if self.is_whole_file else f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, eq=False)
class SourceFile:
    """One file's text and where it came from. Two files are equal only if they are the same object.

    Attributes:
        path: shown to users, as given on the command line, with ``/``.
        text: decoded, line ends untouched.
    """

    path: str
    text: str = field(repr=False)

    @classmethod
    def read(cls, file: Path, shown: str | None = None) -> SourceFile:
        """Read a file from disk.

        Args:
            file: where it is.
            shown: how to name it to users; the path itself by default.

        Raises:
            UnreadableFileError: it is a directory, binary (holds a NUL byte), too large, or the system refuses.
        """
        name = shown if shown is not None else file.as_posix()
        try:
            if file.is_dir():
                raise UnreadableFileError(name, "is a directory, a file was expected")
            if not file.is_file():
                why = "is not a regular file" if file.exists() else "does not exist (or is a dangling link)"
                raise UnreadableFileError(name, why)
            with file.open("rb") as stream:
                raw = stream.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            raise UnreadableFileError(name, _cause(error)) from error
        return cls.from_bytes(name, raw)

    @classmethod
    def from_bytes(cls, path: str, raw: bytes) -> SourceFile:
        """Decode bytes.

        Raises:
            UnreadableFileError: more than `MAX_BYTES`, or a NUL byte (HAProxy refuses it, keepalived stops at it).
        """
        if len(raw) > MAX_BYTES:
            raise UnreadableFileError(path, f"is larger than {MAX_BYTES // 1024 // 1024} MiB")
        nul = raw.find(b"\0")
        if nul >= 0:
            line = raw.count(b"\n", 0, nul) + 1
            raise UnreadableFileError(path, f"is a binary file (a NUL byte in line {line})")
        return cls(path, raw.decode("utf-8", "surrogateescape"))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines with their ends; joined they are the text."""
        return tuple(self.text.splitlines(keepends=True)) if self._plain_ends else _split_at_newlines(self.text)

    @cached_property
    def _plain_ends(self) -> bool:
        # str.splitlines also splits at \r, \v, \f, \x1c.., \x85 and U+2028, which the daemons do not.
        return not any(separator in self.text for separator in "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")

    @cached_property
    def odd_byte_lines(self) -> tuple[int, ...]:
        """Lines (from 1) that hold bytes which are not UTF-8."""
        if self.text.isascii():
            return ()
        return tuple(
            number
            for number, line in enumerate(self.lines, 1)
            if any("\udc80" <= character <= "\udcff" for character in line)
        )

    @property
    def has_bom(self) -> bool:
        """True when the text starts with a UTF-8 byte order mark (HAProxy and keepalived misread the first word)."""
        return self.text.startswith(BOM)

    def line(self, number: int) -> str:
        """One line without its end; number from 1; empty when there is no such line."""
        return self.lines[number - 1].rstrip("\r\n") if 1 <= number <= len(self.lines) else ""

    def span(self, line: int, start: int, end: int) -> Span:
        """The span of characters ``[start, end)`` (offsets from 0) of a line (from 1)."""
        return Span(self.path, line, start + 1, line, end + 1)

    def line_span(self, number: int) -> Span:
        """The span of a line (from 1) without its indentation and its end."""
        text = self.line(number)
        start = len(text) - len(text.lstrip())
        return self.span(number, start, max(start, len(text.rstrip())))

    @property
    def whole(self) -> Span:
        """The span that means the file itself."""
        return Span(self.path)

    def to_bytes(self) -> bytes:
        """The file's bytes, exactly as they were read."""
        return self.text.encode("utf-8", "surrogateescape")


def _split_at_newlines(text: str) -> tuple[str, ...]:
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    if parts[-1]:
        lines.append(parts[-1])
    return tuple(lines)


def _cause(error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError):
        return "cannot be read: permission denied"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror.lower()}"
    return f"cannot be read: {error}"

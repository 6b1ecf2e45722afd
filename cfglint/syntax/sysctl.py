"""sysctl.conf and sysctl.d files, and what ``sysctl -a`` prints: lines ``key = value`` with spans.

Run against procps 4.0.2 and systemd 252: ``#`` and ``;`` start comment lines only, so a comment behind a value is part
of that value; ``-key = value`` hides errors; ``-key`` alone takes the key out of every glob. Manual pages:
sysctl.conf(5), sysctl.d(5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

KINDS = {
    "sysctl-not-assignment": "a line without =",
    "sysctl-empty-value": "nothing behind =",
}
"""The kinds of problems this reader reports."""

GLOB_CHARACTERS = re.compile(r"[*?\[]")
NUMBER = re.compile(r"\s*(-?)(0[xX][0-9a-fA-F]+|[0-9]+)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class SysctlLine:
    """One line that sets a key, or takes one out of globs.

    Attributes:
        path: the key as a path below ``/proc/sys``, e.g. ``net/ipv4/conf/enp0s8.100/arp_ignore``.
        value: the text behind ``=``, trimmed; None for ``-key`` alone.
        quiet: a ``-`` stands before the key.
        span: the line without indentation.
        key_span: the key as written.
        value_span: the value; the key where there is none.
    """

    path: str
    value: str | None
    quiet: bool
    span: Span
    key_span: Span
    value_span: Span

    @property
    def is_glob(self) -> bool:
        """True when the key names several settings by a pattern."""
        return GLOB_CHARACTERS.search(self.path) is not None


@dataclass(eq=False)
class SysctlFile:
    """One file: every line that says something, in order, and what could not be read."""

    source: SourceFile
    lines: list[SysctlLine] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)


def key_path(key: str) -> str:
    """A key as a path below ``/proc/sys``.

    The first separator decides: after ``/`` all is literal; after ``.`` the two swap, so that a VLAN is written
    ``net.ipv4.conf.enp0s8/100.arp_ignore`` (sysctl.d(5)).
    """
    for character in key:
        if character == "/":
            return key.strip("/")
        if character == ".":
            return key.translate({ord("."): "/", ord("/"): "."})
    return key


def dotted(path: str) -> str:
    """A path below ``/proc/sys`` as people write the key, the inverse of `key_path`."""
    return path.translate({ord("."): "/", ord("/"): "."})


def kernel_number(text: str) -> int | None:
    """The number an integer key takes from a value's text, or None where the kernel refuses it.

    The kernel reads the first number: ``1 # x`` is 1, ``0x1`` and ``02`` (octal) count; quotes and nothing are EINVAL.
    """
    found = NUMBER.match(text)
    if found is None:
        return None
    sign, digits = found.groups()
    try:
        number = int(digits, 16) if digits[:2] in {"0x", "0X"} else int(digits, 8 if digits[0] == "0" else 10)
    except ValueError:
        return None
    return -number if sign else number


def parse_sysctl(source: SourceFile) -> SysctlFile:
    """Read one file; a line that is no assignment is a problem and the rest is still read."""
    result = SysctlFile(source)
    for number in range(1, len(source.lines) + 1):
        text = source.line(number)
        stripped = text.strip()
        if not stripped or stripped[0] in "#;":
            continue
        key, equals, value = text.partition("=")
        name = key.strip()
        quiet = name.startswith("-")
        bare = name.removeprefix("-").strip()
        if not bare or not (equals or quiet):
            message = "it is no assignment, and the loaders skip it"
            problem = SyntaxProblem(source.line_span(number), "sysctl-not-assignment", message, "key = value")
            result.problems.append(problem)
            continue
        start = text.index(bare, key.index("-") + 1 if quiet else 0)
        key_span = source.span(number, start, start + len(bare))
        if not equals:
            line_span = source.line_span(number)
            result.lines.append(SysctlLine(key_path(bare), None, quiet, line_span, key_span, key_span))
            continue
        trimmed = value.strip()
        if not trimmed:
            message = f"{bare} has no value; the kernel refuses it"
            problem = SyntaxProblem(source.line_span(number), "sysctl-empty-value", message, "a value behind =")
            result.problems.append(problem)
        offset = len(key) + 1 + (len(value) - len(value.lstrip()) if trimmed else 0)
        value_span = source.span(number, offset, offset + len(trimmed))
        line = SysctlLine(key_path(bare), trimmed, quiet, source.line_span(number), key_span, value_span)
        result.lines.append(line)
    return result

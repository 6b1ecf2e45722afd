"""iptables-restore text (``iptables-save``, rules.v4, ufw's rule files) as tables, chain lines and command lines.

Problem kinds: ``iptables-stray-line``, ``iptables-bad-chain``, ``iptables-unmatched-quote``, ``iptables-no-commit``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

_COUNTERS = re.compile(r"\[\d+:\d+\]\s*")
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|[^\s"]+')
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class ChainLine:
    """``:NAME POLICY [packets:bytes]``; a policy of ``-`` marks a user's chain."""

    name: str
    policy: str
    span: Span


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command such as ``-A INPUT -p vrrp -j ACCEPT``.

    Attributes:
        words: with quotes and escapes resolved, counters left out.
        span: the line.
        text: the line as written, counters left out.
    """

    words: tuple[str, ...]
    span: Span
    text: str


@dataclass(eq=False)
class TableBlock:
    """From ``*name`` to ``COMMIT``.

    Attributes:
        name: the table.
        span: the ``*name`` line.
        lines: chain lines and commands in order.
        committed: a COMMIT line ends it; without one, iptables-restore loads nothing of it.
    """

    name: str
    span: Span
    lines: list[ChainLine | CommandLine] = field(default_factory=list)
    committed: bool = False


@dataclass(eq=False)
class IptablesSave:
    """One file.

    Attributes:
        source: its text.
        tables: in file order; a name may come twice (the later block then replaces the earlier one).
        problems: lines that do not read.
    """

    source: SourceFile
    tables: list[TableBlock] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)


def looks_like_iptables_save(source: SourceFile) -> bool:
    """True when a file starts, after comments, with a table line."""
    for line in source.text.splitlines()[:200]:
        text = line.strip()
        if text and not text.startswith("#"):
            return text.startswith("*")
    return False


def read_iptables_save(source: SourceFile) -> IptablesSave:
    """Read a file; it cannot fail: what does not read becomes a problem and the rest is still read."""
    result = IptablesSave(source)
    table: TableBlock | None = None
    for number, raw in enumerate(source.lines, 1):
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        span = source.line_span(number)
        if text.startswith("*"):
            _close(result, table)
            table = TableBlock(text[1:].strip(), span)
            result.tables.append(table)
        elif table is None or table.committed:
            result.problems.append(
                SyntaxProblem(span, "iptables-stray-line", "a line outside a table", "a line like *filter before it")
            )
        elif text == "COMMIT":
            table.committed = True
        elif text.startswith(":"):
            _chain_line(result, table, text, span)
        else:
            _command_line(result, table, text, span)
    _close(result, table)
    return result


def split_words(text: str) -> list[str] | None:
    """Split as iptables-restore does: only double quotes and backslashes quote; None for an unmatched quote."""
    if '"' not in text:
        return text.split()
    words: list[str] = []
    position = 0
    for found in _WORD.finditer(text):
        if text[position : found.start()].strip():
            return None
        word = found.group()
        words.append(_ESCAPE.sub(r"\1", word[1:-1]) if word.startswith('"') else word)
        position = found.end()
    return words if not text[position:].strip() else None


def _chain_line(result: IptablesSave, table: TableBlock, text: str, span: Span) -> None:
    words = text[1:].split()
    if len(words) < 2:
        result.problems.append(
            SyntaxProblem(span, "iptables-bad-chain", "a chain line without a policy", ":NAME POLICY [packets:bytes]")
        )
        return
    table.lines.append(ChainLine(words[0], words[1], span))


def _command_line(result: IptablesSave, table: TableBlock, text: str, span: Span) -> None:
    counters = _COUNTERS.match(text)
    command = text[counters.end() :] if counters else text
    words = split_words(command)
    if words is None:
        result.problems.append(SyntaxProblem(span, "iptables-unmatched-quote", "a double quote that is never closed"))
        return
    table.lines.append(CommandLine(tuple(words), span, command))


def _close(result: IptablesSave, table: TableBlock | None) -> None:
    if table is not None and not table.committed:
        result.problems.append(
            SyntaxProblem(
                table.span,
                "iptables-no-commit",
                f"table {table.name} has no COMMIT line",
                lost="iptables-restore refuses the file and loads nothing of this table",
            )
        )

"""haproxy.cfg from text to its tree.

Kinds of problems: those of `WordProblem`, ``missing-final-newline``, ``byte-order-mark`` and ``bad-scope``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias, cast

from lark import Lark, Token, Transformer

from cfglint.source import BOM, SourceFile
from cfglint.syntax.collector import collector_off
from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_tree import Directive, HaproxyTree, Line, Section, Word
from cfglint.syntax.haproxy_words import BLANKS, split_line
from cfglint.syntax.problem import SyntaxProblem

__all__ = ["SECTION_KINDS", "Directive", "HaproxyTree", "Section", "Word", "parse_haproxy"]

SectionParts: TypeAlias = "tuple[Directive, list[Line]]"

SECTION_KINDS = frozenset(
    [
        *("global", "defaults", "frontend", "backend", "listen"),
        *("peers", "resolvers", "mailers", "userlist", "cache", "ring", "http-errors", "fcgi-app", "program"),
        *("log-forward", "log-profile", "traces", "crt-store", "acme", "healthcheck", "namespace_list"),
    ]
)
"""The words that open a section in any supported version."""

_PLAIN = re.compile(r"[\t -!$-&(-\[\]-~]*(?:#[^\n]*)?\r?\n?")
_SCOPE_NAME = re.compile(r"[A-Za-z0-9_.:-]+")
_LONG = 128
"""A line shorter than this cannot have more than 64 words."""


def parse_haproxy(source: SourceFile) -> HaproxyTree:
    """Read one file; it cannot fail: what does not read is a problem of the tree."""
    tree = HaproxyTree(source)
    if not source.text:
        return tree
    with collector_off():
        # The parser's result is what `_Builder.start` returns.
        prologue, *sections = cast("list[list[Line] | SectionParts]", _parser().parse(source.text))
        _adopt(tree, tree, cast("list[Line]", prologue), tree.prologue)
        for header, lines in cast("list[SectionParts]", sections):
            section = Section(header, source)
            tree.sections.append(section)
            header.owner = section
            tree.lines.append(header)
            _note_problem(tree, header)
            _adopt(tree, section, lines, section.directives)
    if source.has_bom:
        tree.problems.insert(0, _byte_order_mark(source))
    if not source.text.endswith("\n"):
        tree.problems.append(_missing_newline(source))
    return tree


def _adopt(tree: HaproxyTree, owner: Section | HaproxyTree, lines: list[Line], directives: list[Directive]) -> None:
    tree.lines += lines
    for line in lines:
        if isinstance(line, Directive):
            line.owner = owner
            directives.append(line)
            if line.problem is not None:
                _note_problem(tree, line)
        elif isinstance(line, Token):
            _check_scope(tree, line)


def _note_problem(tree: HaproxyTree, directive: Directive) -> None:
    problem = directive.problem
    if problem is not None:
        span = tree.source.span(directive.line_number, problem.start, problem.end)
        tree.problems.append(
            SyntaxProblem(span, problem.kind, problem.message, problem.expected, fails_check="haproxy")
        )


def _check_scope(tree: HaproxyTree, line: Token) -> None:
    name, closed, _ = line.strip(BLANKS)[1:].partition("]")
    if not closed or not _SCOPE_NAME.fullmatch(name):
        tree.problems.append(
            SyntaxProblem(
                tree.source.line_span(line.line or 0),
                "bad-scope",
                "a line that starts with [ is a scope, and this one has no valid name in its brackets",
                expected="[name], made of letters, digits, - _ . and :",
                fails_check="haproxy",
            )
        )


def _byte_order_mark(source: SourceFile) -> SyntaxProblem:
    return SyntaxProblem(
        source.span(1, 0, 1),
        "byte-order-mark",
        "the file starts with a UTF-8 byte order mark, which HAProxy takes for a part of the first word",
        expected="the file without it",
        fails_check="haproxy",
    )


def _missing_newline(source: SourceFile) -> SyntaxProblem:
    last = len(source.lines)
    end = len(source.lines[-1])
    return SyntaxProblem(
        source.span(last, end, end),
        "missing-final-newline",
        "the last line does not end with a newline, so HAProxy takes the file for truncated and refuses it",
        expected="a newline",
        fails_check="haproxy",
    )


class _Builder(Transformer[Token, object]):
    """Builds the tree's parts while Lark reads; its methods have the names of the grammar's terminals and rules."""

    def PLAIN(self, token: Token) -> Directive:  # noqa: N802
        directive = Directive(token.value, token.line or 0, plain=True)
        if len(token) > _LONG:
            directive.split()
        return directive

    def ODD(self, token: Token) -> Directive:  # noqa: N802
        directive = Directive(token.value, token.line or 0)
        directive.split()
        return directive

    def HEADER(self, token: Token) -> Directive:  # noqa: N802
        return self.PLAIN(token) if _PLAIN.fullmatch(token) else self.ODD(token)

    def BLANK(self, token: Token) -> str:  # noqa: N802
        return str(token.value)

    def section(self, children: list[Line]) -> SectionParts:
        return children.pop(0), children  # type: ignore[return-value]  # the header is always a directive

    def prologue(self, children: list[Line]) -> list[Line]:
        return children

    def start(self, children: list[list[Line] | SectionParts]) -> list[list[Line] | SectionParts]:
        return children


def _open_section(token: Token) -> Token:
    """Let a keyword like ``"global"`` open a section too, and one behind a byte order mark: that is its own problem."""
    words, _ = split_line(str(token))
    opens = words[0].text.removeprefix(BOM) in SECTION_KINDS
    return Token.new_borrow_pos("HEADER", str(token), token) if opens else token


@cache
def _parser() -> Lark:
    return load_grammar("haproxy", _Builder(), {"ODD": _open_section})

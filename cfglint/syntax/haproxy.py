"""haproxy.cfg from text to its tree.

Kinds of problems: those of `WordProblem`, ``missing-final-newline``, ``byte-order-mark`` and ``bad-scope``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from lark import Lark, Token, Tree

from cfglint.source import BOM, SourceFile
from cfglint.syntax.collector import collector_off
from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_tree import Directive, HaproxyTree, Section, Word
from cfglint.syntax.haproxy_words import BLANKS, MAX_WORDS, split_line
from cfglint.syntax.problem import SyntaxProblem

__all__ = ["SECTION_KINDS", "Directive", "HaproxyTree", "Section", "Word", "parse_haproxy"]

SECTION_KINDS = frozenset(
    [
        *("global", "defaults", "frontend", "backend", "listen"),
        *("peers", "resolvers", "mailers", "userlist", "cache", "ring", "http-errors", "fcgi-app", "program"),
        *("log-forward", "log-profile", "traces", "crt-store", "acme", "healthcheck", "namespace_list"),
    ]
)
"""The words that open a section in any supported version."""

_PLAIN = re.compile(r"[\t -!$-&(-\[\]-~]*(?:#[^\n]*)?\r?\n?")
_RARE = "\r\x1c\x1d\x1e\x1f"
"""In ASCII text without these characters a line is plain if it holds no quote and no backslash."""

_SCOPE_NAME = re.compile(r"[A-Za-z0-9_.:-]+")


def parse_haproxy(source: SourceFile) -> HaproxyTree:
    """Read one file; it cannot fail: what does not read is a problem of the tree."""
    tree = HaproxyTree(source)
    if not source.text:
        return tree
    with collector_off():
        # As the grammar says: the tree of the prologue, then one a section, all of tokens.
        prologue, *sections = cast("list[Tree[Token]]", _parser().parse(source.text).children)
        for run in cast("list[Token]", prologue.children):
            _add_lines(tree, tree, run, tree.prologue)
        for part in sections:
            first, *runs = cast("list[Token]", part.children)
            header = _directive(str(first), first.line or 0, plain=_PLAIN.fullmatch(first) is not None)
            section = Section(header, source)
            header.owner = section
            tree.sections.append(section)
            tree.lines.append(header)
            _note_problem(tree, header)
            for run in runs:
                _add_lines(tree, section, run, section.directives)
    if source.has_bom:
        tree.problems.insert(0, _byte_order_mark(source))
    if not source.text.endswith("\n"):
        tree.problems.append(_missing_newline(source))
    return tree


def _add_lines(tree: HaproxyTree, owner: Section | HaproxyTree, run: Token, directives: list[Directive]) -> None:
    """Part a run of lines that open no section, and add them to the tree and to their owner."""
    first = run.line or 1
    count = run.count("\n") + (not run.endswith("\n"))
    usual = run.isascii() and not any(character in run for character in _RARE)
    for number, line in enumerate(tree.source.lines[first - 1 : first - 1 + count], first):
        start = line.lstrip(BLANKS)[:1]
        if not start or start == "#":
            tree.lines.append(line)
        elif start == "[":
            tree.lines.append(line)
            _check_scope(tree, line, number)
        else:
            if usual:
                plain = '"' not in line and "'" not in line and "\\" not in line
            else:
                plain = _PLAIN.fullmatch(line) is not None
            directive = _directive(line, number, plain=plain)
            directive.owner = owner
            tree.lines.append(directive)
            directives.append(directive)
            if directive.problem is not None:
                _note_problem(tree, directive)


def _directive(line: str, number: int, *, plain: bool) -> Directive:
    directive = Directive(line, number, plain=plain)
    if not plain or len(line) > 2 * MAX_WORDS:  # a shorter plain line cannot have too many words
        directive.check()
    return directive


def _note_problem(tree: HaproxyTree, directive: Directive) -> None:
    problem = directive.problem
    if problem is not None:
        span = tree.source.span(directive.line_number, problem.start, problem.end)
        tree.problems.append(
            SyntaxProblem(span, problem.kind, problem.message, problem.expected, fails_check="haproxy")
        )


def _check_scope(tree: HaproxyTree, line: str, number: int) -> None:
    name, closed, _ = line.strip(BLANKS)[1:].partition("]")
    if not closed or not _SCOPE_NAME.fullmatch(name):
        tree.problems.append(
            SyntaxProblem(
                tree.source.line_span(number),
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


def _with_quoted_keyword(token: Token) -> Token:
    """Let a keyword like ``"global"`` open a section too, and one behind a byte order mark: that is its own problem."""
    words, _ = split_line(str(token))
    opens = words[0].text.removeprefix(BOM) in SECTION_KINDS
    return Token.new_borrow_pos("HEADER", str(token), token) if opens else token


@cache
def _parser() -> Lark:
    return load_grammar("haproxy", lexer_callbacks={"QUOTED": _with_quoted_keyword})

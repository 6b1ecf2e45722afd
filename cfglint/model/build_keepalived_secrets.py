"""Where keepalived.conf holds secrets: the places that no output may show."""

from __future__ import annotations

import re

from cfglint.source import SourceFile, Span
from cfglint.syntax.keepalived import Block, KeepalivedTree, Statement

_WRITTEN = re.compile(r"(?:^|[\s{}=])(?:auth_pass|password|key[ \t]+\d+)[ \t]+(\S.*)")
_NAMED = re.compile(r"^[ \t]*(?:@\S+[ \t]+)?\$\w*(?:PASS|SECRET|TOKEN)\w*=[ \t]*(\S.*)", re.IGNORECASE)
_RETIRED = re.compile(r"^[ \t]*[#!]+[ \t]*auth_pass[ \t]+(\S+)[ \t]*$")
_REMARK = re.compile(r"[ \t]+[#!](?:[ \t].*)?$")
_SECRET_WORDS = {"auth_pass": 1, "password": 1, "key": 2}
_BLOCKS = {"auth_pass": "authentication", "password": "SSL", "key": "auth_hmac"}


def secret_spans(tree: KeepalivedTree) -> list[Span]:
    """Every place that holds a password or key.

    A password counts wherever its keyword stands, in a misspelt block or behind a condition for another node too, with
    what a comment character cut off it. Through a definition, the definition's text counts.
    """
    found: dict[Span, None] = {}
    for source in tree.files:
        for span in _written(source):
            found[span] = None
    for statement in tree.children:
        _of_statement(statement, found)
    for statement in tree.unknown:
        _of_statement(statement, found)
    return list(found)


def _written(source: SourceFile) -> list[Span]:
    spans: list[Span] = []
    text = source.text
    if "auth_pass" not in text and "password" not in text and "key" not in text and "$" not in text:
        return spans
    for number, line in enumerate(source.lines, 1):
        bare = line.rstrip("\r\n")
        if bare.lstrip().startswith(("#", "!")):
            match = _RETIRED.search(bare)
        else:
            match = _WRITTEN.search(bare) or _NAMED.search(bare)
        if match is None:
            continue
        value = _REMARK.sub("", match[1]).rstrip(" \t")
        if value:
            spans.append(source.span(number, match.start(1), match.start(1) + len(value)))
    return spans


def _of_statement(statement: Statement, found: dict[Span, None]) -> None:
    if isinstance(statement, Block):
        for child in (*statement.children, *statement.unknown):
            _of_statement(child, found)
    position = _SECRET_WORDS.get(statement.keyword)
    if position is None or len(statement.words) <= position:
        return
    if statement.keyword == "key" and (statement.parent is None or statement.parent.keyword != _BLOCKS["key"]):
        return
    found[statement.words[position].span] = None
    for what, span in statement.via:
        if what.startswith("$") and span.line:
            found[span] = None

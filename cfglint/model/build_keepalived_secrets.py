"""Where keepalived.conf holds secrets: the places that no output may show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.source import SourceFile, Span
from cfglint.syntax.keepalived import Block, KeepalivedTree, Statement

_WRITTEN = re.compile(r"(?:^|[\s{}=])(?:auth_pass|password|key[ \t]+\d+)[ \t]+(\S.*)")
_NAMED = re.compile(r"^[ \t]*(?:@\S+[ \t]+)?\$\w*(?:PASS|SECRET|TOKEN)\w*=[ \t]*(\S.*)", re.IGNORECASE)
_RETIRED = re.compile(r"^[ \t]*[#!]+[ \t]*auth_pass[ \t]+(\S+)[ \t]*$")
_REMARK = re.compile(r"[ \t]+[#!](?:[ \t].*)?$")
_HINT = re.compile(r"auth_pass|password|key|\$\w*(?:pass|secret|token)", re.IGNORECASE)
"""Nothing else makes a line one that may hold a secret."""

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
    pending = [*reversed(tree.unknown), *reversed(tree.children)]
    while pending:
        statement = pending.pop()
        if isinstance(statement, Block):
            pending += reversed(statement.unknown)
            pending += reversed(statement.children)
        if statement.words[0].text in _SECRET_WORDS:
            _of_statement(statement, found)
    return list(found)


def _written(source: SourceFile) -> Iterator[Span]:
    text = source.text
    number, seen = 1, 0
    for hint in _HINT.finditer(text):
        if hint.start() < seen:
            continue
        start = text.rfind("\n", 0, hint.start()) + 1
        number += text.count("\n", seen, start)
        end = text.find("\n", start)
        seen = start if end < 0 else end
        bare = (text[start:] if end < 0 else text[start:end]).rstrip("\r")
        if bare.lstrip().startswith(("#", "!")):
            match = _RETIRED.search(bare)
        else:
            match = _WRITTEN.search(bare) or _NAMED.search(bare)
        value = _REMARK.sub("", match[1]).rstrip(" \t") if match is not None else ""
        if match is not None and value:
            yield source.span(number, match.start(1), match.start(1) + len(value))
        if end < 0:
            return


def _of_statement(statement: Statement, found: dict[Span, None]) -> None:
    position = _SECRET_WORDS[statement.keyword]
    if len(statement.words) <= position:
        return
    if statement.keyword == "key" and (statement.parent is None or statement.parent.keyword != _BLOCKS["key"]):
        return
    found[statement.words[position].span] = None
    for what, span in statement.via:
        if what.startswith("$") and span.line:
            found[span] = None

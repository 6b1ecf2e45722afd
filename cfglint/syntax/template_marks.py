"""Marks of template engines that a rendered file must not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cfglint.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class TemplateMark:
    """One mark.

    Attributes:
        text: the mark as written, shortened.
        engine: whose mark it is, in a few words.
        span: its place.
    """

    text: str
    engine: str
    span: Span


MARKS = (
    (re.compile(r"\{\{[^{}\n]+\}\}"), "a Jinja, Go or mustache expression"),
    (re.compile(r"\{%-?\s*(?:if|else|elif|endif|for|endfor|set|block|endblock|include|extends|raw|endraw)\b[^\n]*?%\}"),
     "a Jinja statement"),
    (re.compile(r"<%[=\-#]?[^\n]*?%>"), "an ERB tag"),
    (re.compile(r"@@[A-Z][A-Z0-9_]*@@"), "a placeholder"),
    (re.compile(r"(?<![\w<])<[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+>"), "a placeholder"),
)  # fmt: skip
"""Pattern and whose it is. `${NAME}` is legal in both daemons' languages and so never a mark."""

COMMENT = re.compile(r"^\s*[#!;]")
TRAILING_COMMENT = re.compile(r"\s[#!]\s")


def template_marks(source: SourceFile) -> list[TemplateMark]:
    """Find the marks of a file outside its comments, in order."""
    text = source.text
    if not any(opening in text for opening in ("{{", "{%", "<%", "@@", "<")) or source.path.endswith(".xml"):
        return []
    found: list[TemplateMark] = []
    for number, line in enumerate(source.lines, 1):
        if COMMENT.match(line):
            continue
        trailing = TRAILING_COMMENT.search(line)
        code = line[: trailing.start()] if trailing else line
        for pattern, engine in MARKS:
            for match in pattern.finditer(code):
                shown = match[0] if len(match[0]) <= 40 else f"{match[0][:37]}…"
                found.append(TemplateMark(shown, engine, source.span(number, match.start(), match.end())))
    found.sort(key=lambda mark: (mark.span.line, mark.span.column))
    return found

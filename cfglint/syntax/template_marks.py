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

NAME = r"__[A-Z][A-Z0-9_]*?__"
SHELL = r"\$\{[A-Za-z_]\w*:?[-=+?][^{}]*\}"
KEEPALIVED = re.compile(rf"(?<![^\s{{]){NAME}(?=[/\s}}]|$)|(?<!\S)<[A-Za-z][\w.-]*(?: [\w.-]+)*>(?=[/\s]|$)|{SHELL}")
"""Words of keepalived.conf that wait to be filled in, by a shell's ``${NAME:-value}`` too: no value looks like that."""
HAPROXY = re.compile(rf"(?:^\s*bind|^\s*server\s+\S+)\s+(?P<mark>{NAME})(?=[:\s]|$)")
"""The same where HAProxy wants an address; elsewhere such a word may be a value that the author chose."""

COMMENT = re.compile(r"^\s*[#!;]")
TRAILING_COMMENT = re.compile(r"\s[#!]\s")


def _shown(mark: str) -> str:
    """A mark as messages show it; the default of a shell's variable may be a password."""
    if mark.startswith("${"):
        return f"{re.split('[^{$A-Za-z0-9_]', mark, maxsplit=1)[0]}…}}"
    return mark if len(mark) <= 40 else f"{mark[:37]}…"


def template_marks(source: SourceFile, kind: str) -> list[TemplateMark]:
    """Find the marks of a file outside its comments, in order.

    Args:
        source: the file.
        kind: what it is, e.g. ``keepalived``: some marks are known only from what a value should be.
    """
    text = source.text
    if not any(opening in text for opening in ("{{", "{%", "<%", "@@", "<", "__", "${")) or source.path.endswith(
        ".xml"
    ):
        return []
    waiting = {"keepalived": KEEPALIVED, "haproxy": HAPROXY}.get(kind)
    marks = MARKS if waiting is None else (*MARKS, (waiting, "a placeholder"))
    found: list[TemplateMark] = []
    for number, line in enumerate(source.lines, 1):
        if COMMENT.match(line):
            continue
        trailing = TRAILING_COMMENT.search(line)
        code = line[: trailing.start()] if trailing else line
        for pattern, engine in marks:
            for match in pattern.finditer(code):
                group = "mark" if "mark" in pattern.groupindex else 0
                shown = _shown(match[group])
                place = source.span(number, match.start(group), match.end(group))
                if not any(other.span == place for other in found[-1:]):
                    found.append(TemplateMark(shown, engine, place))
    found.sort(key=lambda mark: (mark.span.line, mark.span.column))
    return found

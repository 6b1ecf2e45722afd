"""A rule's page, in the terminal and as Markdown: its documentation and what it reports about its own example."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cfglint.engine.example import Example
from cfglint.engine.finding import Related
from cfglint.engine.rule import Rule
from cfglint.report.cells import wrap
from cfglint.report.frames import FrameContext
from cfglint.report.options import RenderOptions
from cfglint.report.prepare import make_safe, secrets_of
from cfglint.report.styled import Line, plain, render_lines
from cfglint.report.text import finding_lines

EXAMPLE_WIDTH = 96
"""Cells of an example in the documentation."""

_HEADING = re.compile(r"^(Why it hurts|When it stays silent|What to do)\b[:,]?\s*")


def render(rule: Rule, example: Example | None, options: RenderOptions | None = None) -> str:
    """The page for a terminal."""
    options = options or RenderOptions()
    lines: list[Line] = [[(rule.name, "path"), (f" ({rule.metadata.severity})", rule.metadata.severity)], []]
    for heading, text in paragraphs(rule.docs):
        if heading:
            lines.append([(heading, "message")])
        indent = "  " if heading else ""
        lines += [[(indent + line, "")] for line in wrap(text, options.width - len(indent))]
        lines.append([])
    if example is not None:
        lines += [
            [(f"Example: {example.folder.name.removeprefix('bad-')}", "message")],
            *_example(example, options),
            [],
        ]
    lines += [
        [("Rests on", "message")],
        *([(f"  {part}", "")] for part in _listed(rule.metadata.sources, options.width)),
    ]
    if rule.metadata.yields_to:
        lines += [[], [("Silent where one of these reports the same", "message")]]
        lines += [[(f"  {name}", "")] for name in rule.metadata.yields_to]
    lines += [
        [],
        [("Suppress it", "message")],
        [(f"  # cfglint: ignore[{rule.name}] reason", "")],
    ]
    return render_lines(lines, colour=options.colour)


def markdown(rule: Rule, example: Example | None) -> str:
    """The page for the documentation."""
    parts = [f"# {rule.name}", ""]
    facts = [f"**{rule.metadata.severity}**", f"scope: {rule.scope.__name__}"]
    parts += [" · ".join(facts), ""]
    for heading, text in paragraphs(rule.docs):
        parts += ([f"## {heading}", ""] if heading else []) + [text, ""]
    if example is not None:
        report = plain(_example(example, RenderOptions(EXAMPLE_WIDTH))).rstrip()
        parts += ["## Example", "", "```text", report, "```", ""]
    parts += ["## Rests on", "", *(f"- {source}" for source in rule.metadata.sources), ""]
    if rule.metadata.yields_to:
        parts += ["## Silent where one of these reports the same", ""]
        parts += [*(f"- [{name}](../{name}.md)" for name in rule.metadata.yields_to), ""]
    parts += ["## Suppress it", "", "```text", f"# cfglint: ignore[{rule.name}] reason", "```"]
    return "\n".join(parts) + "\n"


def paragraphs(docs: str) -> list[tuple[str, str]]:
    """A docstring's paragraphs, each on one line, with the heading it starts with (or none)."""
    found: list[tuple[str, str]] = []
    for block in re.split(r"\n\s*\n", docs.strip()):
        text = " ".join(block.split())
        match = _HEADING.match(text)
        if match is None:
            found.append(("", text))
        else:
            rest = text[match.end() :]
            found.append((match[1], rest[:1].upper() + rest[1:]))
    return found


def _example(example: Example, options: RenderOptions) -> list[Line]:
    """The first finding, with paths as seen from the case."""
    prefix = f"{example.folder.as_posix()}/"

    def short(text: str) -> str:
        return text.replace(prefix, "").replace(prefix[:-1], ".")

    result = example.result
    finding = make_safe(result).findings[0]
    near = replace(
        finding,
        at=finding.at._replace(path=short(finding.at.path)),
        message=short(finding.message),
        label=short(finding.label),
        help=None if finding.help is None else short(finding.help),
        related=[
            Related(short(entry.message), entry.span._replace(path=short(entry.span.path))) for entry in finding.related
        ],
    )
    sources = {short(path): source for path, source in result.sources.items()}
    secrets = {(short(path), line): regions for (path, line), regions in secrets_of(result).items()}
    return finding_lines(near, FrameContext(sources, secrets, options.width))[:-1]


def _listed(sources: Sequence[str], room: int) -> list[str]:
    return [line for source in sources for line in wrap(source, room - 2, "  ")]

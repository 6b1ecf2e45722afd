"""Reviewdog's diagnostic format (rdjson): columns count UTF-8 bytes from 1, ends are exclusive."""

from __future__ import annotations

import json

from cfglint.engine.finding import Finding
from cfglint.engine.result import RULE_PAGES, Result
from cfglint.report.json_v1 import Value
from cfglint.report.options import RenderOptions
from cfglint.report.places import anchor, byte_column, shown_path
from cfglint.report.prepare import make_safe
from cfglint.report.sarif import HOME
from cfglint.source import Span


def render(result: Result, options: RenderOptions | None = None) -> str:
    """One document with all findings; the peers' places are related locations."""
    options = options or RenderOptions()
    document = {
        "source": {"name": "cfglint", "url": HOME},
        "severity": (result.worst or "info").upper(),
        "diagnostics": [_diagnostic(finding, result, options) for finding in make_safe(result).findings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _diagnostic(finding: Finding, result: Result, options: RenderOptions) -> Value:
    info = result.rules.get(finding.rule)
    entry: Value = {
        "message": f"{finding.message} (help: {finding.help})" if finding.help else finding.message,
        "location": _location(anchor(finding.at, result), result, options),
        "severity": finding.level.upper(),
        "code": {"value": finding.rule, "url": info.url if info else f"{RULE_PAGES}{finding.rule}/"},
    }
    if finding.related:
        entry["related_locations"] = [
            {
                "message": related.message,
                "location": _location(anchor(related.span, result), result, options),
            }
            for related in finding.related
        ]
    edits = finding.fix.edits if finding.fix is not None else ()
    if len(edits) == 1 and edits[0].span.path == finding.at.path:
        # Several suggestions are alternatives to each other, and none can name another file.
        entry["suggestions"] = [{"range": _range(edits[0].span, result), "text": edits[0].text}]
    return entry


def _location(span: Span, result: Result, options: RenderOptions) -> Value:
    return {"path": shown_path(span.path, options), "range": _range(span, result)}


def _range(span: Span, result: Result) -> Value:
    end = Span(span.path, span.end_line, 1, span.end_line, 1)
    return {
        "start": {"line": span.line, "column": byte_column(span, span.column, result)},
        "end": {"line": span.end_line, "column": byte_column(end, span.end_column, result)},
    }

"""SARIF 2.1.0 (OASIS), within the limits of GitHub code scanning."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from cfglint import __version__
from cfglint.engine.finding import Finding, Fix, Severity
from cfglint.engine.result import RULE_PAGES, Result, RuleInfo
from cfglint.report.fingerprints import Fingerprints
from cfglint.report.json_v1 import Value
from cfglint.report.line_hash import line_hashes
from cfglint.report.options import RenderOptions
from cfglint.report.places import anchor, uri
from cfglint.report.prepare import Safe, make_safe
from cfglint.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/cfglint/cfglint"
MAX_TEXT = 1024
"""Characters that GitHub keeps of a description."""

MAX_LOCATIONS = 99
"""Related places a result; GitHub keeps 100 with the primary one."""

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM = {"error": "error", "warning": "warning", "info": "recommendation"}
_SECURITY = {"error": "8.0", "warning": "5.5", "info": "2.0"}


def render(result: Result, options: RenderOptions | None = None) -> str:
    """The result as one SARIF log with a line end."""
    options = options or RenderOptions()
    safe = make_safe(result)
    names = sorted({finding.rule for finding in safe.findings})
    hashes = _hashes(safe.findings, result)
    fingerprints = Fingerprints(options)
    run: Value = {
        "tool": {
            "driver": {
                "name": "cfglint",
                "semanticVersion": __version__,
                "informationUri": HOME,
                "rules": [_rule(name, result.rules.get(name)) for name in names],
            }
        },
        "automationDetails": {"id": "cfglint/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(safe)],
        "results": [
            _result(finding, names, result, options) | _fingerprints(finding, fingerprints, hashes, result)
            for finding in safe.findings
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(name: str, info: RuleInfo | None) -> Value:
    severity: Severity = info.severity if info else "warning"
    theme = name.split("/", maxsplit=1)[0]
    docs = info.docs.strip() if info else name
    properties: Value = {"tags": [theme, *(["security"] if theme == "security" else [])], "precision": "high"}
    properties["problem.severity"] = _PROBLEM[severity]
    if theme == "security":
        properties["security-severity"] = _SECURITY[severity]
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in re.split(r"[/-]", name)),
        "shortDescription": {"text": (info.summary if info else name)[:MAX_TEXT]},
        "fullDescription": {"text": _first_paragraphs(docs)},
        "help": {"text": docs, "markdown": docs},
        "helpUri": info.url if info else f"{RULE_PAGES}{name}/",
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": properties,
    }


def _first_paragraphs(docs: str) -> str:
    """As many whole paragraphs as fit into a description, at least the first one."""
    text = ""
    for paragraph in docs.split("\n\n"):
        longer = f"{text} {' '.join(paragraph.split())}".strip()
        if text and len(longer) > MAX_TEXT:
            break
        text = longer[:MAX_TEXT]
    return text


def _invocation(safe: Safe) -> Value:
    notes: list[Value] = [
        {"level": "error", "message": {"text": f"{fault.where}: {fault.why}"}} for fault in safe.faults
    ]
    notes += [
        {"level": "note", "message": {"text": f"not looked at: {entry.node}: {entry.what}: {entry.why}"}}
        for entry in safe.unchecked
    ]
    return {"executionSuccessful": not safe.faults, "toolExecutionNotifications": notes}


def _hashes(findings: Sequence[Finding], result: Result) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {}
    for finding in findings:
        place = anchor(finding.at, result)
        wanted.setdefault(place.path, set()).add(place.line)
    return {
        (path, line): text
        for path, lines in wanted.items()
        if path in result.sources
        for line, text in line_hashes(result.sources[path], lines).items()
    }


def _result(finding: Finding, names: list[str], result: Result, options: RenderOptions) -> Value:
    place = anchor(finding.at, result)
    related = [
        {"id": number, **_location(anchor(entry.span, result), options, entry.message or "here")}
        for number, entry in enumerate(finding.related[:MAX_LOCATIONS], 1)
    ]
    entry: Value = {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": _LEVELS[finding.level],
        "message": {"text": _message(finding)},
        "locations": [_location(place, options, finding.label)],
    }
    if related:
        entry["relatedLocations"] = related
        entry["codeFlows"] = [_flow(finding, result, options)]
    if finding.fix is not None:
        entry["fixes"] = [_fix(finding.fix, options)]
    if finding.fails_check:
        entry["properties"] = {"failsCheck": finding.fails_check}
    return entry


def _fingerprints(
    finding: Finding, fingerprints: Fingerprints, hashes: dict[tuple[str, int], str], result: Result
) -> Value:
    place = anchor(finding.at, result)
    found = {"cfglint/v1": fingerprints.of(finding)}
    if (place.path, place.line) in hashes:
        found["primaryLocationLineHash"] = hashes[place.path, place.line]
    return {"partialFingerprints": found}


def _message(finding: Finding) -> str:
    """The message, then each related place as a link by its id, then what to do."""
    text = _sentence(finding.message.replace("](", "] ("))
    links = [
        f"[{_link_text(entry.message or 'here')}]({number})"
        for number, entry in enumerate(finding.related[:MAX_LOCATIONS], 1)
    ]
    if links:
        text += f" See {', '.join(links)}."
    return f"{text} {_sentence(finding.help)}" if finding.help else text


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _link_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(span: Span, options: RenderOptions, message: str) -> Value:
    location: Value = {
        "physicalLocation": {"artifactLocation": {"uri": uri(span.path, options)}, "region": _region(span)}
    }
    if message:
        location["message"] = {"text": message}
    return location


def _region(span: Span) -> Value:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _flow(finding: Finding, result: Result, options: RenderOptions) -> Value:
    """Every place of the finding as one walk through the files, which viewers show step by step."""
    steps: list[Value] = [
        {"location": _location(anchor(finding.at, result), options, finding.label or "here"), "importance": "essential"}
    ]
    steps += [
        {
            "location": _location(anchor(entry.span, result), options, entry.message or "here"),
            "importance": "important",
        }
        for entry in finding.related[:MAX_LOCATIONS]
    ]
    return {"threadFlows": [{"locations": steps}]}


def _fix(fix: Fix, options: RenderOptions) -> Value:
    paths = dict.fromkeys(edit.span.path for edit in fix.edits)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": uri(path, options)},
                "replacements": [
                    {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                    for edit in fix.edits
                    if edit.span.path == path
                ],
            }
            for path in paths
        ],
    }

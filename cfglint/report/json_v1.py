"""JSON, version 1: a contract. Fields may be added, none is changed or removed."""

from __future__ import annotations

import json

from cfglint import __version__
from cfglint.engine.finding import SEVERITIES, Finding, Fix
from cfglint.engine.result import RULE_PAGES, Result
from cfglint.model.cluster import Cluster
from cfglint.model.node import Node
from cfglint.report.cells import printable
from cfglint.report.coverage import file_count
from cfglint.report.fingerprints import Fingerprints
from cfglint.report.masking import mask_line
from cfglint.report.options import RenderOptions
from cfglint.report.prepare import make_safe
from cfglint.source import Span

Value = dict[str, object]


def render(result: Result, options: RenderOptions | None = None) -> str:
    """The result as one JSON document with a line end."""
    return json.dumps(document(result, options), ensure_ascii=False, indent=2) + "\n"


def document(result: Result, options: RenderOptions | None = None) -> Value:
    r"""The result as plain values. Bytes that are not UTF-8 and control characters stand as escapes like ``\xff``."""
    safe = make_safe(result)
    fingerprints = Fingerprints(options or RenderOptions())
    summary: Value = {severity: result.count(severity) for severity in SEVERITIES}
    return {
        "version": 1,
        "tool": {"name": "cfglint", "version": __version__},
        "nodes": [_node(node) for node in result.fleet.nodes],
        "clusters": [_cluster(cluster) for cluster in result.fleet.clusters],
        "findings": [_finding(finding, result, fingerprints.of(finding)) for finding in safe.findings],
        "unchecked": [
            {"node": entry.node, "what": entry.what, "why": entry.why, "rule": entry.rule or None}
            for entry in safe.unchecked
        ],
        "faults": [{"where": fault.where, "why": fault.why} for fault in safe.faults],
        "suppressed": [
            {
                "rule": entry.finding.rule,
                "subject": _subject(entry.finding),
                "location": location(entry.finding.at),
                "by": location(entry.by.span),
                "reason": printable(mask_line(entry.by.reason).text),
                "until": entry.by.until.isoformat() if entry.by.until else None,
            }
            for entry in result.suppressed
        ],
        "baseline": {
            "known": len(result.known),
            "gone": [
                {"rule": entry.rule, "path": entry.path, "subject": "/".join(entry.subject)} for entry in result.gone
            ],
        },
        "summary": summary | {"nodes": len(result.fleet.nodes), "files": file_count(result)},
    }


def _node(node: Node) -> Value:
    return {
        "name": printable(node.name),
        "path": printable(node.path),
        "role": node.role,
        "files": [{"path": printable(file.source.path), "kind": file.kind} for file in node.files],
    }


def _cluster(cluster: Cluster) -> Value:
    return {
        "name": printable(cluster.name),
        "nodes": [printable(node.name) for node in cluster.nodes],
        "real_servers": [printable(node.name) for node in cluster.real_servers],
        "vips": cluster.vips,
    }


def _finding(finding: Finding, result: Result, fingerprint: str) -> Value:
    info = result.rules.get(finding.rule)
    return {
        "rule": finding.rule,
        "severity": finding.level,
        "fails_check": finding.fails_check,
        "message": finding.message,
        "help": finding.help,
        "url": info.url if info is not None else f"{RULE_PAGES}{finding.rule}/",
        "nodes": list(finding.nodes),
        "location": location(finding.at),
        "related": [{"message": related.message, "location": location(related.span)} for related in finding.related],
        "subject": _subject(finding),
        "fingerprint": fingerprint,
        "fix": _fix(finding.fix),
    }


def _subject(finding: Finding) -> str:
    return printable("/".join(mask_line(part).text for part in finding.subject))


def location(span: Span) -> Value:
    """A place: lines and columns count from 1, the end column is exclusive; a whole file has null for each."""
    whole = span.is_whole_file
    return {
        "path": printable(span.path),
        "line": None if whole else span.line,
        "column": None if whole else span.column,
        "end_line": None if whole else span.end_line,
        "end_column": None if whole else span.end_column,
    }


def _fix(fix: Fix | None) -> Value | None:
    if fix is None:
        return None
    return {
        "safe": fix.safe,
        "title": fix.title,
        "edits": [{"location": location(edit.span), "text": edit.text} for edit in fix.edits],
    }

"""GitLab's code quality report: a JSON array."""

from __future__ import annotations

import json

from cfglint.engine.finding import Finding
from cfglint.engine.result import Result
from cfglint.report.fingerprints import Fingerprints
from cfglint.report.json_v1 import Value
from cfglint.report.options import RenderOptions
from cfglint.report.places import anchor, shown_path
from cfglint.report.prepare import make_safe

_SEVERITIES = {"error": "critical", "warning": "major", "info": "info"}


def render(result: Result, options: RenderOptions | None = None) -> str:
    """One entry a finding; the rule and the peers' places stand in the description, all that GitLab shows."""
    options = options or RenderOptions()
    fingerprints = Fingerprints(options)
    entries = [_entry(finding, result, options, fingerprints) for finding in make_safe(result).findings]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _entry(finding: Finding, result: Result, options: RenderOptions, fingerprints: Fingerprints) -> Value:
    place = anchor(finding.at, result)
    peers = [(entry, anchor(entry.span, result)) for entry in finding.related]
    told = "; ".join(
        f"{shown_path(span.path, options)}:{span.line}: {entry.message or 'here'}" for entry, span in peers
    )
    return {
        "description": f"{finding.rule}: {finding.message}" + (f" ({told})" if told else ""),
        "check_name": finding.rule,
        "fingerprint": fingerprints.of(finding),
        "severity": _SEVERITIES[finding.level],
        "location": {
            "path": shown_path(place.path, options),
            "lines": {"begin": place.line, "end": place.end_line},
        },
        "other_locations": [
            {"path": shown_path(span.path, options), "lines": {"begin": span.line, "end": span.end_line}}
            for _, span in peers
        ],
    }

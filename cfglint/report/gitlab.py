"""GitLab's code quality report: a JSON array."""

from __future__ import annotations

import hashlib
import json

from cfglint.engine.finding import Finding
from cfglint.engine.result import Result
from cfglint.report.json_v1 import Value
from cfglint.report.options import RenderOptions
from cfglint.report.places import anchor, shown_path
from cfglint.report.prepare import make_safe

_SEVERITIES = {"error": "critical", "warning": "major", "info": "info"}


def render(result: Result, options: RenderOptions | None = None) -> str:
    """One entry a finding; the rule and the peers' places stand in the description, all that GitLab shows."""
    options = options or RenderOptions()
    taken: set[str] = set()
    entries = [_entry(finding, result, options, taken) for finding in make_safe(result).findings]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _entry(finding: Finding, result: Result, options: RenderOptions, taken: set[str]) -> Value:
    place = anchor(finding.at, result)
    peers = [(entry, anchor(entry.span, result)) for entry in finding.related]
    told = "; ".join(
        f"{shown_path(span.path, options)}:{span.line}: {entry.message or 'here'}" for entry, span in peers
    )
    return {
        "description": f"{finding.rule}: {finding.message}" + (f" ({told})" if told else ""),
        "check_name": finding.rule,
        "fingerprint": unique_fingerprint(finding, taken),
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


def unique_fingerprint(finding: Finding, taken: set[str]) -> str:
    """The finding's fingerprint; a further finding of the same one gets another, since equal ones are shown once."""
    fingerprint = finding.fingerprint
    number = 1
    while fingerprint in taken:
        number += 1
        fingerprint = hashlib.sha256(f"{finding.fingerprint}:{number}".encode()).hexdigest()[:16]
    taken.add(fingerprint)
    return fingerprint

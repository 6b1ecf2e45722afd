"""From what HAProxy refuses or warns about to findings, for the rules that report one kind of mistake each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.analysis.haproxy_verdict.defect import Defect, Kind
from cfglint.analysis.haproxy_verdict.walk import defects_of
from cfglint.analysis.haproxy_versions import describe, grade
from cfglint.engine.finding import Finding, Related
from cfglint.model.haproxy import HaproxyConfig
from cfglint.syntax.haproxy_keywords import ALL

_VERSION = re.compile(r"\b[1-9]\.\d+\b")


def haproxy_findings(config: HaproxyConfig, *kinds: Kind) -> Iterator[Finding]:
    """The findings of some kinds, graded for the node's target.

    A refusal that holds for every version asked for is an error, and says so in ``fails_check``; one that holds for
    some, or a warning of the daemon, is at most a warning.
    """
    node = config.node
    target = node.target.haproxy
    for kind in kinds:
        for defect in defects_of(config).get(kind, ()):
            graded = grade(target, defect.fails_at(target), defect.warns)
            if graded is None:
                continue
            severity, fails = graded
            if defect.mild and not fails:
                severity = "info"
            yield Finding(
                at=defect.span,
                subject=(node.name, "haproxy", *defect.subject),
                message=f"{defect.message}{_versions(defect)}",
                severity=severity,
                related=[Related(message, span) for message, span in defect.related],
                help=defect.help or None,
                nodes=(node.name,),
                fails_check="haproxy" if fails else None,
            )


def _versions(defect: Defect) -> str:
    """From which version on it holds, unless the message says so."""
    if _VERSION.search(defect.message):
        return ""
    if not defect.fails:
        return "" if defect.warns == ALL else f" ({describe(defect.warns)})"
    if defect.fails == ALL:
        return ""
    return f" ({describe(defect.fails)})"

"""The rule ``syntax/keepalived-parameter-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import (
    all_statements,
    fails_check,
    is_open,
    keyword_of,
    place_of,
    subject_of,
)
from cfglint.engine import Finding, Severity, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived_arguments import argument_fault


@rule(
    severity="error",
    sources=["keepalived -t 2.2.7 to 2.4.3, each keyword run alone: `is missing a parameter after keyword`, status 2"],
)
def keepalived_parameter_missing(config: KeepalivedConfig) -> Iterator[Finding]:
    """A keyword of keepalived.conf has no value.

    Why it hurts: for most keywords keepalived stops reading at that line and ends: no instance and no service comes up,
    and mistakes further down are not even reported. For a few it only ignores the line, which is a warning here.

    When it stays silent: for switches and yes/no words, which need no value; for words whose value may be left out.

    What to do: write the value, or take the line out. A value that starts with `#` or `!` is a comment unless it is in
    double quotes.
    """
    for path, statement in all_statements(config):
        keyword = keyword_of(path, config.node) if len(statement.words) == 1 else None
        if keyword is None or keyword.opens_block or is_open(statement):
            continue
        fault = argument_fault(keyword.argument, [word.text for word in statement.words])
        if fault is None or fault.kind != "missing":
            continue
        severity: Severity = "error" if fault.stops_reading else "warning"
        follows = "keepalived stops reading here and does not start" if fault.stops_reading else "the line is ignored"
        yield Finding(
            at=statement.words[0].span,
            subject=(*subject_of(config.node, statement), "missing"),
            severity=severity,
            message=f"{statement.keyword} in {place_of(statement)} on {config.node.name} has no value: {follows}",
            label=f"needs {fault.expected}",
            help=f"write {fault.expected} after it; text behind `#` or `!` is a comment unless it is in double quotes",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )

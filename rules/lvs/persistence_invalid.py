"""The rule ``lvs/persistence-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, keyword_of, name_of, statements
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived_arguments import argument_fault

PATH = ("virtual_server", "persistence_timeout")


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 to 2.4.3: `persistence_timeout invalid`"],
)
def persistence_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `persistence_timeout` is no number of seconds from 1 to 2678400.

    Why it hurts: keepalived ignores the line, so persistence is off: requests of one client go to different servers,
    and sessions that live on one of them are lost. With 0 it is off as meant, but the daemon's check fails.

    When it stays silent: for 1 to 2678400; for the keyword alone, which means six minutes; without the line.

    What to do: write a number of seconds, or take the line out to switch persistence off.
    """
    for statement in statements(config, *PATH):
        keyword = keyword_of(PATH, config.node)
        if keyword is None or len(statement.words) < 2 or is_open(statement):
            continue
        fault = argument_fault(keyword.argument, [word.text for word in statement.words])
        if fault is None:
            continue
        server = name_of(statement.parent) if statement.parent is not None else ""
        word = statement.words[1]
        yield Finding(
            at=word.span,
            subject=(config.node.name, server, "persistence_timeout"),
            message=(
                f"persistence_timeout {word.text} of virtual server {server} on {config.node.name} is ignored: "
                "persistence is off"
            ),
            label="ignored",
            help="write a number of seconds from 1 to 2678400, or take the line out to have no persistence",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )

"""The rule ``vrrp/smtp-alert-unsent``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import all_statements, is_open, statements
from cfglint.engine import Finding, rule
from cfglint.engine.wording import listing
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Statement

ALERTS = frozenset({"smtp_alert", "smtp_alert_vrrp", "smtp_alert_checker"})
OFF = frozenset({"false", "off", "no"})


def _switched_on(config: KeepalivedConfig) -> Statement | None:
    """The first line that asks for mails."""
    found = [
        line
        for path, line in all_statements(config)
        if path[-1] in ALERTS and (len(line.words) < 2 or line.words[1].text.lower() not in OFF) and not is_open(line)
    ]
    return min(found, key=lambda line: (line.span.path, line.span.line), default=None)


@rule(
    severity="warning",
    sources=["keepalived 2.2.7, run: with smtp_alert it connects to smtp_server only beside notification_email"],
)
def smtp_alert_unsent(config: KeepalivedConfig) -> Iterator[Finding]:
    """Mails are asked for, but there is no server or nobody to send them to.

    Why it hurts: without `smtp_server`, or without an address in `notification_email`, Keepalived sends nothing and
    says nothing. Nobody learns that the pair has failed over, and that the next fault takes the service down.

    When it stays silent: where no `smtp_alert` is on; where both are set; where parts of the file are not known, or it
    is a fragment without global_defs.

    What to do: set both in global_defs, or take smtp_alert out.
    """
    if config.incomplete is not None or not statements(config, "global_defs"):
        return
    alert = _switched_on(config)
    needed = ("smtp_server", "notification_email")
    missing = [word for word in needed if not statements(config, "global_defs", word)]
    if alert is None or not missing:
        return
    node = config.node
    yield Finding(
        at=alert.span,
        subject=(node.name, "smtp_alert"),
        message=f"{alert.keyword} on {node.name} sends no mail: global_defs has no {listing(missing)}",
        label="sends nothing",
        help=f"set {listing(missing)} in global_defs, or take {alert.keyword} out",
        nodes=(node.name,),
    )

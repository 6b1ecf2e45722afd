"""The rule ``syntax/include-conditional``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, statements
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span

SINCE = "2.2.0"
MAX_BLOCKS = 10
"""Blocks that one finding shows."""


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 to 2.4.3: `@id include f` reads the file twice: `vrrp instance … already defined`"],
)
def include_conditional(config: KeepalivedConfig) -> Iterator[Finding]:
    """An include stands behind an `@id` condition.

    Why it hurts: from 2.2 on keepalived reads the file twice where the condition holds: every block in it is defined
    again, lists are doubled, and its own check fails. On the other nodes the condition is ignored by one of its
    processes.

    When it stays silent: for conditions on other lines; before 2.2, which reads such an include once.

    What to do: include the file on every node and put the `@id` on its lines, or name it by a definition: `@lb1
    $NODE=lb1` and `include ${NODE}.conf`.
    """
    for condition in config.tree.conditions:
        if not condition.keyword.startswith("include"):
            continue
        holds = (condition.config_id == config.config_id) != condition.negated
        yield Finding(
            at=condition.span,
            subject=(config.node.name, condition.keyword, condition.config_id),
            message=(
                f"the {condition.keyword} behind @{condition.config_id} is read twice from keepalived 2.2 on: its "
                f"blocks "
                "are defined again and skipped, and lists are doubled"
            ),
            label="condition on an include",
            related=[Related("read twice", span) for span in _blocks(config, condition.span)],
            help="include it on every node and put the @id on the lines of the included file",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node, since=SINCE) if holds else None,
        )


def _blocks(config: KeepalivedConfig, span: Span) -> list[Span]:
    """The first named blocks that came through an include in the line of a place."""
    found = [
        child.words[0].span
        for kind in ("vrrp_instance", "vrrp_sync_group")
        for child in statements(config, kind)
        if any(place.path == span.path and place.line == span.line for _, place in child.via)
    ]
    return found[:MAX_BLOCKS]

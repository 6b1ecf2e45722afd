"""The rule ``vrrp/config-id-unused``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import listing
from cfglint.model.keepalived import KeepalivedConfig

MEANT_FOR_ALL = 2
"""From this many ids on, the lines are not an exception for one node."""


@rule(
    severity="warning",
    sources=["keepalived 2.0.20 to 2.4.3: with no `@id` line for the node the keyword is absent, and nothing is said"],
)
def config_id_unused(config: KeepalivedConfig) -> Iterator[Finding]:
    """The `@id` lines of keepalived.conf name other nodes only.

    Why it hurts: a node whose id no condition names reads none of these lines, silently: `state MASTER` with all its
    priorities behind `@id` means priority 255. A misspelt id does that.

    When it stays silent: where a condition names the node, or `@^id` excludes another one; where all name one node,
    as an exception for it; where the node's id is not known from its hostname file or the settings.

    What to do: write the id as the node has it (its host name up to the first dot, or `config_id`).
    """
    conditions = config.tree.conditions
    if not conditions or config.tree.id_unknown or any(entry.negated for entry in conditions):
        return
    named = {entry.config_id: entry for entry in reversed(conditions)}
    if config.config_id in named or len(named) < MEANT_FOR_ALL:
        return
    node, entry = config.node, conditions[0]
    yield Finding(
        at=entry.span,
        subject=(node.name, "keepalived", "config_id"),
        message=(
            f"no @id line is for {config.config_id}, the id of {node.name} (they name {listing(sorted(named))}): "
            f"{node.name} reads none of these {len(conditions)} lines"
        ),
        label="for another node",
        related=[Related("another condition", other.span) for other in list(named.values())[:3] if other is not entry],
        help=f"write @{config.config_id} where {node.name} is meant",
        nodes=(node.name,),
    )

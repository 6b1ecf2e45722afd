"""The rule ``syntax/keepalived-values-empty``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, place_of, statements, subject_of
from cfglint.engine import Finding, rule
from cfglint.engine.places import block_end
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block

REPORTED = (
    ("global_defs", "notification_email"),
    ("vrrp_sync_group", "group"),
    ("track_group", "group"),
    ("garp_group", "interfaces"),
)
"""Lists that the daemon reports when they are empty."""


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 and 2.3.4: `Warning - empty notification_email block`, `has extra parameters`"],
)
def keepalived_values_empty(config: KeepalivedConfig) -> Iterator[Finding]:
    """A list of keepalived.conf is empty, or its values stand before the brace.

    Why it hurts: the daemon takes only the lines between the braces: nobody is mailed, or the group has no members.
    Values on the line of the keyword are ignored.

    When it stays silent: for lists with at least one line; for lists that the daemon lets be empty.

    What to do: write each value on a line of its own between the braces, or take the block out.
    """
    for path in REPORTED:
        for block in statements(config, *path):
            if not isinstance(block, Block) or block.children or block.damaged:
                continue
            at, related = block_end(block)
            yield Finding(
                at=at,
                subject=(*subject_of(config.node, block), "empty"),
                message=f"{block.keyword} in {place_of(block)} on {config.node.name} has no line: it does nothing",
                label="empty",
                related=related,
                help="write each value on a line of its own between the braces, or take the block out",
                nodes=(config.node.name,),
                fails_check=fails_check(config.node),
            )

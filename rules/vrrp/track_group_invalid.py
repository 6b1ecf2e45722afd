"""The rule ``vrrp/track-group-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import VALUE, fails_check, is_open, name_of, statements, within
from cfglint.engine import Finding, Related, rule
from cfglint.engine.places import block_end
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Block

EMPTY_SINCE = "2.3.0"


def _members(block: Block) -> bool:
    """Whether any line of its groups names a member; an open or damaged block may."""
    return bool(block.damaged) or any(True for _ in within(block, "group", VALUE))


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 and 2.3.4: `track_group … already defined`, `must have a name`, `has no members`"],
)
def track_group_invalid(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `track_group` has no name, the name of another one, or no members.

    Why it hurts: keepalived skips the group. Static addresses and routes that name it are then not set or removed with
    its instances.

    When it stays silent: for one group a name, with at least one member.

    What to do: give every track_group one name of its own, and list its instances in `group { … }`.
    """
    seen: dict[str, Span] = {}
    for block in statements(config, "track_group"):
        if not isinstance(block, Block) or is_open(block):
            continue
        name, related = name_of(block), list[Related]()
        at, fails = block.span, fails_check(config.node)
        if len(block.words) != 2:
            what = "has no name" if len(block.words) < 2 else "has more words than a name"
        elif name in seen:
            what, related = "is defined a second time", [Related("first here", seen[name])]
        elif not _members(block):
            what, (at, related) = "has no members", block_end(block)
            fails = fails_check(config.node, since=EMPTY_SINCE)
        else:
            seen[name] = block.span
            continue
        seen.setdefault(name, block.span)
        yield Finding(
            at=at,
            subject=(config.node.name, "track_group", name, what),
            message=f"track_group {name}".rstrip() + f" on {config.node.name} {what}: keepalived skips it",
            label=what,
            related=related,
            help="give every track_group one name of its own, and list its instances in group { … }",
            nodes=(config.node.name,),
            fails_check=fails,
        )

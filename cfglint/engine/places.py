"""Places that findings of several rules point at."""

from __future__ import annotations

from cfglint.engine.finding import Related
from cfglint.source import Span
from cfglint.syntax.keepalived import Block


def block_end(block: Block) -> tuple[Span, list[Related]]:
    """Where to say that a block of keepalived.conf lacks something: at its ``}``, where the daemon says it, too.

    Returns:
        the primary place, and the block's name as a related one; just the name for a block without an end.
    """
    if block.end is None or block.end.path != block.words[0].span.path:
        return block.span, []
    return block.end, [Related("of this block", block.span)]


def reported_at_end(block: Block | None) -> list[Related]:
    """The ``}`` of a block as a related place, for what the daemon remarks only there."""
    if block is None or block.end is None:
        return []
    return [Related("keepalived reports it where the block ends", block.end)]

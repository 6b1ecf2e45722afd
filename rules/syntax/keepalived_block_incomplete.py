"""The rule ``syntax/keepalived-block-incomplete``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import (
    VALUE,
    all_statements,
    fails_check,
    is_open,
    keyword_of,
    name_of,
    statements,
)
from cfglint.engine import Finding, Related, rule
from cfglint.engine.places import block_end
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block

NEEDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("vrrp_track_process",): ("process",),
    ("track_file",): ("file",),
    ("vrrp_track_file",): ("file",),
    ("bfd_instance",): ("neighbor_ip", "neighbour_ip"),
    ("garp_group",): ("garp_interval", "gna_interval"),
}
"""Blocks that the daemon removes without one of these lines."""

TRACKED_BY = {
    "vrrp_track_process": "track_process",
    "track_file": "track_file",
    "vrrp_track_file": "track_file",
    "bfd_instance": "track_bfd",
}
"""Where the removed blocks are named."""
MAX_USES = 10

OWN_RULES = frozenset({("vrrp_instance",), ("vrrp_sync_group",)})


@rule(
    severity="error",
    sources=[
        "keepalived -t 2.2.7 and 2.3.4: `process name not specified`, `No file set for track_file`, `has no neighbor`",
        "keepalived -t 2.2.7 and 2.3.4: a vrrp_script, virtual_server or real_server without a name: status 2",
    ],
)
def keepalived_block_incomplete(config: KeepalivedConfig) -> Iterator[Finding]:
    """A block of keepalived.conf lacks its name, or the line that it is for.

    Why it hurts: keepalived removes the block, and whatever tracks it is ignored. Without a name of a vrrp_script, a
    virtual_server or a real_server it stops reading and does not start.

    When it stays silent: for blocks that need no name; where a line of the block was not understood; for instances and
    sync groups, which have a rule of their own.

    What to do: write the name, or the line that the message names.
    """
    for path, block in all_statements(config):
        keyword = keyword_of(path, config.node)
        if not isinstance(block, Block) or keyword is None or keyword.kind != "block" or is_open(block):
            continue
        if keyword.argument.shape == "word" and len(block.words) < 2 and path not in OWN_RULES:
            yield _finding(config, block, "name", "keepalived stops reading here and does not start")
            continue
        needed = NEEDS.get(path)
        if needed is None or block.damaged or block.unknown or block.meant:
            continue
        if not any(child.keyword in needed or is_open(child) for child in block.children):
            yield _finding(config, block, needed[0], "keepalived removes it")


def _finding(config: KeepalivedConfig, block: Block, need: str, follows: str) -> Finding:
    name = f"{block.keyword} {name_of(block)}".rstrip()
    at, related = (block.span, []) if need == "name" else block_end(block)
    return Finding(
        at=at,
        subject=(config.node.name, block.keyword, name_of(block), need),
        message=f"{name} on {config.node.name} has no {need}: {follows}",
        label=f"no {need}",
        related=[*related, *_uses(config, block)],
        help=f"add the {need}",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )


def _uses(config: KeepalivedConfig, block: Block) -> list[Related]:
    """The lines that name a removed block, and are ignored with it."""
    tracker = TRACKED_BY.get(block.keyword)
    lines = [
        line
        for outer in ("vrrp_instance", "vrrp_sync_group")
        for line in (statements(config, outer, tracker, VALUE) if tracker is not None else ())
        if line.keyword == name_of(block)
    ]
    return [Related("ignored with it", line.words[0].span) for line in lines[:MAX_USES]]

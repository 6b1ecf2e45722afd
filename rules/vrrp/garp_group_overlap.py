"""The rule ``vrrp/garp-group-overlap``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import VALUE, fails_check, is_open, statements, within
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, Word


def _interfaces(block: Block) -> Iterator[Word]:
    """The interfaces of one garp_group, in order."""
    for child in block.children:
        if is_open(child):
            continue
        if child.keyword == "interface" and len(child.words) > 1:
            yield child.words[1]
        elif child.keyword == "interfaces" and isinstance(child, Block):
            yield from (word for line in within(child, VALUE) for word in line.words)


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 and 2.3.4: `garp_group already specified for … - ignoring`"],
)
def garp_group_overlap(config: KeepalivedConfig) -> Iterator[Finding]:
    """An interface is listed in two `garp_group` blocks, or twice in one.

    Why it hurts: keepalived keeps the delays of the first group for it and ignores the second.

    When it stays silent: for interfaces in one group each.

    What to do: list every interface once.
    """
    seen: dict[str, Span] = {}
    for block in statements(config, "garp_group"):
        if not isinstance(block, Block):
            continue
        for word in _interfaces(block):
            first = seen.setdefault(word.text, word.span)
            if first == word.span:
                continue
            yield Finding(
                at=word.span,
                subject=(config.node.name, "garp_group", word.text),
                message=(
                    f"{word.text} on {config.node.name} is already in a garp_group: keepalived keeps the delays of the "
                    "first one"
                ),
                label="ignored",
                related=[Related("first here", first)],
                help="list every interface in one garp_group only",
                nodes=(config.node.name,),
                fails_check=fails_check(config.node),
            )

"""The rule ``vrrp/instance-duplicate``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, name_of, statements
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Statement

KINDS = ("vrrp_instance", "vrrp_sync_group")


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `vrrp instance … already defined`, `vrrp_instance must have a name`"],
)
def instance_duplicate(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `vrrp_instance` or `vrrp_sync_group` has the name of an earlier one, or no usable name.

    Why it hurts: keepalived skips the whole second block. Its VIPs are on no node, or its members fail over one by one,
    while the daemon runs.

    When it stays silent: for names that differ in at least one letter; for blocks that conditions choose between.

    What to do: give each block a name of its own, one word; blocks that are meant for different nodes need an `@id` on
    every line.
    """
    for kind in KINDS:
        first: dict[str, Statement] = {}
        for block in statements(config, kind):
            if is_open(block):
                continue
            if len(block.words) != 2:
                yield _nameless(config, block)
                continue
            earlier = first.setdefault(name_of(block), block)
            if earlier is not block:
                yield _again(config, block, earlier)


def _nameless(config: KeepalivedConfig, block: Statement) -> Finding:
    words = len(block.words) - 1
    what = "has no name" if not words else f"has {words} words as a name"
    return Finding(
        at=block.span,
        subject=(config.node.name, block.keyword, *(word.text for word in block.words[1:])),
        message=f"a {block.keyword} on {config.node.name} {what}, and must have one: keepalived skips the whole block",
        label="one word is needed",
        help="write one word after the keyword",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )


def _again(config: KeepalivedConfig, block: Statement, earlier: Statement) -> Finding:
    name = name_of(block)
    return Finding(
        at=block.words[1].span,
        subject=(config.node.name, block.keyword, name, "again"),
        message=f"{block.keyword} {name} is defined twice on {config.node.name}: keepalived skips the second block",
        label="skipped",
        related=[Related("defined here first", earlier.words[1].span)],
        help="give one of the two another name, or put them together",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )

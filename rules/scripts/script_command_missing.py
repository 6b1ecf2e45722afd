"""The rule ``scripts/script-command-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import VALUE, fails_check, is_open, name_of, statements
from cfglint.engine import Finding, Related, rule
from cfglint.engine.places import block_end
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block, Statement

MAX_USES = 10
"""Tracking lines that one finding shows."""


def _says_something(line: Statement) -> bool:
    return any(word.text for word in line.words[1:])


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `No script set for vrrp_script … - removing`"],
)
def script_command_missing(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `vrrp_script` has no `script` line, or an empty one.

    Why it hurts: keepalived removes the block and ignores every track_script that names it: nothing is watched.

    When it stays silent: for any script line; where a line of the block was not understood, which is reported itself.

    What to do: write `script` and the command in double quotes.
    """
    for block in statements(config, "vrrp_script"):
        if not isinstance(block, Block) or block.damaged or block.unknown or len(block.words) < 2:
            continue
        lines = [child for child in block.children if child.keyword == "script"]
        if any(_says_something(line) for line in lines) or any(is_open(child) for child in block.children):
            continue
        if "script" in block.meant and not lines:
            continue
        at, related = block_end(block)
        uses = [
            Related("ignored with it", line.words[0].span)
            for tracker in ("vrrp_instance", "vrrp_sync_group")
            for line in statements(config, tracker, "track_script", VALUE)
            if line.keyword == name_of(block)
        ]
        yield Finding(
            at=at,
            subject=(config.node.name, name_of(block), "script"),
            message=(
                f"vrrp_script {name_of(block)} on {config.node.name} has no script to run: keepalived removes it, and "
                "nothing that tracks it is watched"
            ),
            label="no script in here",
            related=[*(Related("empty", line.span) for line in lines), *related, *uses[:MAX_USES]],
            help='write script "/path/to/program arguments"',
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )

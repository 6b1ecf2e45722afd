"""The rule ``scripts/script-command-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, name_of, statements
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `No script set for vrrp_script … - removing`"],
)
def script_command_missing(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `vrrp_script` has no `script` line.

    Why it hurts: keepalived removes the block and ignores every track_script that names it: nothing is watched.

    When it stays silent: for any script line; where a line of the block was not understood, which is reported itself.

    What to do: write `script` and the command in double quotes.
    """
    for block in statements(config, "vrrp_script"):
        if not isinstance(block, Block) or block.damaged or block.unknown or len(block.words) < 2:
            continue
        if any(child.keyword == "script" or is_open(child) for child in block.children):
            continue
        yield Finding(
            at=block.words[1].span,
            subject=(config.node.name, name_of(block), "script"),
            message=(
                f"vrrp_script {name_of(block)} on {config.node.name} has no script line: keepalived removes it, and "
                "nothing that tracks it is watched"
            ),
            label="no script in here",
            help='write script "/path/to/program arguments"',
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )

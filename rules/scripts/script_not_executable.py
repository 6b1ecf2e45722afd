"""The rule ``scripts/script-not-executable``."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from cfglint.analysis.keepalived_scripts import script_place, script_uses
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span

EXECUTE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7, run: `… is not executable … disabling`; the node stays MASTER; keepalived -t says nothing"
    ],
)
def script_not_executable(config: KeepalivedConfig) -> Iterator[Finding]:
    """A script in the node's directory has no execute permission.

    Why it hurts: keepalived logs one line and never runs it. A check then never fails, so the VIPs stay on a node whose
    service is dead; a notify script does nothing at failover.

    When it stays silent: for files with any execute bit; for a script that is an argument of an interpreter; for files
    that are not in the node's directory.

    What to do: `chmod +x` it, in the repository too. A check that has never run begins to work, which can move a VIP.
    """
    for use in script_uses(config):
        found = script_place(config, use.program)
        if found is None:
            continue
        relative, place = found
        if place.stat().st_mode & EXECUTE:
            continue
        follows = "the check never fails" if use.kind == "check" else "it does nothing when it is needed"
        yield Finding(
            at=use.span,
            subject=(config.node.name, use.name, use.keyword),
            message=(
                f"{use.program} of {use.owner} on {config.node.name} has no execute permission: keepalived does not "
                f"run "
                f"it, and {follows}"
            ),
            label="not executable",
            related=[Related("the script", Span(config.node.tree.shown_path(relative)))],
            help=f"chmod +x {use.program}",
            nodes=(config.node.name,),
        )

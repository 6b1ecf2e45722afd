"""The rule ``syntax/config-executable``."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from itertools import islice

from cfglint.engine import Finding, Severity, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.node import Node

EXECUTE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
LOOKED_AT = 50


def _is_executable(node: Node, relative: str) -> bool:
    place = node.tree.locate(relative)
    return place is not None and bool(place.stat().st_mode & EXECUTE)


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `is not a regular non-executable file - skipping`, status 0"],
)
def config_executable(config: KeepalivedConfig) -> Iterator[Finding]:
    """The file keepalived.conf has an execute permission.

    Why it hurts: keepalived takes an executable file for a mistake and skips it: it does not start. Its own check skips
    it, too, and ends with status 0, so everything looks fine.

    When it stays silent: for files without an execute bit. Where every file of the node has one, the copy has probably
    lost its modes, and it is only an info.

    What to do: `chmod 644` it.
    """
    node = config.node
    files = node.files_of("keepalived")
    main = next((file for file in files if file.source is config.source), None)
    if main is None or not _is_executable(node, main.relative):
        return
    others = [relative for relative in islice(node.tree.walk(), LOOKED_AT) if relative != main.relative]
    kept_modes = any(not _is_executable(node, relative) for relative in others)
    severity: Severity = "error" if kept_modes else "info"
    yield Finding(
        at=config.span,
        subject=(node.name, "keepalived.conf", "mode"),
        severity=severity,
        message=f"keepalived.conf of {node.name} is executable: keepalived skips it and does not start",
        label="executable",
        help="chmod 644 it",
        nodes=(node.name,),
    )

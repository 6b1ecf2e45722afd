"""The rule ``scripts/script-always-succeeds``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from cfglint.analysis.keepalived_scripts import SHELLS, ScriptUse, script_place, script_uses
from cfglint.analysis.shell_endings import always_succeeds
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import SourceFile, Span

SHELL = re.compile(r"#!\s*(?:\S*/)?(?:env\s+)?(?:\S*/)?(?:sh|bash|dash|ash|ksh)\s*")
ACTS_ITSELF = re.compile(
    r"keepalived|\bip\s+(?:-\S+\s+)*(?:a|addr|address|link)\b|\b(?:ifconfig|nmcli|reboot|shutdown|halt|poweroff)\b"
)
"""What a check may do to fail over without an exit status: stop the daemon, take the address or the link away."""


@rule(
    severity="error",
    yields_to=("scripts/script-exec-failure-is-success", "scripts/script-not-executable"),
    sources=[
        "keepalived.conf(5): a script is judged by its exit status",
        "keepalived 2.2.7: a check that prints and ends with `echo` succeeds",
    ],
)
def script_always_succeeds(config: KeepalivedConfig) -> Iterator[Finding]:
    """A check script has no way to an exit status other than 0.

    Why it hurts: Keepalived judges a check by its exit status alone, not by what it prints. A script that prints 1, or
    restarts the service and then ends with `echo`, always succeeds: the check is green for ever, and the VIPs stay on a
    node whose service is dead.

    When it stays silent: where any path leads to another status, or may (a command at the end whose status counts,
    `exit $?`, `set -e`, `trap`, a sourced file); for scripts that act themselves, e.g. stop Keepalived; for a
    placeholder that is nothing but `exit 0`; for scripts in other languages, and files that are not in the node's
    directory.

    What to do: end with the status: `exit 1` where the service is dead.
    """
    if config.track_files:
        return
    for use in script_uses(config):
        if use.kind == "notify":
            continue
        source = _source(config, use)
        if source is None or not _is_shell_check(source) or not always_succeeds(source):
            continue
        follows = (
            "the VIPs stay on a node whose service is dead" if use.kind == "check" else "dead servers stay in rotation"
        )
        yield Finding(
            at=use.span,
            subject=(config.node.name, use.name, use.keyword),
            message=(
                f"{use.program} of {use.owner} on {config.node.name} ends with status 0 on every path, whatever it "
                f"finds: the check never fails, and {follows}"
            ),
            label="never fails",
            related=_end(source),
            help="leave with `exit 1` where the service is dead; what a script prints does not count",
            nodes=(config.node.name,),
        )


def _source(config: KeepalivedConfig, use: ScriptUse) -> SourceFile | None:
    """The text that a shell runs: what stands behind ``sh -c``, else the file."""
    shell, *rest = use.arguments
    if PurePosixPath(shell).name in SHELLS and len(rest) > 1 and rest[0] == "-c":
        return SourceFile("", f"#!/bin/sh\n{rest[1]}\n")
    found = script_place(config, use.program)
    return config.node.tree.read(found[0]) if found is not None else None


def _end(source: SourceFile) -> list[Related]:
    """The last line of a script file."""
    if not source.path:
        return []
    last = max(number for number, text in enumerate(source.lines, 1) if text.strip())
    return [Related("ends here", Span(source.path, last, 1, last, len(source.line(last)) + 1))]


def _is_shell_check(source: SourceFile) -> bool:
    text = "\n".join(line for line in source.lines if not line.lstrip().startswith("#"))
    return SHELL.fullmatch(source.line(1)) is not None and ACTS_ITSELF.search(text) is None

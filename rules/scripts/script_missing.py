"""The rule ``scripts/script-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_scripts import folder_is_given, script_place, script_uses
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig

OWN_FOLDERS = ("/etc/keepalived/", "/usr/libexec/keepalived/", "/usr/local/", "/opt/")
"""Where a node's own scripts live; what a package installs is seldom copied along."""


@rule(
    severity="error",
    sources=[
        "keepalived -t 2.2.7: `Disabling track script … since not found/accessible`; a missing notify script: status 0",
    ],
)
def script_missing(config: KeepalivedConfig) -> Iterator[Finding]:
    """A script is not in the node's directory, though its folder is.

    Why it hurts: keepalived disables a check that it does not find, so the VIPs stay on a node whose service is dead;
    a MISC_CHECK likewise, and a dead server stays in rotation. A missing notify script is not even reported: nothing
    runs at failover, which is a warning here.

    When it stays silent: where the node's directory has no such folder (the copy is partial); for programs of packages,
    as in /usr/bin; for bare names.

    What to do: add the script to the node, or correct the path.
    """
    for use in script_uses(config):
        program = use.program
        if not program.startswith(OWN_FOLDERS) or not folder_is_given(config, program):
            continue
        if script_place(config, program) is not None:
            continue
        is_check = use.kind != "notify"
        follows = "the check is disabled and never fails" if is_check else "nothing runs when it is needed"
        yield Finding(
            at=use.span,
            subject=(config.node.name, use.name, use.keyword),
            severity="error" if is_check else "warning",
            message=f"{program} of {use.owner} is not on {config.node.name}, its folder is: {follows}",
            label="no such file",
            help="add the script to the node, or correct the path",
            nodes=(config.node.name,),
        )

"""The rule ``scripts/notify-unquoted-args``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.analysis.keepalived_scripts import script_uses
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import NotifyScript

USER = re.compile(r"[a-z_][a-z0-9_-]*\$?")
STATES = frozenset({"master", "backup", "fault", "stop", "start", "up", "down", "primary", "secondary", "slave"})


def _argument(notify: NotifyScript) -> str:
    """The word in the user's or group's place that is none; empty when both may be."""
    for word in (notify.user, notify.group):
        if word and (not USER.fullmatch(word) or word in STATES):
            return word
    return ""


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7, run: `Invalid user/group for notify script … - ignoring`, the script never runs",
        "keepalived.conf(5): what follows an unquoted path is a user and a group; keepalived -t says nothing",
    ],
)
def notify_unquoted_args(config: KeepalivedConfig) -> Iterator[Finding]:
    """A notify script has arguments outside its quotes.

    Why it hurts: keepalived takes the word after the path for the user to run it as, and the next one for the group.
    There is no such user, so the script never runs: whatever it should start, stop or report at a failover does not
    happen.

    When it stays silent: for a path and its arguments in one pair of quotes; for a word that can be a user's name, such
    as root.

    What to do: put the path and its arguments into one pair of double quotes; the script then begins to run.
    """
    for use in script_uses(config):
        word = _argument(use.notify) if use.notify is not None else ""
        if not word:
            continue
        yield Finding(
            at=use.span,
            subject=(config.node.name, use.name, use.keyword),
            message=(
                f"{use.keyword} of {use.owner} on {config.node.name} has {word} after the unquoted path: keepalived "
                f"takes "
                f"it for a user, finds none, and never runs {use.program}"
            ),
            label="the command ends here",
            help=f'write {use.keyword} "{use.program} {word}" with the arguments inside the quotes',
            nodes=(config.node.name,),
        )

"""The rule ``scripts/script-killall-user``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpScript

SIGNAL_0 = re.compile(r"(?:^|[\s;&|/])(?:killall|pkill)\s+(?:-\S+\s+)*-0\s+(?:-\S+\s+)*(?P<process>[\w.-]+)")
RAISES = re.compile(r"\b(?:sudo|doas|su|runuser)\b")

OWN_USER = "keepalived_script"
"""The user that exists for Keepalived's scripts: no service runs as it."""


def _process(script: VrrpScript) -> str:
    """The process whose existence a script tests by a signal; empty where it does something else."""
    words = list(script.arguments)
    if words and PurePosixPath(words[0]).name in {"sh", "bash", "dash"} and len(words) > 2 and words[1] == "-c":
        words = words[2:3]
    if RAISES.search(" ".join(words)):
        return ""
    found = SIGNAL_0.search(" ".join(words))
    return found["process"] if found is not None else ""


def _users_of(node: Node, process: str) -> set[str] | None:
    """The users that a process runs as; None where the files do not tell."""
    if process != "haproxy" or node.haproxy is None or node.haproxy.incomplete is not None:
        return None
    lines = [line for word in ("user", "uid") for line in node.haproxy.global_lines(word)]
    if any(line.conditional or len(line.values) < 2 or isinstance(line.values[1], Unknown) for line in lines):
        return None
    return {"root", "0", *(line.text(1) for line in lines)}


@rule(
    severity="error",
    yields_to=("scripts/script-user-unresolvable",),
    sources=[
        "killall and pkill -0 as an unprivileged user, run: `Operation not permitted`, `no process found`, status 1",
    ],
)
def script_killall_user(config: KeepalivedConfig) -> Iterator[Finding]:
    """A check signals a process as a user that may not.

    Why it hurts: `killall -0` and `pkill -0` fail for processes of other users, as if there were none. The check always
    fails: without a weight the instance stays in FAULT on every node, and nobody has the VIP.

    When it stays silent: for root, and through sudo; for the user that the process runs as; where the files do not
    tell either; for `pgrep` and `pidof`, which send no signal.

    What to do: track the process with `vrrp_track_process`, or use `pgrep -x`.
    """
    for script in config.scripts:
        process = _process(script)
        user = (script.user or config.script_user or "").partition(" ")[0]
        if not process or not user or user == "root" or user.isdigit():
            continue
        users = _users_of(config.node, process)
        if user != OWN_USER and (users is None or user in users):
            continue
        node = config.node
        yield Finding(
            at=script.command.span,
            subject=(node.name, script.name, "script"),
            message=(
                f"vrrp_script {script.name} on {node.name} runs as {user} and signals {process}, which runs as another "
                "user: the signal is not permitted, so the check always fails, on every node, although {process} lives"
            ),
            label=f"runs as {user}",
            help=f"use vrrp_track_process, or `pgrep -x {process}`, on every node",
            nodes=(node.name,),
        )

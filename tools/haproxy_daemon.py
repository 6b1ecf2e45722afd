"""HAProxy as a judge: running its own check on a file, and reading what it says."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = re.compile(
    r"errorfile : error opening|unable to stat SSL|cannot find (user|group) id|unknown (user|group) name"
    r"|could not resolve address '[\w.-]+'|log : invalid address: '[\w.-]+'|cannot be read or parsed|unable to load"
    r"|unable to set SSL|failed to open|No such file|[Cc]an't (create|resolve|connect socket)|error in Lua"
    r"|Failed to initialize server|cannot open|stat\(\) failed|invalid address: '[A-Za-z_][\w.-]*' in"
    r"|cannot use file descriptor|QUIC|unsupported protocol family|Cannot open namespace"
    r"|unknown service name|unknown keyword 'lua\.|Lua runtime error"
)
"""Alerts that speak of the machine and the build: missing files (and what Lua ones bring), names, users, features."""

_CLOSING = re.compile(r"Error\(s\) found in configuration|Fatal errors found|already specified\. Continuing")
_MESSAGE = re.compile(r"\[(ALERT|WARNING)\]\s+\(\d+\) : (.*)")
_PLACE = re.compile(r"\[[^\]]*:(\d+)\]")


@dataclass(frozen=True)
class Message:
    """One message of the daemon.

    Attributes:
        level: ``A`` for an alert, ``W`` for a warning.
        line: the line it names, from 1; 0 when it names none.
        text: the message.
    """

    level: str
    line: int
    text: str


def daemon_version(daemon: str) -> str:
    """The version (``2.8.25``, ``3.5`` of ``3.5-dev5``) of a haproxy program.

    Raises:
        SystemExit: it does not say its version.
    """
    said = subprocess.run([daemon, "-v"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+\.\d+(?:\.\d+)?)", said)
    if found is None:
        raise SystemExit(f"{daemon}: it does not say its version")
    return found[1]


def daemon_branch(daemon: str) -> str:
    """The branch (``2.8``) of a haproxy program; raises as `daemon_version`."""
    return ".".join(daemon_version(daemon).split(".")[:2])


def run_check(daemon: str, file: Path) -> tuple[int, list[Message]]:
    """Run ``haproxy -c`` in an empty folder.

    Returns:
        The exit status (negative when the daemon crashed) and its alerts and warnings.
    """
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [daemon, "-c", "-f", str(file.resolve())],
            capture_output=True,
            cwd=folder,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            timeout=30,
            check=False,
        )
    said = (done.stderr + done.stdout).decode("utf-8", "replace")
    messages = []
    for line in said.splitlines():
        found = _MESSAGE.match(line)
        if found is not None:
            place = _PLACE.search(found[2])
            messages.append(Message(found[1][0], int(place[1]) if place else 0, found[2]))
    return done.returncode, messages


def faults_of_the_file(messages: list[Message]) -> list[Message]:
    """The alerts that lie in the file itself, in the daemon's order."""
    return [
        message
        for message in messages
        if message.level == "A" and not _CLOSING.search(message.text) and not ENVIRONMENT.search(message.text)
    ]

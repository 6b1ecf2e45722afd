"""Run ``keepalived -t`` on a text in a network namespace that has the interfaces it names, and read its messages."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MESSAGE = re.compile(r"\((?:(?P<file>[^\s:)]+): ?)?Line (?P<line>\d+)\) (?P<text>.*)")
VERSION = re.compile(r"Keepalived v(\d+\.\d+\.\d+)")
INTERFACE = re.compile(r"^\s*(?:interface|vrf|default_interface|lvs_sync_daemon(?:_interface)?)\s+(\S+)", re.MULTILINE)
DEVICE = re.compile(r"\bdev\s+(\S+)")
TRACKED = re.compile(r"track_interface\s*\{([^}]*)\}")
USABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,13}")
MACHINE = re.compile(
    r"doesn't exist|Non-existent interface|not found/accessible|Unable to set|SECURITY VIOLATION|script uid/gid"
    r"|is not a regular non-executable file"
    r"|Invalid smtp server|not supported by kernel|no kernel support|kernel does not"
)
"""Messages about the machine, not the file."""
USER = re.compile(r"uid/gid|Unable to set default user")
NAMESPACE = """
ip link set lo up
for name in $INTERFACES; do
  ip link add "$name" type veth peer name "p$((++n))" && ip link set "$name" up multicast on
done 2>/dev/null
ip addr add 10.0.0.11/24 dev eth0; exec "$@"
"""


@dataclass(frozen=True)
class Message:
    """One message: its line (0 without one), text, and the included file it speaks of (empty: the main one)."""

    line: int
    text: str
    file: str = ""

    @property
    def is_of_the_machine(self) -> bool:
        """True for a missing interface, user, script or kernel feature."""
        return MACHINE.search(self.text) is not None


@dataclass(frozen=True)
class Verdict:
    """What one run said: the exit status and the messages, each once."""

    status: int
    messages: tuple[Message, ...]

    @property
    def of_the_file(self) -> list[Message]:
        """The messages that the file itself causes; a script without its user is then not found, either."""
        users = any(USER.search(message.text) for message in self.messages)
        return [
            message
            for message in self.messages
            if not message.is_of_the_machine and not (users and "track script" in message.text)
        ]


def daemon_version(daemon: str) -> str:
    """The version of a daemon, e.g. ``2.2.7``."""
    run = subprocess.run([daemon, "-v"], capture_output=True, text=True, check=False)
    found = VERSION.search(run.stdout + run.stderr)
    return found[1] if found else ""


def interfaces_of(text: str) -> list[str]:
    """The interface names of a configuration that a namespace can have, and eth0 and eth1."""
    names = {*INTERFACE.findall(text), *DEVICE.findall(text), "eth0", "eth1"}
    for block in TRACKED.findall(text):
        names |= {line.split()[0] for line in block.splitlines() if line.split()}
    return sorted(name for name in names if USABLE_NAME.fullmatch(name) and name != "lo")


def run_check(daemon: str, text: str, config_id: str = "lb1", seconds: int = 30) -> Verdict:
    """Check a configuration with a real daemon. Needs root; nothing outlives the call."""
    with tempfile.TemporaryDirectory(prefix="keepalived-check-") as folder:
        file = Path(folder, "keepalived.conf")
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        command = ["unshare", "-n", "bash", "-c", NAMESPACE, "-", daemon, "-t", "-i", config_id, "-f", file.as_posix()]
        try:
            run = subprocess.run(
                command,
                capture_output=True,
                check=False,
                timeout=seconds,
                cwd=folder,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "INTERFACES": " ".join(interfaces_of(text))},
            )
        except subprocess.TimeoutExpired:
            return Verdict(-1, ())
    output = (run.stdout + run.stderr).decode("utf-8", "surrogateescape")
    return Verdict(run.returncode, tuple(dict.fromkeys(messages_of(output.splitlines(), file.name))))


def messages_of(lines: Iterable[str], main: str) -> Iterator[Message]:
    """The messages in a daemon's output; `main` is the name of the file that it was started with."""
    for line in lines:
        match = MESSAGE.search(line)
        if match:
            file = Path(match["file"] or main).name
            yield Message(int(match["line"]), match["text"], "" if file == main else file)
        elif line.strip():
            yield Message(0, line.strip())

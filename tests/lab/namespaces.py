"""Pairs of real keepalived daemons in network namespaces, several side by side.

Each node is a namespace with eth0 (and eth1) on a bridge of its own in a switch namespace; nothing touches the host's
network. Programs: the machine's keepalived, and every ``keepalived-VERSION`` in the folder CFGLINT_KEEPALIVEDS.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support import program


def daemons() -> dict[str, str]:
    """Every keepalived there is: version and program."""
    found = {}
    own = program("keepalived")
    if own is not None:
        shown = subprocess.run([own, "--version"], capture_output=True, text=True, check=False).stderr
        version = re.search(r"v(\d+\.\d+\.\d+)", shown)
        if version:
            found[version[1]] = own
    folder = os.environ.get("CFGLINT_KEEPALIVEDS")
    for place in sorted(Path(folder).glob("keepalived-*.*.*")) if folder else []:
        found.setdefault(place.name.split("-", 1)[1], str(place))
    return found


def run(*words: str, given: str | None = None) -> str:
    """Run a command that must succeed; its output."""
    return subprocess.run(words, input=given, capture_output=True, text=True, check=True, timeout=30).stdout


@dataclass
class Daemon:
    """One node: its namespace, its folder and its running daemon."""

    namespace: str
    folder: Path
    program: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start keepalived with the node's keepalived.conf, when an earlier run has ended.

        The files with process ids that a killed run left go first: another process may have got such an id since.
        """
        if self.process is not None:
            self.process.wait(5)
        for name in ("p", "v", "c", "b"):
            (self.folder / name).unlink(missing_ok=True)
        files = [f"{option}{self.folder}/{name}" for option, name in zip("prcb", ("p", "v", "c", "b"), strict=True)]
        options = [word for pair in files for word in (f"-{pair[0]}", pair[1:])]
        config = str(self.folder / "etc/keepalived/keepalived.conf")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", self.namespace, self.program, "-n", "-l", "-D", "-P", "-f", config, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )

    def stop(self) -> None:
        """End keepalived as an orderly shutdown does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End keepalived and its children at once, as a crash of the host's memory would."""
        if self.process is None or self.process.poll() is not None:
            return
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in (*map(int, children), self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """Stop it, whatever it does, and wait for it."""
        self.stop()
        if self.process is not None:
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.kill()
                self.process.wait(3)

    def addresses(self) -> set[str]:
        """Every address on the node's interfaces."""
        shown = run("ip", "-n", self.namespace, "-o", "addr", "show")
        return set(re.findall(r"inet6? ([0-9a-f.:]+)", shown))


@dataclass
class Segment:
    """The nodes of one cluster, with one bridge for each interface's name."""

    number: int
    switch: str
    nodes: dict[str, Daemon] = field(default_factory=dict)
    bridges: set[str] = field(default_factory=set)

    def add(
        self, name: str, interfaces: dict[str, tuple[str, ...]], folder: Path, daemon: str, rules: str = ""
    ) -> None:
        """Make a node whose interfaces have these addresses, with packet filter rules of its own."""
        namespace = f"{self.switch}-{self.number}{name}"
        run("ip", "netns", "add", namespace)
        self.nodes[name] = Daemon(namespace, folder, daemon)
        batch, setup = [], ["link set lo up"]
        for interface, addresses in interfaces.items():
            bridge, port = f"br{self.number}{interface}", self.port(name, interface)
            if bridge not in self.bridges:
                self.bridges.add(bridge)
                batch += [
                    f"link add {bridge} type bridge mcast_snooping 0 forward_delay 0",
                    f"link set {bridge} up",
                ]
            batch += [
                f"link add {port} type veth peer name {interface} netns {namespace}",
                f"link set {port} master {bridge}",
                f"link set {port} up",
            ]
            setup.append(f"link set {interface} up")
            setup += [f"addr add {one} dev {interface}{' nodad' if ':' in one else ''}" for one in addresses]
        run("ip", "-n", self.switch, "-batch", "-", given="\n".join(batch))
        run("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.accept_dad=0")
        run("ip", "-n", namespace, "-batch", "-", given="\n".join(setup))
        if rules:
            run("ip", "netns", "exec", namespace, "nft", "-f", "-", given=rules)

    def port(self, name: str, interface: str) -> str:
        """The bridge port of a node's interface."""
        return f"p{self.number}{name}{interface}"

    def carrier(self, name: str, interface: str, state: str) -> None:
        """Pull or plug the cable of a node's interface."""
        run("ip", "-n", self.switch, "link", "set", self.port(name, interface), state)

    def holders(self, address: str) -> tuple[str, ...]:
        """The nodes that have an address now."""
        return tuple(name for name, node in sorted(self.nodes.items()) if address in node.addresses())


class Switch:
    """The namespace with all bridges, and every segment on it; a context that leaves nothing behind."""

    def __init__(self) -> None:
        self.name = f"cfglint{os.getpid()}"
        self.segments: list[Segment] = []

    def __enter__(self) -> Self:
        run("ip", "netns", "add", self.name)
        return self

    def segment(self) -> Segment:
        """A new, empty segment."""
        made = Segment(len(self.segments), self.name)
        self.segments.append(made)
        return made

    def __exit__(self, *_: object) -> None:
        nodes = [node for segment in self.segments for node in segment.nodes.values()]
        for node in nodes:
            node.stop()
        for node in nodes:
            node.close()
        for name in (*(node.namespace for node in nodes), self.name):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def wait(seconds: float) -> None:
    """Let the daemons run."""
    time.sleep(seconds)


def install(folder: Path, files: dict[str, str], scripts: Sequence[str] = ()) -> None:
    """Write a node's files; scripts become executable."""
    for relative, text in files.items():
        place = folder / relative
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755 if relative in scripts else 0o644)

"""The programs that keepalived.conf makes the daemon run, and their files where the node's directory has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from weakref import WeakKeyDictionary

from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import NotifyScript
from cfglint.source import Span
from cfglint.tree import NodeTree

SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"})
HEAD_BYTES = 64 * 1024
"""How much of a script is looked at."""


@dataclass(frozen=True)
class ScriptUse:
    """One program that the daemon runs.

    Attributes:
        kind: ``check`` (vrrp_script), ``checker`` (MISC_CHECK) or ``notify``.
        owner: what it belongs to, e.g. ``vrrp_script chk``.
        name: the owner's name, for the symbolic path.
        keyword: the line's first word.
        arguments: the program and its arguments, at least the program.
        span: the command as written.
        notify: the notify line, for its user and group; None for checks.
    """

    kind: str
    owner: str
    name: str
    keyword: str
    arguments: tuple[str, ...]
    span: Span
    notify: NotifyScript | None = None

    @property
    def program(self) -> str:
        """What is executed."""
        return self.arguments[0]

    @property
    def through_shell(self) -> bool:
        """A shell reads a command line of its own: ``sh -c …``."""
        names = [PurePosixPath(word).name for word in self.arguments]
        return any(name in SHELLS for name in names) and "-c" in self.arguments


_uses: WeakKeyDictionary[KeepalivedConfig, list[ScriptUse]] = WeakKeyDictionary()


def script_uses(config: KeepalivedConfig) -> Sequence[ScriptUse]:
    """Every program of a configuration, in the model's order."""
    found = _uses.get(config)
    if found is None:
        found = _uses[config] = [*_checks(config), *_server_scripts(config)]
    return found


def _checks(config: KeepalivedConfig) -> Iterator[ScriptUse]:
    for script in config.scripts:
        if script.arguments:
            owner = f"vrrp_script {script.name}"
            yield ScriptUse("check", owner, script.name, "script", script.arguments, script.command.span)
    for instance in config.instances:
        yield from _notify(f"vrrp_instance {instance.name}", instance.name, instance.notify)
    for group in config.sync_groups:
        yield from _notify(f"vrrp_sync_group {group.name}", group.name, group.notify)


def _server_scripts(config: KeepalivedConfig) -> Iterator[ScriptUse]:
    for server in config.virtual_servers:
        if server.notify:
            yield from _notify(f"virtual server {server.label}", server.label, server.notify)
        for real in server.real_servers:
            checkers = [checker for checker in real.checkers if checker.arguments]
            if not checkers and not real.notify:
                continue
            owner, name = f"real server {real.address} of {server.label}", f"{server.label}/{real.address}/{real.port}"
            yield from _notify(owner, name, real.notify)
            for checker in checkers:
                yield ScriptUse("checker", owner, name, "misc_path", checker.arguments, checker.span)


def _notify(owner: str, name: str, scripts: list[NotifyScript]) -> Iterator[ScriptUse]:
    for script in scripts:
        if script.arguments:
            yield ScriptUse("notify", owner, name, script.keyword, script.arguments, script.span, script)


def script_place(config: KeepalivedConfig, program: str) -> tuple[str, Path] | None:
    """A program's file in the node's directory: its path there and on disk; None when it is not there.

    An absolute path means the node's root. In a directory without the root's shape, a file of that name beside
    keepalived.conf stands for it.
    """
    tree = config.node.tree
    if not program.startswith("/") or tree.only is not None:
        return None
    names = [program.lstrip("/")]
    main = PurePosixPath(_relative(config))
    if len(main.parts) == 1:
        names += [main.with_name(PurePosixPath(program).name).as_posix(), f"scripts/{PurePosixPath(program).name}"]
    for name in names:
        place = tree.locate(name) if tree.exists(name) else None
        if place is not None and place.is_file():
            return name, place
    return None


def folder_is_given(config: KeepalivedConfig, program: str) -> bool:
    """True when the node's directory has the folder that an absolute program path names, so that it can be missing."""
    tree: NodeTree = config.node.tree
    folder = PurePosixPath(program).parent.as_posix().lstrip("/")
    place = tree.locate(folder) if folder and tree.only is None and tree.exists(folder) else None
    return place is not None and place.is_dir()


def script_head(place: Path) -> bytes:
    """The first bytes of a script; empty when it cannot be read."""
    try:
        with place.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError:
        return b""


def _relative(config: KeepalivedConfig) -> str:
    """The main file's path below the node's directory."""
    files = config.node.files_of("keepalived")
    return files[0].relative if files else "keepalived.conf"

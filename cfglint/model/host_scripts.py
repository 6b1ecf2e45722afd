"""What shell scripts of a node do to its kernel settings and addresses, as far as they are plain commands.

A script that Keepalived runs (notify, check) acts only at changes of state; it and conditional commands make the keys
they touch uncertain. A redirection of ``sudo echo`` is done by the calling shell, so it may fail: uncertain, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cfglint.model.host_files import all_places, first_file
from cfglint.source import SourceFile, Span
from cfglint.syntax.ip_command import AddressChange, RouteWords, read_address_change, read_route
from cfglint.syntax.shell_commands import ShellCommand, read_shell_commands
from cfglint.syntax.sysctl import key_path
from cfglint.tree import NodeTree

FOLDERS = ("", "scripts", "bin", "root", "usr/local/bin", "usr/local/sbin", "etc/keepalived", "etc/keepalived/scripts")
START_FILES = ("etc/rc.local", "etc/rc.d/rc.local")
SYSCTL_FILE = re.compile(r"/etc/sysctl\.conf|/etc/sysctl\.d/[^/]+\.conf")
MAX_SCRIPTS = 200


@dataclass(frozen=True, slots=True)
class ScriptSetting:
    """One kernel setting that a script writes.

    Attributes:
        path: the key below ``/proc/sys``.
        value: as written; None when it takes a shell to tell.
        span: the command.
        why_uncertain: why it may not happen; empty when it does.
        file: the sysctl file it is written to; empty when only the running kernel is told.
    """

    path: str
    value: str | None
    span: Span
    why_uncertain: str
    file: str


@dataclass(frozen=True, slots=True)
class ScriptAddress:
    """One address that a script adds or removes."""

    change: AddressChange
    span: Span
    why_uncertain: str


@dataclass(frozen=True, slots=True)
class ScriptRoute:
    """One route that a script adds."""

    words: RouteWords
    span: Span
    why_uncertain: str


ScriptEffect = ScriptSetting | ScriptAddress | ScriptRoute


def script_sources(tree: NodeTree) -> list[SourceFile]:
    """The shell scripts of a node's usual places, sorted by place."""
    paths = [path for folder in all_places(FOLDERS) for path in tree.files(folder, "*.sh")]
    paths += [path for place in START_FILES if (path := first_file(tree, place, "rc.local")) is not None]
    paths = list(dict.fromkeys(paths))[:MAX_SCRIPTS]
    return [source for path in paths if (source := tree.read(path)) is not None]


def script_effects(tree: NodeTree) -> Iterator[ScriptEffect]:
    """What the scripts of a node do, in order."""
    scripts = script_sources(tree)
    if not scripts:
        return
    daemon = first_file(tree, "etc/keepalived/keepalived.conf", "keepalived.conf")
    config = tree.read(daemon) if daemon is not None else None
    for source in scripts:
        name = source.path.rsplit("/", 1)[-1]
        called = config is not None and name in config.text
        why = f"{name} runs only when Keepalived calls it" if called else ""
        for command in read_shell_commands(source):
            conditional = f"{name} does it only under a condition" if command.conditional else ""
            yield from _effects(command, why or conditional)


def _effects(command: ShellCommand, why: str) -> Iterator[ScriptEffect]:
    match command.program:
        case "sysctl":
            for word in command.words[1:]:
                if word is not None and "=" in word and not word.startswith("-"):
                    key, _, value = word.partition("=")
                    yield ScriptSetting(key_path(key.strip()), value.strip().strip("\"'"), command.span, why, "")
        case "echo" | "printf" | "cat":
            yield from _written(command, why)
        case "tee":
            if command.body is not None:
                yield from _lines(command.body[1], _tee_target(command), command.span, why)
        case "ip":
            words = [word for word in command.words[1:] if word not in {"-4", "-6", "-f", "inet"}]
            yield from _ip(words, command.span, why)
        case "ifconfig":
            yield from _ifconfig(command.words[1:], command.span, why)
        case "route":
            yield from _old_route(command.words[1:], command.span, why)


def _written(command: ShellCommand, why: str) -> Iterator[ScriptEffect]:
    """What echo, printf or cat write to a file, by a redirection or through tee."""
    target = next((part.target for part in command.redirections if part.operator in {">", ">>", ">|"}), None)
    reader = command.pipes_to
    if target is not None and command.as_root:
        why = why or "the redirection of `sudo echo` runs without root's rights"
    if target is None and reader is not None and reader.program == "tee":
        target = _tee_target(reader)
    if target is None:
        return
    if command.program == "cat":
        if command.body is not None:
            yield from _lines(command.body[1], target, command.span, why)
        return
    words = [word for word in command.words[1:] if word not in {"-e", "-n", "-ne", "-en"}]
    text = None if None in words else " ".join(word for word in words if word is not None)
    if target.startswith("/proc/sys/"):
        yield ScriptSetting(target.removeprefix("/proc/sys/"), text, command.span, why, "")
    elif text is not None:
        yield from _lines(text.replace("\\n", "\n").split("\n"), target, command.span, why)


def _tee_target(command: ShellCommand) -> str | None:
    return next((word for word in command.words[1:] if word is not None and word.startswith("/")), None)


def _lines(lines: list[str], target: str | None, span: Span, why: str) -> Iterator[ScriptEffect]:
    if target is None or not SYSCTL_FILE.fullmatch(target):
        return
    for line in lines:
        key, equals, value = line.partition("=")
        if equals and key.strip() and not key.lstrip().startswith(("#", ";")):
            uncertain = why or ("its value takes a shell to tell" if "$" in value else "")
            yield ScriptSetting(key_path(key.strip().removeprefix("-")), value.strip(), span, uncertain, target)


def _ip(words: list[str | None], span: Span, why: str) -> Iterator[ScriptEffect]:
    known = [word for word in words if word is not None]
    if len(known) != len(words) or len(known) < 3:
        return
    if known[0] in {"route", "r", "ro"} and known[1] in {"add", "replace", "append", "a"}:
        route = read_route(known[2:])
        if route is not None:
            yield ScriptRoute(route, span, why)
        return
    change = read_address_change(known)
    if change is not None:
        yield ScriptAddress(change, span, why)


def _ifconfig(words: list[str | None], span: Span, why: str) -> Iterator[ScriptEffect]:
    """``ifconfig lo:0 10.0.0.1 netmask 255.255.255.255 up``."""
    known = [word for word in words if word is not None]
    if len(known) != len(words) or len(known) < 2:
        return
    mask = known[known.index("netmask") + 1] if "netmask" in known[:-1] else ""
    address = f"{known[1]}/{mask}" if mask and "/" not in known[1] else known[1]
    change = read_address_change(["addr", "add", address, "dev", known[0], "label", known[0]])
    if change is not None:
        yield ScriptAddress(change, span, why)


def _old_route(words: list[str | None], span: Span, why: str) -> Iterator[ScriptEffect]:
    """``route add default gw 10.0.0.254 [dev eth0]``."""
    known = [word for word in words if word is not None]
    if len(known) != len(words) or known[:2] != ["add", "default"] or "gw" not in known[:-1]:
        return
    device = known[known.index("dev") + 1] if "dev" in known[:-1] else ""
    gateway = known[known.index("gw") + 1]
    route = read_route(["default", "via", gateway, *(("dev", device) if device else ())])
    if route is not None and route.gateway is not None:
        yield ScriptRoute(route, span, why)

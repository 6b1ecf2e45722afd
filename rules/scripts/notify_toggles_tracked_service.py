"""The rule ``scripts/notify-toggles-tracked-service``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cfglint.analysis.keepalived_scripts import script_place
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import NotifyScript
from cfglint.source import Span
from cfglint.syntax.shell_commands import read_shell_commands

STOP = re.compile(
    r"(?:^|[/\s])(?:systemctl\s+(?:-\S+\s+)*stop\s+(?P<unit>[\w@-]+)(?:\.service)?"
    r"|service\s+(?P<service>[\w@-]+)\s+stop|init\.d/(?P<init>[\w@-]+)\s+stop"
    r"|(?:killall|pkill)\s+(?:-(?:9|15|(?:SIG)?(?:TERM|KILL)|[efqvwx])\s+)*(?P<process>[\w-]+))\s*$"
)
TEST = re.compile(
    r"^(?:\S*/)?(?:killall\s+(?:-q\s+)?-0|pgrep(?:\s+-\S+)*|pidof(?:\s+-\S+)*"
    r"|systemctl\s+(?:-\S+\s+)*(?:is-active|status)(?:\s+-\S+)*)\s+(?P<name>[\w-]+)(?:\.service)?\s*$"
)


@dataclass(frozen=True, slots=True)
class _Stop:
    """A service that a notify script stops, with the command's place."""

    service: str
    span: Span


def _stops(config: KeepalivedConfig, script: NotifyScript) -> Iterator[_Stop]:
    words = script.arguments
    yield from _stop(" ".join(words), script.span)
    if len(words) > 2 and words[1] == "-c":
        yield from _stop(words[2], script.span)
    found = script_place(config, words[0]) if words else None
    source = config.node.tree.read(found[0]) if found is not None else None
    for command in read_shell_commands(source) if source is not None else ():
        if not command.conditional and None not in command.words:
            yield from _stop(" ".join(word or "" for word in command.words), command.span)


def _stop(command: str, span: Span) -> Iterator[_Stop]:
    found = STOP.search(command)
    if found is not None:
        yield _Stop(next(name for name in found.groups() if name), span)


def _watched(config: KeepalivedConfig) -> dict[tuple[str, str], str]:
    """The service that each tracked process and script watches: kind and name to the service."""
    found = {
        ("process", process.name): process.process[0].rsplit("/", 1)[-1]
        for process in config.track_processes
        if process.process
    }
    for script in config.scripts:
        tested = TEST.search(" ".join(script.arguments)) if not script.reverse else None
        if tested is not None:
            found["script", script.name] = tested["name"]
    return found


@rule(
    severity="error",
    sources=["keepalived 2.2.7 in network namespaces: both nodes go to FAULT and nobody holds the VIP"],
)
def notify_toggles_tracked_service(config: KeepalivedConfig) -> Iterator[Finding]:
    """A notify script stops, on the backup, the service that the instance needs to be able to take over.

    Why it hurts: as BACKUP the node stops the service, the check without a weight fails, and the instance goes to
    FAULT. From there it cannot become MASTER, and nothing starts the service again: when the master dies, nobody takes
    the VIP over. Every node begins as BACKUP, so nobody may hold it from the start.

    When it stays silent: for a check with a weight, which leaves the backup able to take over; where the script that
    stops it is not among the files, or does so under a condition.

    What to do: let the service run on every node, or do not track it without a weight.
    """
    groups = {name: group for group in config.sync_groups for name, _ in group.members}
    watched: dict[tuple[str, str], str] | None = None
    for instance in config.instances:
        group = groups.get(instance.name)
        scripts = [*instance.notify, *(group.notify if group is not None else ())]
        backup = [script for script in scripts if script.keyword == "notify_backup"]
        if not backup:
            continue
        if watched is None:
            watched = _watched(config)
        tracks = [*instance.tracks, *(group.tracks if group is not None else ())]
        needed = {
            watched[track.kind, track.name]: track
            for track in tracks
            if track.weight == 0 and not track.reverse and (track.kind, track.name) in watched
        }
        stop = next((stop for script in backup for stop in _stops(config, script) if stop.service in needed), None)
        if stop is None:
            continue
        track, node = needed[stop.service], config.node
        yield Finding(
            at=stop.span,
            subject=(node.name, instance.name, "notify_backup"),
            message=(
                f"as BACKUP, {instance.name} on {node.name} stops {stop.service}, which it tracks without a weight "
                f"({track.name}): it goes to FAULT and cannot take the VIP over, and when the master dies nobody has it"
            ),
            label=f"stops {stop.service}",
            related=[Related("needed here", track.span)],
            help=f"let {stop.service} run on every node, or give the check a weight",
            nodes=(node.name,),
        )

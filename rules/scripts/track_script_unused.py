"""The rule ``scripts/track-script-unused``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Unchecked, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import VrrpInstance, VrrpSyncGroup

WATCHING = frozenset({"script", "process", "file"})
"""Trackers that can watch a service."""


@rule(
    severity="warning",
    sources=["keepalived 2.0.20 to 2.4.3, run: `Warning - script … is not used`; keepalived -t says nothing"],
)
def track_script_unused(config: KeepalivedConfig) -> Iterator[Finding | Unchecked]:
    """A `vrrp_script` is defined and tracked nowhere.

    Why it hurts: keepalived never runs it. Whoever wrote it believes that the service is watched, and it is not: when
    it dies the VIPs stay.

    When it stays silent: for scripts that an instance or sync group names, also wrongly placed; on a node with HAProxy
    whose instances track nothing at all, which is a finding of its own; for files without any instance, such as a
    shared one; where lines are lost or an include is missing, since they may track it.

    What to do: name it in track_script of the instance, or take the block out.
    """
    trackers: list[VrrpInstance | VrrpSyncGroup] = [*config.instances, *config.sync_groups, *config.dropped_instances]
    if not config.instances or any(instance.damaged is not None for instance in config.instances):
        return
    used = {track.name for tracker in trackers for track in tracker.tracks if track.kind == "script"}
    used |= {track.name for tracker in trackers for track in tracker.ignored_tracks if track.kind == "script"}
    if any("$" in name or "{" in name for name in used):
        return
    watching = any(track.kind in WATCHING for tracker in trackers for track in tracker.tracks)
    if config.node.haproxy is not None and not watching:
        return
    for script in config.scripts:
        if script.name in used:
            continue
        if config.incomplete is not None:
            yield Unchecked(config.node.name, f"whether vrrp_script {script.name} is tracked", config.incomplete.why)
            continue
        yield Finding(
            at=script.span,
            subject=(config.node.name, script.name, "track_script"),
            message=(
                f"vrrp_script {script.name} on {config.node.name} is tracked by no instance: keepalived never runs it, "
                f"and "
                "no VIP moves when it would fail"
            ),
            label="never run",
            help=f"add track_script {{ {script.name} }} to the instance, on a line of its own, or take the block out",
            nodes=(config.node.name,),
        )

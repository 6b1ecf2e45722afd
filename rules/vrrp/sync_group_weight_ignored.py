"""The rule ``vrrp/sync-group-weight-ignored``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cfglint.analysis.keepalived_statements import VALUE, fails_check, is_open, within
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import VrrpInstance, VrrpSyncGroup
from cfglint.source import Span


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `ignoring tracked script … with weights due to SYNC group`"],
)
def sync_group_weight_ignored(config: KeepalivedConfig) -> Iterator[Finding]:
    """A member of a sync group tracks something with a weight.

    Why it hurts: members of a group change state together, so keepalived ignores trackers with a weight: when the check
    fails nothing happens, and the VIPs stay on the broken node.

    When it stays silent: for trackers without a weight (which put the whole group into FAULT); for trackers of the
    group itself; for groups with sync_group_tracking_weight.

    What to do: take the weight out, or track it in the group.
    """
    groups: dict[str, VrrpSyncGroup] = {}
    for group in config.sync_groups:
        if not group.global_tracking:
            for name, _ in group.members:
                groups.setdefault(name, group)
    for instance in config.instances:
        joined = groups.get(instance.name)
        if joined is None:
            continue
        for track in instance.ignored_tracks:
            if track.why == "weight in a sync group":
                yield _finding(config, instance, joined, (track.kind, track.name, track.span))
        yield from _interfaces(config, instance, joined)


def _interfaces(config: KeepalivedConfig, instance: VrrpInstance, group: VrrpSyncGroup) -> Iterator[Finding]:
    """Tracked interfaces with a weight: only the weight is ignored, the interface still counts."""
    for line in within(instance.block, "track_interface", VALUE) if instance.block is not None else ():
        words = [word.text for word in line.words]
        if len(words) < 3 or words[1] != "weight" or not words[2].strip("+-0") or is_open(line):
            continue
        found = _finding(config, instance, group, ("interface", line.keyword, line.words[0].span))
        yield replace(
            found,
            severity="warning",
            message=(
                f"{instance.name} on {config.node.name} tracks interface {line.keyword} with a weight, and is in sync "
                f"group {group.name}: keepalived ignores the weight, and the whole group goes to FAULT when it is down"
            ),
            label="its weight is ignored",
        )


def _finding(
    config: KeepalivedConfig, instance: VrrpInstance, group: VrrpSyncGroup, track: tuple[str, str, Span]
) -> Finding:
    kind, name, span = track
    return Finding(
        at=span,
        subject=(config.node.name, instance.name, f"track_{kind}", name),
        message=(
            f"{instance.name} on {config.node.name} tracks {kind} {name} with a weight, and is in sync "
            f"group "
            f"{group.name}: keepalived ignores the tracker, and nothing moves when it fails"
        ),
        label="ignored in a sync group",
        related=[Related(f"the group {group.name}", group.span)],
        help="take the weight out, or track it in the vrrp_sync_group block",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )

"""The rule ``vrrp/sync-group-weight-ignored``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import Track, VrrpInstance, VrrpSyncGroup

REPORTED = frozenset({"script", "interface", "bfd", "file", "process"})


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
        for track in (*instance.tracks, *_ignored(instance)):
            if isinstance(track.weight, int) and track.weight and track.kind in REPORTED:
                yield _finding(config, instance, joined, track)


def _ignored(instance: VrrpInstance) -> list[Track]:
    """Trackers that the model has already left out for this very reason; their weight is not 0."""
    return [
        Track(track.kind, track.name, 1, reverse=False, span=track.span)  # type: ignore[arg-type]  # the same kinds
        for track in instance.ignored_tracks
        if track.why == "weight in a sync group"
    ]


def _finding(config: KeepalivedConfig, instance: VrrpInstance, group: VrrpSyncGroup, track: Track) -> Finding:
    return Finding(
        at=track.span,
        subject=(config.node.name, instance.name, f"track_{track.kind}", track.name),
        message=(
            f"{instance.name} on {config.node.name} tracks {track.kind} {track.name} with a weight, and is in sync "
            f"group "
            f"{group.name}: keepalived ignores the tracker, and nothing moves when it fails"
        ),
        label="ignored in a sync group",
        related=[Related(f"the group {group.name}", group.span)],
        help="take the weight out, or track it in the vrrp_sync_group block",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )

"""The rule ``scripts/track-target-undefined``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Unchecked, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import IgnoredTrack

DEFINED_BY = {"file": "track_file", "process": "vrrp_track_process", "bfd": "bfd_instance"}
MISSING = frozenset({"undefined", "defined later"})


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: `track file … not found, ignoring...`, and the same for process and bfd"],
)
def track_target_undefined(config: KeepalivedConfig) -> Iterator[Finding | Unchecked]:
    """A track_file, track_process or track_bfd line names something that is not defined above it.

    Why it hurts: keepalived ignores the line and watches nothing, so the VIPs stay where they are.

    When it stays silent: for names that a block above defines; where an include is missing, they are unchecked.

    What to do: define it above the first instance that tracks it, or correct the name.
    """
    trackers = [(instance.name, instance.ignored_tracks) for instance in config.instances]
    trackers += [(group.name, group.ignored_tracks) for group in config.sync_groups]
    for tracker, ignored in trackers:
        for track in ignored:
            if track.kind not in DEFINED_BY or track.why not in MISSING:
                continue
            if track.why == "undefined" and config.incomplete is not None:
                yield Unchecked(
                    config.node.name, f"track_{track.kind} {track.name} of {tracker}", config.incomplete.why
                )
            else:
                yield _finding(config, tracker, track)


def _finding(config: KeepalivedConfig, tracker: str, track: IgnoredTrack) -> Finding:
    block = DEFINED_BY[track.kind]
    what = f"which no {block} defines" if track.why == "undefined" else f"whose {block} comes only further down"
    return Finding(
        at=track.span,
        subject=(config.node.name, tracker, f"track_{track.kind}", track.name),
        message=(
            f"{tracker} on {config.node.name} tracks {track.kind} {track.name}, {what}: keepalived ignores the line, "
            f"and "
            "nothing is watched"
        ),
        label="not defined" if track.why == "undefined" else "not defined yet",
        help=f"write {block} {track.name} {{ … }} above {tracker}, or correct the name",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )

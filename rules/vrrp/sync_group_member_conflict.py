"""The rule ``vrrp/sync-group-member-conflict``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.vrrp import Track, VrrpInstance, VrrpSyncGroup

ADDRESS_OWNER = 255


def _owns(instance: VrrpInstance) -> bool:
    return instance.priority.value == ADDRESS_OWNER


def _owners(config: KeepalivedConfig, group: VrrpSyncGroup, members: list[VrrpInstance]) -> Iterator[Finding]:
    """A member that owns its address beside one that does not."""
    owners = [member for member in members if _owns(member)]
    others = [member for member in members if not _owns(member)]
    if not owners or not others:
        return
    first, other = owners[0], others[0]
    # The daemon goes by the states, and only while every member before was an owner.
    said = _owns(members[0]) and other.state.value == "BACKUP"
    yield Finding(
        at=first.priority.span,
        subject=(config.node.name, group.name, "owner"),
        message=(
            f"in sync group {group.name} on {config.node.name}, {first.name} has priority 255 and {other.name} "
            f"{other.priority.value}: an address owner never gives way, so the two cannot fail over together"
        ),
        label="never gives way",
        related=[Related(f"{other.name} can be overruled", other.priority.span), Related("the group", group.span)],
        help="write a priority of at most 254",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node) if said else None,
    )


def _owner_weights(config: KeepalivedConfig, group: VrrpSyncGroup, members: list[VrrpInstance]) -> Iterator[Finding]:
    """A weight on the group beside a member whose priority never changes."""
    owner = next((member for member in members if _owns(member)), None)
    for track in group.tracks if owner is not None else ():
        if owner is None or not isinstance(track.weight, int) or not track.weight:
            continue
        yield Finding(
            at=track.span,
            subject=(config.node.name, group.name, f"track_{track.kind}", track.name, "owner"),
            message=(
                f"sync group {group.name} on {config.node.name} tracks {track.kind} {track.name} with a weight beside "
                f"{owner.name}, whose priority of 255 never changes: keepalived drops the weight, and a failure puts "
                "the whole group into FAULT"
            ),
            label="its weight is dropped",
            related=[Related("priority 255 comes from here", owner.priority.span)],
            help="write priorities of at most 254, or take the weight out",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )


def _tracked_twice(config: KeepalivedConfig, group: VrrpSyncGroup, members: list[VrrpInstance]) -> Iterator[Finding]:
    """An interface that the group tracks and that is a member's own, or tracked by it, too."""
    for track in group.tracks:
        if track.kind != "interface":
            continue
        for member in members:
            own = member.interface.value == track.name and not _leaves_out(member)
            same = next((other for other in member.tracks if _is(other, track.name)), None)
            if not own and same is None:
                continue
            place = member.interface.span if same is None else same.span
            yield Finding(
                at=track.span,
                subject=(config.node.name, group.name, "track_interface", track.name, member.name),
                message=(
                    f"sync group {group.name} on {config.node.name} tracks {track.name}, which {member.name} "
                    f"{'uses itself' if same is None else 'tracks, too'}: keepalived asks for one of the two"
                ),
                label="tracked twice",
                related=[Related(f"by {member.name} here", place)],
                help="take one of the two out",
                nodes=(config.node.name,),
                fails_check=fails_check(config.node),
            )


def _leaves_out(member: VrrpInstance) -> bool:
    children = member.block.children if member.block is not None else []
    return any(child.keyword == "dont_track_primary" for child in children)


def _is(track: Track, name: str) -> bool:
    return track.kind == "interface" and track.name == name


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 and 2.3.4: `some member(s) as address owner`, `Cannot have weighted track`"],
)
def sync_group_member_conflict(config: KeepalivedConfig) -> Iterator[Finding]:
    """Members of a sync group contradict each other or the group.

    Why it hurts: an instance with priority 255 takes its VIPs whatever the rest of the group does, so the group is torn
    apart. An interface that a member uses or tracks and the group tracks, too, counts twice, with two weights.

    When it stays silent: for groups whose members all have priorities up to 254, or all 255; for interfaces that only
    the group or only the member tracks.

    What to do: write priorities of at most 254, and track an interface in one place.
    """
    instances = {instance.name: instance for instance in config.instances}
    for group in config.sync_groups:
        members = [instances[name] for name, _ in group.members if name in instances]
        yield from _owners(config, group, members)
        yield from _owner_weights(config, group, members)
        yield from _tracked_twice(config, group, members)

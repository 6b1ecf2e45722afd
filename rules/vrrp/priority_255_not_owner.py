"""The rule ``vrrp/priority-255-not-owner``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance

ADDRESS_OWNER = 255


@rule(
    severity="warning",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `ignoring tracked script … with weights due to address_owner`",
        "elections observed: weights have no effect with priority 255",
    ],
)
def priority_255_not_owner(instance: VrrpInstance) -> Iterator[Finding]:
    """An instance with priority 255 tracks something with a weight.

    Why it hurts: priority 255 says that the node owns the address, and an owner's priority never changes: keepalived
    ignores every weight. When the check fails nothing happens, and the VIPs stay on the broken node.

    When it stays silent: for priorities up to 254; for trackers without a weight, which put the instance into FAULT
    also here.

    What to do: write 254 as the highest priority, or take the weights out.
    """
    if instance.priority.value != ADDRESS_OWNER:
        return
    for track in instance.ignored_tracks:
        if track.why != "weight of the address owner":
            continue
        how = "" if instance.priority.written else " (state MASTER without a priority line means that)"
        yield Finding(
            at=track.span,
            subject=(instance.node.name, instance.name, f"track_{track.kind}", track.name),
            message=(
                f"{instance.name} on {instance.node.name} tracks {track.kind} {track.name} with a weight beside "
                f"priority "
                f"255{how}: keepalived ignores it, and no VIP moves when it fails"
            ),
            label="its weight has no effect",
            related=[Related("priority 255 comes from here", instance.priority.span)],
            help="write a priority of at most 254, or take the weight out",
            nodes=(instance.node.name,),
            fails_check=fails_check(instance.node) if track.kind != "process" else None,
        )

"""The rule ``vrrp/track-interface-own``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, rule
from cfglint.model.vrrp import VrrpInstance


@rule(
    severity="info",
    sources=["keepalived -t 2.0.20 to 2.4.3: `Ignoring track_interface … since own interface`"],
)
def track_interface_own(instance: VrrpInstance) -> Iterator[Finding]:
    """A `track_interface` names the interface that the instance runs on.

    Why it hurts: keepalived ignores the line: the own interface is tracked anyway, and it puts the instance into FAULT
    when it goes down. A weight on the line has no effect, which may not be what was meant, and the daemon's check
    fails.

    When it stays silent: for every other interface.

    What to do: take the line out.
    """
    for track in instance.ignored_tracks:
        if track.why != "own interface":
            continue
        yield Finding(
            at=track.span,
            subject=(instance.node.name, instance.name, "track_interface", track.name),
            message=(
                f"{instance.name} on {instance.node.name} tracks {track.name}, its own interface: keepalived ignores "
                f"the "
                "line, since it tracks that one anyway"
            ),
            label="tracked anyway",
            related=[Related("the instance's interface", instance.interface.span)],
            help="take the line out",
            nodes=(instance.node.name,),
            fails_check=fails_check(instance.node),
        )

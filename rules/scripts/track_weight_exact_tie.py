"""The rule ``scripts/track-weight-exact-tie``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.election_weights import stuck_checks
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import vips_of
from cfglint.model.cluster import VrrpGroup


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: 150 - 50 = 100 keeps the VIP against 100"],
)
def track_weight_exact_tie(group: VrrpGroup) -> Iterator[Finding]:
    """A failing check makes the master's priority equal to a healthy node's, which does not hand over.

    Why it hurts: a backup takes over only from a lower master, not from an equal one. The weight is one short: the
    VIP stays on the node whose check fails.

    When it stays silent: where the weight exceeds the gap between the priorities, or falls short of it by more than
    that (which is reported as too small); where the files do not tell who is master. Where only several failing
    checks together hand over, it is a warning.

    What to do: make the weight one larger than the gap.
    """
    for stuck in stuck_checks(group):
        if stuck.reason != "equal":
            continue
        node, rival, track = stuck.member.node.name, stuck.rival.node.name, stuck.track
        only = "; it moves only when other weighted checks fail too" if stuck.together else ""
        yield Finding(
            at=track.span,
            subject=(*group.key, f"track_{track.kind}", track.name),
            severity="warning" if stuck.together else "error",
            message=(
                f"weight {track.weight} of {track.kind} {track.name} only makes {node} equal to {rival}: when it fails "
                f"there, {stuck.mine} = {stuck.theirs} ({rival}), equality does not hand over, and {vips_of(group)} "
                f"stays where the check fails{only}"
            ),
            label=f"weight {track.weight}",
            related=[
                Related(f"priority {stuck.member.priority.value} on {node}", stuck.member.priority.span),
                Related(f"priority {stuck.rival.priority.value} on {rival}", stuck.rival.priority.span),
            ],
            help=(
                "track it without a weight, so that its failure means FAULT"
                if stuck.needed is None
                else f"use weight {stuck.needed} on every node: one more than the gap"
            ),
            nodes=(node, rival),
        )

"""The rule ``scripts/track-weight-cannot-flip``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.election_weights import StuckCheck, stuck_checks
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import vips_of
from cfglint.model.cluster import VrrpGroup


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: 150 - 20 = 130 keeps the VIP against 100"],
)
def track_weight_cannot_flip(group: VrrpGroup) -> Iterator[Finding]:
    """A check fails on the master, and its weight is too small to hand the VIP over.

    Why it hurts: keepalived lowers the priority by the weight and says so in its log, but the master still outranks
    every healthy node: the VIP stays on the node whose check fails. With priority 255 no weight counts at all.

    When it stays silent: where a healthy node ends up above the master (also with a small positive weight, say 101
    against 100 with weight 2); where the check has no weight, which means FAULT; where the files do not tell who is
    master. Where only several failing checks together hand over, it is a warning.

    What to do: use a weight that exceeds the gap between the priorities, or none.
    """
    for stuck in stuck_checks(group):
        if stuck.reason in {"stays above", "owner"}:
            yield _finding(group, stuck)


def _finding(group: VrrpGroup, stuck: StuckCheck) -> Finding:
    node, rival, track = stuck.member.node.name, stuck.rival.node.name, stuck.track
    if stuck.reason == "owner":
        sums = f"priority 255 of {node} is never changed by a weight"
    else:
        sums = f"{stuck.mine} > {stuck.theirs} ({rival})"
    only = "; it moves only when other weighted checks fail too" if stuck.together else ""
    written = f"weight {track.weight} of {track.kind} {track.name}"
    advice = "track it without a weight, so that its failure means FAULT"
    return Finding(
        at=track.span,
        subject=(*group.key, f"track_{track.kind}", track.name),
        severity="warning" if stuck.together else "error",
        message=(
            f"{written} cannot move {vips_of(group)} away from {node}: when it fails there, {sums}, so the VIP stays "
            f"where the check fails{only}"
        ),
        label=f"weight {track.weight}",
        related=[
            Related(f"priority {stuck.member.priority.value} on {node}", stuck.member.priority.span),
            Related(f"priority {stuck.rival.priority.value} on {rival}", stuck.rival.priority.span),
        ],
        help=advice if stuck.needed is None else f"use weight {stuck.needed} on every node, or {advice}",
        nodes=(node, rival),
    )

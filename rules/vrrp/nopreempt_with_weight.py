"""The rule ``vrrp/nopreempt-with-weight``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.election_weights import stuck_checks
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import vips_of
from cfglint.model.cluster import VrrpGroup


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: a master at 90 keeps the VIP against 100, nopreempt"],
)
def nopreempt_with_weight(group: VrrpGroup) -> Iterator[Finding]:
    """A check lowers the master below a node that does not preempt.

    Why it hurts: a weight hands the VIP over by making another node the better one, and `nopreempt` forbids that node
    to take over from a running master. When the check fails, the VIP stays where the service is dead.

    When it stays silent: where the node that would take over preempts (also `nopreempt` with `state MASTER`, which
    keepalived clears); where checks have no weight, since FAULT hands over all the same; where the weight could not
    hand over anyhow, which is reported itself.

    What to do: track without a weight, or take nopreempt out on the node that is to take over.
    """
    for stuck in stuck_checks(group):
        if stuck.reason != "nopreempt":
            continue
        node, rival, track = stuck.member.node.name, stuck.rival.node.name, stuck.track
        yield Finding(
            at=stuck.rival.nopreempt_span or stuck.rival.span,
            subject=(*group.key, "nopreempt", track.name),
            message=(
                f"nopreempt on {rival} keeps {vips_of(group)} on {node} when {track.kind} {track.name} fails there: "
                f"{stuck.mine} < {stuck.theirs} ({rival}), but {rival} never takes over from a running master"
            ),
            label=f"{rival} never takes over from a running master",
            related=[Related(f"weight {track.weight} on {node}", track.span)],
            help="track it without a weight, so that its failure means FAULT; or take nopreempt out on " + rival,
            nodes=(node, rival),
        )

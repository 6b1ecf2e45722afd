"""The rule ``kernel/sysctl-overridden``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.sysctl import overridden, topic
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Fleet
from cfglint.model.node import Node


@rule(
    severity="warning",
    yields_to=(
        "kernel/nonlocal-bind-missing",
        "kernel/nonlocal-bind-v6-missing",
        "kernel/ip-forward-missing",
        "lvs/dr-arp-announce-missing",
        "lvs/dr-arp-only-lo",
        "lvs/dr-rs-answers-arp",
    ),
    sources=["sysctl.d(5); sysctl --system and systemd-sysctl run on the same files (procps 4.0.2, systemd 252)"],
)
def sysctl_overridden(fleet: Fleet) -> Iterator[Finding]:
    """A kernel setting is written twice with different values, and the later one wins.

    Why it hurts: the value in the file that one edits is not in force. All files sort by name, whatever their folder;
    /etc/sysctl.conf is read as 99-sysctl.conf at boot but last of all by `sysctl --system`, so that the value can
    even change between the two.

    When it stays silent: for equal values; for vendor files below /usr/lib, which are meant to be overridden; for
    globs, which a written key beats anyway; for keys outside `net`.

    What to do: keep one line for each key.
    """
    for node in fleet.nodes:
        yield from _check(fleet, node)


def _check(fleet: Fleet, node: Node) -> Iterator[Finding]:
    for found in overridden(node.kernel):
        loser, winner = found.loser, found.winner
        then = ""
        if found.after_reload is not None:
            then = f", and {found.after_reload.value} after `sysctl --system`, which reads sysctl.conf last"
        yield Finding(
            at=loser.span,
            subject=topic(fleet, node, loser.key),
            message=(
                f"{loser.key} = {loser.value} has no effect on {node.name}: {winner.span.path} sets it to "
                f"{winner.value} later, so {winner.value} is in force after a boot{then}"
            ),
            label="overridden",
            related=[Related(f"{winner.value} wins", winner.span)],
            help="remove one of the two lines",
            nodes=(node.name,),
        )

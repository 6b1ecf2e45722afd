"""The rule ``kernel/sysctl-key-suspect``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.sysctl import suspects, topic
from cfglint.engine import Finding, rule
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
    sources=["sysctl --system and systemd-sysctl run on such lines (procps 4.0.2, systemd 252): skipped, status 0"],
)
def sysctl_key_suspect(fleet: Fleet) -> Iterator[Finding]:
    """A line of a sysctl file has no effect: no loader or kernel takes it.

    Why it hurts: the loaders skip a key that does not exist without failing, so nobody notices: a slip in the key, an
    interface of another name, or `eth0.100` where `eth0/100` names the VLAN.

    When it stays silent: for globs and keys outside `net`; for interface names where the interface files do not name
    every interface.

    What to do: correct the key; `sysctl KEY` shows whether it exists.
    """
    for node in fleet.nodes:
        yield from _check(fleet, node)


def _check(fleet: Fleet, node: Node) -> Iterator[Finding]:
    for problem in node.kernel.problems:
        yield Finding(
            at=problem.span,
            subject=(node.name, "sysctl", problem.message),
            message=f"a line of the sysctl files of {node.name} has no effect: {problem.message}",
            label="skipped",
            help="write it as key = value",
            nodes=(node.name,),
        )
    for found in suspects(node.kernel, node.addresses):
        if not found.line.value:
            continue
        meant = f"write {found.meant}" if found.meant else "correct the line, or remove it"
        yield Finding(
            at=found.line.span,
            subject=topic(fleet, node, found.meant or found.line.key),
            message=f"{found.line.key} = {found.line.value} has no effect on {node.name}: {found.why}",
            label="no effect",
            help=meant,
            nodes=(node.name,),
        )

"""The rule ``kernel/sysctl-all-max-surprise``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.sysctl import surpassed
from cfglint.engine import Finding, Related, rule
from cfglint.model.node import Node


@rule(
    severity="warning",
    sources=["packets in network namespaces: of all and the interface the maximum counts (arp_ignore, rp_filter, …)"],
)
def sysctl_all_max_surprise(node: Node) -> Iterator[Finding]:
    """An interface's value is lower than that of `all`, and the kernel takes the higher one.

    Why it hurts: for arp_ignore, arp_announce, arp_notify and rp_filter the kernel takes the maximum of `all` and the
    interface. A line that wants less for one interface has no effect.

    When it stays silent: for higher or equal values, for keys that combine otherwise, for vendor files and globs.

    What to do: lower `all` and set the interfaces one by one, or remove the line.
    """
    for found in surpassed(node.kernel):
        yield Finding(
            at=found.line.span,
            subject=(node.name, found.line.key),
            message=(
                f"{found.line.key} = {found.line.value} has no effect on {node.name}: all is "
                f"{found.everywhere.value}, and the kernel takes the higher of the two"
            ),
            label=f"{found.everywhere.value} is in force",
            related=[Related(f"{found.everywhere.value} for all", found.everywhere.span)],
            help=f"lower the value of all, or remove the line for {found.interface}",
            nodes=(node.name,),
        )

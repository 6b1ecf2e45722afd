"""The rule ``lvs/dr-arp-only-lo``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from cfglint.analysis.arp import arp_answer
from cfglint.analysis.real_servers import backends, served_clusters
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.cluster import Cluster, Fleet
from cfglint.model.value import Unknown

HIDING = (1, 2, 8)


@rule(
    severity="error",
    yields_to=("lvs/dr-vip-on-arp-interface",),
    sources=["ARP requests in network namespaces: with arp_ignore = 1 only for lo the VIP is answered for"],
)
def dr_arp_only_lo(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """A real server of direct routing sets arp_ignore for lo only, which has no effect.

    Why it hurts: the kernel reads arp_ignore of the interface that the request arrives on (and of `all`), never of
    lo. The real server answers ARP requests for the VIP although a line seems to forbid it.

    When it stays silent: where `all` or the asked interface has a value that hides the VIP; what lo says does not
    matter then.

    What to do: set net.ipv4.conf.all.arp_ignore = 1, or that of the interface towards the director.
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    for backend in backends(cluster, "DR"):
        vip, node = backend.vip, backend.node
        asked = backend.asked_on
        if backend.is_director or not isinstance(vip, IPv4Address) or isinstance(asked, Unknown):
            continue
        line = node.kernel.value("net.ipv4.conf.lo.arp_ignore")
        carried = {carrier.interface for carrier in backend.carriers}
        if line is None or line.number not in HIDING or not carried:
            continue
        for interface in (name for name in asked if name not in carried):
            if arp_answer(node.addresses, node.kernel, vip, interface).answers is True:
                yield Finding(
                    at=line.span,
                    subject=backend.key,
                    message=(
                        f"{node.name} sets arp_ignore {line.number} for lo, but requests for the VIP {vip} arrive on "
                        f"{interface}, and lo has no part in it: {node.name} answers them beside the director, and "
                        "traffic of clients that learn its address skips the load balancing"
                    ),
                    label="has no effect on lo",
                    related=[Related("the VIP", carrier.span) for carrier in backend.carriers[:1]],
                    help=f"set net.ipv4.conf.all.arp_ignore = 1, or that of {interface}",
                    nodes=(node.name,),
                )
                break

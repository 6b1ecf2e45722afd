"""The rule ``lvs/dr-arp-announce-missing``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from cfglint.analysis.arp import announces
from cfglint.analysis.real_servers import backends, served_clusters
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.cluster import Cluster, Fleet
from cfglint.model.value import Unknown


@rule(
    severity="warning",
    sources=["ARP requests in network namespaces: only arp_announce 2 keeps a VIP of the same subnet out of them"],
)
def dr_arp_announce_missing(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """A real server of direct routing names the VIP as the sender of its own ARP requests.

    Why it hurts: when the real server answers a client it asks its neighbours "who has X, tell VIP". Each neighbour
    that hears it may write the real server's hardware address beside the VIP, and from then on sends there instead
    of to the director.

    When it stays silent: where the effective arp_announce of the interface is 2 (or 1, for a VIP of a foreign
    subnet). Without sysctl files it is unchecked.

    What to do: set arp_announce = 2 for `all`, or for the interface towards the director.
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    for backend in backends(cluster, "DR"):
        vip, node = backend.vip, backend.node
        asked = backend.asked_on
        if (
            backend.is_director
            or not isinstance(vip, IPv4Address)
            or not backend.carriers
            or isinstance(asked, Unknown)
        ):
            continue
        for interface in asked:
            neighbour = next((entry.address.ip for entry in node.addresses.on(interface)), None)
            setting = node.kernel.effective("arp_announce", interface)
            if isinstance(setting.value, Unknown):
                yield Unchecked(node.name, f"ARP requests for {vip} on {interface}", setting.value.why)
                continue
            if not isinstance(neighbour, IPv4Address):
                continue
            if not announces(node.addresses, vip, neighbour, interface, setting.value):
                continue
            sources = setting.sources
            where = "" if sources else ", set nowhere"
            yield Finding(
                at=sources[0].span if sources else backend.carriers[0].span,
                subject=(*backend.key, "arp_announce"),
                message=(
                    f"{node.name} sends ARP requests on {interface} with the VIP {vip} as their sender (effective "
                    f"arp_announce {setting.value}{where}, 2 is needed): neighbours learn {node.name} for the VIP and "
                    "skip the director until the entry ages"
                ),
                label=f"arp_announce {setting.value}" if sources else "named as the sender",
                related=[Related("the VIP", carrier.span) for carrier in backend.carriers[:1] if sources],
                help=f"set net.ipv4.conf.all.arp_announce = 2 (or that of {interface}) on {node.name}",
                nodes=(node.name,),
            )
            break

"""The rule ``network/vip-static-on-lb``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.vip_placement import static_vips
from cfglint.engine import Finding, Related, rule
from cfglint.model.node import Node


@rule(
    severity="error",
    yields_to=("vrrp/vip-is-real-address",),
    sources=["keepalived 2.2.7 in network namespaces removes a static VIP when it starts as backup, and nothing later"],
)
def vip_static_on_lb(node: Node) -> Iterator[Finding]:
    """A VIP that Keepalived moves is also a static address of a load balancer.

    Why it hurts: Keepalived takes the address away when it starts as backup, but each restart of the network brings
    it back. From then on two hosts have the VIP, and clients reach one or the other by chance.

    When it stays silent: for addresses on lo or a dummy device; for the address owner (priority 255); for captures of
    a running host, where the master rightly shows the VIP.

    What to do: delete the address from the interface file; Keepalived alone manages it.
    """
    for found in static_vips(node):
        if found.is_primary:
            continue
        vip = found.vip.address
        yield Finding(
            at=found.entry.span,
            subject=(node.name, "vip", str(vip)),
            message=(
                f"{node.name} configures {vip} on {found.entry.interface} although {found.instance.name} moves it as "
                "a VIP: each restart of the network brings it back while another node holds it, and two hosts answer "
                "for it"
            ),
            label="also a VIP",
            related=[Related(f"a VIP of {found.instance.name}", found.vip.span)],
            help=f"remove {vip} from the interface file and leave it to Keepalived",
            nodes=(node.name,),
        )

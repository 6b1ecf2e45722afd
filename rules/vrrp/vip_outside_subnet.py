"""The rule ``vrrp/vip-outside-subnet``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.segments import interfaces_towards, subnets
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import listing
from cfglint.model.cluster import VrrpGroup
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance


@rule(
    severity="warning",
    yields_to=("vrrp/interface-subnet-mismatch",),
    sources=["Linux: gratuitous ARP for an address leaves by the device that carries it"],
)
def vip_outside_subnet(group: VrrpGroup) -> Iterator[Finding]:
    """A VIP is put on an interface of another subnet than its own.

    Why it hurts: after a failover Keepalived announces the VIP on the interface that carries it, and the hosts of the
    VIP's own segment do not hear that: they send to the old master until their ARP entries age.

    When it stays silent: where no other interface of the node is in the VIP's subnet (it may be routed to the pair);
    for a line with `dev`; with `use_vmac`; for IPv6 link-local addresses; where the interface files do not tell the
    addresses of both interfaces; for an instance whose peer is not given.

    What to do: name the right interface, by `interface` or with `dev` on the VIP's line.
    """
    for instance in group.members:
        device = instance.interface.value
        if isinstance(device, str) and not instance.use_vmac:
            yield from _on_other_side(group, instance, device)


def _on_other_side(group: VrrpGroup, instance: VrrpInstance, device: str) -> Iterator[Finding]:
    node, host, vips = instance.node, instance.node.addresses, instance.all_addresses
    for line in (*instance.vips, *instance.excluded_vips):
        address = line.address
        if line.device is not None or isinstance(address, Unknown) or address.is_link_local:
            continue
        own = [network for network in subnets(host, device, vips) if network.version == address.version]
        if not own or any(address in network for network in own):
            continue
        nearer = interfaces_towards(host, address, vips)
        if not nearer or any(name.startswith("?") for name in nearer):
            continue
        entry = next(entry for entry in host.on(nearer[0]) if address in entry.address.network)
        yield Finding(
            at=line.span,
            subject=(*group.key, "interface"),
            message=(
                f"the VIP {address} of {instance.name} goes on {device} of {node.name} ({listing(own)}), but its "
                f"subnet is that of {listing(nearer)}: after a failover the hosts there are not told, and send to "
                "the old master"
            ),
            label=f"on {device}",
            related=[Related(f"{nearer[0]} is in its subnet", entry.span)],
            help=f"put it on {nearer[0]}: by interface, or with `dev {nearer[0]}` on this line",
            nodes=(node.name,),
        )

"""The rule ``network/gateway-outside-subnet``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.gateways import gateway_subnets, unowned_gateways
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Fleet


@rule(
    severity="error",
    yields_to=("lvs/nat-rs-gateway", "lvs/dr-rs-gateway-director", "lvs/nat-rs-gateway-real-ip"),
    sources=["ip-route(8): a next hop must be on a link (Nexthop has invalid gateway), unless it is given as onlink"],
)
def gateway_outside_subnet(fleet: Fleet) -> Iterator[Finding]:
    """A default gateway is in none of its interface's subnets, or is an address that nobody around uses.

    Why it hurts: the kernel refuses a default route whose gateway it cannot reach on the link, so the host has none:
    it answers nobody outside its own subnets. A gateway that no host has gives the same, without a message.

    When it stays silent: for gateways given as on-link, for link-local ones, for interfaces without any subnet
    (prefix 32), and for captured routes, which the kernel took. That nobody has the gateway is said, as information,
    only of servers behind direct routing whose directors all stand on that one segment, with their interface files
    given, and none of them uses the same gateway.

    What to do: name a router inside the interface's subnet.
    """
    for found in gateway_subnets(fleet):
        shown = ", ".join(map(str, found.networks))
        yield Finding(
            at=found.route.span,
            subject=(found.cluster, found.node.name, "gateway"),
            message=(
                f"the default gateway {found.route.gateway} of {found.node.name} is in no subnet of "
                f"{found.route.interface} ({shown}): the kernel refuses the route, and {found.node.name} reaches "
                "nothing beyond its own subnets"
            ),
            label=f"not in {shown}",
            related=[Related(f"{entry.address}", entry.span) for entry in found.addresses[:2]],
            help="use a gateway inside the interface's subnet",
            nodes=(found.node.name,),
        )
    for lonely in unowned_gateways(fleet):
        yield Finding(
            at=lonely.route.span,
            subject=(lonely.cluster, lonely.node.name, "gateway"),
            severity="info",
            message=(
                f"the default gateway {lonely.route.gateway} of {lonely.node.name} belongs to no given host, and no "
                f"director beside it uses it: if no router has it, replies of {lonely.node.name} to clients of other "
                "networks are lost"
            ),
            label="nobody given has this address",
            help="name the segment's router (in direct routing the server answers clients itself)",
            nodes=(lonely.node.name,),
        )

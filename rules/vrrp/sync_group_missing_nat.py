"""The rule ``vrrp/sync-group-missing-nat``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from cfglint.analysis.sync_groups import Torn, member_of, move_together, torn_by
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster, VrrpGroup
from cfglint.model.lvs import VirtualServer
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance


@rule(
    severity="error",
    yields_to=("vrrp/sync-group-mismatch",),
    sources=["elections observed with keepalived 2.2.7 and 2.4.3: two instances without a sync group part"],
)
def sync_group_missing_nat(cluster: Cluster) -> Iterator[Finding]:
    """A NAT director has an instance on each side, and no sync group holds them together.

    Why it hurts: with lb_kind NAT, replies come back through the internal address. When one link is lost, only its
    address moves: requests arrive at one node, replies at the other, which knows nothing of the connection.

    When it stays silent: where a vrrp_sync_group holds both instances; where each tracks the other's interface, so
    that a lost link moves both; for lb_kind DR and TUN; where no VIP is in a network of the real servers.

    What to do: put both instances into one vrrp_sync_group, on every node.
    """
    for node in cluster.nodes:
        for server in node.keepalived.virtual_servers if node.keepalived is not None else ():
            legs = _legs(cluster, node, server)
            if legs is None:
                continue
            torn = torn_by(cluster, [router for router, _ in legs])
            if torn is not None:
                yield _finding(cluster, node, legs, torn)
                return


Leg = tuple[VrrpGroup, VrrpInstance]
"""A virtual router and the node's member of it."""


def _legs(cluster: Cluster, node: Node, server: VirtualServer) -> tuple[Leg, Leg] | None:
    """The virtual routers on the outside and the inside of a NAT service, when they do not move together."""
    if server.method.value != "NAT" or server.kind != "address" or server.damaged is not None:
        return None
    backends = [real.address for real in server.real_servers if not isinstance(real.address, Unknown)]
    outside = inside = None
    for router in cluster.groups:
        member = member_of(router, node)
        if member is None:
            continue
        if server.address in member.all_addresses:
            outside = (router, member)
        elif any(_near(member, backend) for backend in backends):
            inside = (router, member)
    if outside is None or inside is None or move_together([outside[1], inside[1]]):
        return None
    return None if outside[1].interface.value == inside[1].interface.value else (outside, inside)


def _near(member: VrrpInstance, backend: Address) -> bool:
    """True when a VIP of an instance is in one network with a real server."""
    for vip in member.vips:
        if isinstance(vip.address, Unknown) or vip.address.version != backend.version or not vip.prefix_written:
            continue
        if backend in ip_network(f"{vip.address}/{vip.prefix}", strict=False):
            return True
    return False


def _finding(cluster: Cluster, node: Node, legs: tuple[Leg, Leg], torn: Torn) -> Finding:
    (_, outside), (_, inside) = legs
    return Finding(
        at=outside.span,
        subject=(cluster.name, "sync_group", *sorted(router.name for router, _ in legs)),
        message=(
            f"{outside.name} and {inside.name} of NAT director {node.name} are in no common vrrp_sync_group: {torn}, "
            "so replies miss the node that has the connections"
        ),
        label=f"outside: {outside.interface.value}",
        related=[Related(f"inside: {inside.interface.value}", inside.span)],
        help="add a vrrp_sync_group with both instances on every node",
        nodes=[other.name for other in cluster.nodes],
    )

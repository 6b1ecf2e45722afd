"""The rule ``vrrp/interface-subnet-mismatch``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cfglint.analysis.real_servers import cluster_vips
from cfglint.analysis.segments import share_segment, subnets
from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import VrrpGroup
from cfglint.model.vrrp import VrrpInstance


def _networks(member: VrrpInstance, group: VrrpGroup) -> str:
    networks = subnets(member.node.addresses, str(member.interface.value), cluster_vips(group.cluster))
    return ", ".join(str(network) for network in dict.fromkeys(networks))


@rule(
    severity="error", sources=["RFC 9568 §5.1.1.2: adverts go to a link-local multicast group and never cross a router"]
)
def interface_subnet_mismatch(group: VrrpGroup) -> Iterator[Finding]:
    """Members of one virtual router send multicast adverts on interfaces of different subnets.

    Why it hurts: multicast adverts stay on their segment. Interfaces in different subnets are on different segments,
    so no node hears the other, each becomes MASTER, and the VIP can be right on one of the two at most. Typical when
    two hosts number their interfaces the other way round.

    When it stays silent: for unicast; where subnets overlap, whatever the prefix; where the interface files of one
    node do not give an address on the interface.

    What to do: name the interfaces of both nodes that are on the same segment.
    """
    members = [member for member in group.members if not member.is_unicast and isinstance(member.interface.value, str)]
    for first, other in pairwise(members):
        shared = share_segment(
            first.node.addresses,
            other.node.addresses,
            str(first.interface.value),
            str(other.interface.value),
            cluster_vips(group.cluster),
        )
        if shared is not False:
            continue
        yield Finding(
            at=other.interface.span,
            subject=(*group.key, "interface"),
            message=(
                f"{group.name} runs on {first.interface.value} of {first.node.name} ({_networks(first, group)}) and on "
                f"{other.interface.value} of {other.node.name} ({_networks(other, group)}): multicast adverts do not "
                "cross subnets, so neither node hears the other and both hold the VIP"
            ),
            label=f"in {_networks(other, group)}",
            related=[Related(f"in {_networks(first, group)}", first.interface.span)],
            help="use the interfaces that are on one segment, or unicast_peer between different ones",
            nodes=(first.node.name, other.node.name),
        )
        return

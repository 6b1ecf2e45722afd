"""Small pieces of sentences that messages share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cfglint.model.cluster import VrrpGroup
from cfglint.model.vrrp import Address, VrrpInstance


def listing(items: Iterable[object], limit: int = 4) -> str:
    """``a, b and c``; beyond the limit ``a, b, c, d and 3 more``."""
    texts = [str(item) for item in items]
    if len(texts) > limit:
        texts = [*texts[:limit], f"{len(texts) - limit} more"]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else "nothing"


def in_order(addresses: Iterable[Address]) -> list[Address]:
    """Addresses sorted as numbers, IPv4 first."""
    return sorted(addresses, key=lambda address: (address.version, int(address)))


def names(members: Sequence[VrrpInstance]) -> list[str]:
    """The members' nodes by name."""
    return [member.node.name for member in members]


def vips_of(group: VrrpGroup) -> str:
    """The VIPs of a virtual router in words: its known addresses, or ``its VIPs``."""
    found = frozenset[Address]().union(*(member.addresses for member in group.members))
    return listing(in_order(found)) if found else "its VIPs"


def both_hold(group: VrrpGroup) -> str:
    """What follows when members do not accept each other's adverts."""
    who = "both nodes" if len(group.members) == 2 else "several nodes"
    return f"{who} become MASTER and hold {vips_of(group)} at the same time"

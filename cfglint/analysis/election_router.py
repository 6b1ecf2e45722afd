"""What the election sees of one VRRP instance: plain values, free of files and spans."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal

from cfglint.model.value import Unknown

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Keepalived = tuple[int, ...]
"""A keepalived version, part by part."""

Era = Literal["before 2.3.3", "from 2.3.3"]
"""The two behaviours of keepalived: only before 2.3.3 does an advert with another VIP list get discarded."""

ERAS: tuple[Era, Era] = ("before 2.3.3", "from 2.3.3")
VIP_LIST_ACCEPTED_FROM: Keepalived = (2, 3, 3)
OWNER = 255
OWNERS_GIVE_WAY: tuple[Keepalived, Keepalived] = ((2, 1), (2, 3))
"""From and before which release one of two owners lowers itself to 254, whichever hears the other first."""
MULTICAST_GROUPS: dict[int, Address] = {4: IPv4Address("224.0.0.18"), 6: IPv6Address("ff02::12")}


@dataclass(frozen=True, slots=True)
class Tracked:
    """One thing that a router, or its sync group, watches.

    Attributes:
        kind: what sort of thing.
        name: the script, interface, process or file.
        weight: positive: added while fine; negative: subtracted while failing; 0: FAULT while failing.
        reverse: failing and fine are swapped.
        delay: seconds from the failure until the daemon acts on it, shortest and longest.
        recovery: seconds from the recovery until the daemon acts on it, shortest and longest.
        hopeless: it fails whatever the host does, because its command line can never succeed.
    """

    kind: Literal["script", "interface", "process", "file", "bfd"]
    name: str
    weight: int
    reverse: bool = False
    delay: tuple[float, float] = (0.0, 0.0)
    recovery: tuple[float, float] = (0.0, 0.0)
    hopeless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """One VRRP instance on one node, with the values the daemon uses.

    Attributes:
        node: the node's name.
        instance: the instance's name.
        unit: the sync group it moves with; its own name without one.
        vrid: 1 to 255.
        family: 4 or 6: the IP version of its adverts.
        version: the VRRP version, 2 or 3.
        priority: the base priority, 1 to 255.
        advert_int: seconds.
        interface: where adverts leave and arrive; None when not set.
        elsewhere: other interfaces on which the node has a virtual router of the same VRID and family.
        networks: the networks on that interface; None when no file tells.
        source: the address its adverts come from; None when no file tells.
        addresses: where a unicast advert reaches it; None when no file tells, empty for a link-local address only.
        peers: where its unicast adverts go; empty means multicast.
        group: where its multicast adverts go; None means the usual group.
        auth: the kind of authentication in effect.
        secret: what authentication compares; with HMAC its active key.
        keys: with HMAC, every key it accepts.
        hmac_mode: with HMAC, ``enforce``, ``permissive`` (takes unsigned adverts too) or ``receive-only`` (signs none).
        vips: what its adverts carry, in file order.
        extra_vips: what it holds besides, without advertising it.
        vips_unknown: why its VIP list is not known; empty when it is.
        nopreempt: it does not take over from a master with a lower priority.
        preempt_delay: seconds it waits after its start before it takes over from a lower one.
        check_source: it discards unicast adverts from addresses that are not its peers.
        keepalived: the version it runs; None means any.
        tracks: what it watches, its sync group's included.
        keeps_on_link_loss: losing the carrier of its interface does not stop it (dont_track_primary).
        down_adverts: adverts it may miss before it takes over.
        starts_master: it takes its addresses at once when it starts (priority 255 with state MASTER).
        trouble: why it cannot leave FAULT, or its daemon does not run; empty when it can.
    """

    node: str
    instance: str = "VI_1"
    unit: str = ""
    vrid: int | Unknown = 51
    family: Literal[4, 6] | Unknown = 4
    version: int | Unknown = 2
    priority: int | Unknown = 100
    advert_int: float | Unknown = 1.0
    interface: str | Unknown | None = "eth0"
    elsewhere: frozenset[str] = frozenset()
    networks: frozenset[Network] | None = None
    source: Address | None = None
    addresses: frozenset[Address] | None = None
    peers: tuple[Address | Unknown, ...] = ()
    group: Address | Unknown | None = None
    auth: Literal["none", "PASS", "AH", "HMAC"] | Unknown = "none"
    secret: str | Unknown | None = None
    keys: frozenset[str] = frozenset()
    hmac_mode: str = "enforce"
    vips: tuple[Address, ...] = ()
    extra_vips: tuple[Address, ...] = ()
    vips_unknown: str = ""
    nopreempt: bool = False
    preempt_delay: float = 0.0
    check_source: bool = False
    keepalived: Keepalived | None = None
    tracks: tuple[Tracked, ...] = ()
    keeps_on_link_loss: bool = False
    down_adverts: int = 3
    starts_master: bool = False
    trouble: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Node and instance: no two routers share it."""
        return (self.node, self.instance)

    @property
    def unit_key(self) -> tuple[str, str]:
        """Node and unit: routers that share it change state together."""
        return (self.node, self.unit or f"instance {self.instance}")

    @property
    def unicast(self) -> bool:
        """True when its adverts go to listed peers."""
        return bool(self.peers)

    @property
    def all_vips(self) -> frozenset[Address]:
        """Every address it holds while it is master."""
        return frozenset(self.vips) | frozenset(self.extra_vips)

    def multicast_group(self) -> Address | Unknown:
        """Where its multicast adverts go (RFC 9568 §5.1.1.2, §5.1.2.2)."""
        if self.group is not None:
            return self.group
        return MULTICAST_GROUPS[6 if self.family == 6 else 4]

    @property
    def stands_as_owner(self) -> bool:
        """True when it surely starts as master and never lowers itself: addresses decide between two of them."""
        first, end = OWNERS_GIVE_WAY
        return self.starts_master and self.keepalived is not None and not first <= self.keepalived < end

    def compares_vips(self, era: Era) -> bool:
        """True when it discards adverts whose VIP list is not its own."""
        if self.keepalived is not None:
            return self.keepalived < VIP_LIST_ACCEPTED_FROM
        return era == "before 2.3.3"

"""VRRP on one node: instances with the values the daemon really uses, sync groups, scripts, tracking."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Literal, TypeVar

from cfglint.model.value import Secret, Setting, Unknown
from cfglint.source import Span

if TYPE_CHECKING:
    from cfglint.model.keepalived import KeepalivedConfig
    from cfglint.model.node import Node
    from cfglint.syntax.keepalived import Block

Address = IPv4Address | IPv6Address
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Vip:
    """One line of virtual_ipaddress or virtual_ipaddress_excluded.

    Attributes:
        address: the address, or why it is not known (a placeholder, a name).
        prefix: its length as the daemon uses it: without one, 32 or 128.
        prefix_written: False when the line names no prefix.
        device: the ``dev`` named on the line; None means the instance's interface.
        label: the ``label`` named on the line, or None.
        span: the address word as written.
    """

    address: Address | Unknown
    prefix: int
    prefix_written: bool
    device: str | None
    label: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class UnicastPeer:
    """One line of unicast_peer."""

    address: Address | Unknown
    span: Span


@dataclass(frozen=True, slots=True)
class Authentication:
    """The authentication an instance really uses.

    Attributes:
        kind: ``none`` (also in VRRPv3 and with vrrp_strict, which ignore it), ``PASS``, ``AH`` or ``HMAC``.
        password: its first 8 bytes, as the daemon compares them (RFC 2338 simple text); None without one.
        span: the auth_type line, or the instance's header.
        password_span: the password word, if there is one.
        ignored: why a written authentication has no effect (``VRRPv3``, ``vrrp_strict``, ``no auth_pass`` …), or empty.
    """

    kind: Literal["none", "PASS", "AH", "HMAC"] | Unknown
    password: Secret | Unknown | None
    span: Span
    password_span: Span | None = None
    ignored: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """One thing an instance or sync group tracks.

    Attributes:
        kind: what sort of thing.
        name: the script, interface, file, process or BFD instance named.
        weight: added to (positive, while fine) or taken from (negative, while failing) the priority; 0 means FAULT.
        reverse: the meaning of up and down is swapped.
        span: the name word.
        weight_written: True when the weight stands on this line, not in the definition.
    """

    kind: Literal["script", "interface", "file", "process", "bfd"]
    name: str
    weight: int | Unknown
    reverse: bool
    span: Span
    weight_written: bool = False


@dataclass(frozen=True, slots=True)
class IgnoredTrack:
    """A track line that the daemon ignores: it goes on as if all were well with what the line names.

    Attributes:
        kind: what sort of thing, as in `Track`.
        name: what the line names.
        why: ``undefined``, ``defined later`` (below its user), ``duplicate``, ``own interface`` (tracked anyway),
            ``weight in a sync group``, ``weight of the address owner``, ``unknown option`` or ``weight without value``.
        span: the name word.
    """

    kind: str
    name: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class NotifyScript:
    """A script that the daemon runs when something changes.

    Attributes:
        keyword: the line's first word, e.g. ``notify_master``.
        arguments: the program and its arguments; empty when the line names none.
        user: the user to run it as, which is whatever stands after the command outside quotes; None for the default.
        group: the group, or None.
        span: the command as written.
    """

    keyword: str
    arguments: tuple[str, ...]
    user: str | None
    group: str | None
    span: Span


@dataclass(eq=False)
class TrackFile:
    """A track_file block at the top level: a number in a file, times the weight, is added to the priority.

    Attributes:
        name: what track_file lines call it.
        path: the file on the host; None when missing.
        weight: the factor (default 1).
        reverse: the sign is swapped.
        initial: what the daemon writes into a missing file (``init_file``), or None.
        span: the name word.
        config: the configuration it stands in.
    """

    name: str
    path: Setting[str | None]
    weight: Setting[int]
    reverse: bool
    initial: int | None
    span: Span
    config: KeepalivedConfig = field(repr=False)


@dataclass(eq=False)
class TrackProcess:
    """A vrrp_track_process block.

    Attributes:
        name: what track_process lines call it.
        process: the process name and its arguments.
        weight: see `Track.weight` (default 0, whatever keepalived.conf(5) says: so 2.2.7 and 2.3.4 dump it).
        reverse: up and down are swapped.
        quorum: how many such processes must run (default 1).
        span: the name word.
        config: the configuration it stands in.
    """

    name: str
    process: tuple[str, ...]
    weight: Setting[int]
    reverse: bool
    quorum: Setting[int]
    span: Span
    config: KeepalivedConfig = field(repr=False)


@dataclass(eq=False)
class BfdInstance:
    """A bfd_instance block.

    Attributes:
        name: what track_bfd lines and BFD_CHECK call it.
        neighbour: its peer's address as written, or None.
        weight: see `Track.weight` (default 0).
        reverse: up and down are swapped.
        span: the name word.
        config: the configuration it stands in.
    """

    name: str
    neighbour: str | None
    weight: Setting[int]
    reverse: bool
    span: Span
    config: KeepalivedConfig = field(repr=False)


@dataclass(eq=False)
class VrrpScript:
    """A vrrp_script block.

    Attributes:
        name: what track_script calls it.
        command: the script and its arguments as one string; None when missing.
        interval: seconds between two runs (default 1).
        timeout: seconds before a run counts as failed; None means the interval.
        fall: failures in a row that make it failing (default 1).
        rise: successes in a row that make it fine (default 1).
        weight: see `Track.weight` (default 0).
        user: ``user`` line's words, or None.
        span: the name word.
        config: the configuration it stands in.
        arguments: the command cut into program and arguments, as the daemon starts it (no shell).
        init_fail: it counts as failing until it has run well.
        reverse: the weight's meaning is swapped.
    """

    name: str
    command: Setting[str | None]
    interval: Setting[Decimal]
    timeout: Setting[Decimal | None]
    fall: Setting[int]
    rise: Setting[int]
    weight: Setting[int]
    user: str | None
    span: Span
    config: KeepalivedConfig = field(repr=False)
    arguments: tuple[str, ...] = ()
    init_fail: bool = False
    reverse: bool = False


@dataclass(eq=False)
class VrrpSyncGroup:
    """A vrrp_sync_group: instances that change state together.

    Attributes:
        name: as written.
        members: instance names with their places.
        tracks: what the group itself tracks.
        global_tracking: sync_group_tracking_weight or the older global_tracking is set.
        span: the name word.
        config: the configuration it stands in.
        ignored_tracks: track lines without effect.
        notify: the scripts run on changes.
    """

    name: str
    members: list[tuple[str, Span]]
    tracks: list[Track]
    global_tracking: bool
    span: Span
    config: KeepalivedConfig = field(repr=False)
    ignored_tracks: list[IgnoredTrack] = field(default_factory=list)
    notify: list[NotifyScript] = field(default_factory=list)


@dataclass(eq=False)
class VrrpInstance:
    """One vrrp_instance with the values the daemon really uses (facts of elections; RFC 9568, RFC 3768).

    Attributes:
        name: as written.
        span: the name word of the header.
        config: the configuration it stands in; ``instance.node`` is the host.
        state: ``MASTER`` or ``BACKUP``, as the daemon starts.
        interface: where adverts are sent; None when missing (the daemon then refuses the instance).
        vrid: the virtual_router_id, 1 to 255; None when missing or refused; then `vrid_problem` says which.
        vrid_problem: why the written VRID is refused; empty when it is fine.
        priority: the base priority in use, 1 to 255: 255 for ``state MASTER`` without one, 100 for a refused one.
        priority_problem: why the written priority is refused; empty when it is fine.
        version: 2 or 3.
        advert_int: seconds between adverts, as the daemon rounds them.
        authentication: what is really used.
        vips: the lines of virtual_ipaddress.
        excluded_vips: the lines of virtual_ipaddress_excluded.
        vips_span: the virtual_ipaddress keyword, or the header when there is none.
        unicast_peers: the lines of unicast_peer; any makes the instance unicast.
        unicast_peer_span: the unicast_peer keyword, or the header.
        unicast_source: unicast_src_ip; None when not set.
        multicast_source: mcast_src_ip; None when not set.
        multicast_group: where adverts go in multicast mode.
        check_unicast_source: check_unicast_src is set.
        nopreempt: set and in effect.
        nopreempt_span: the nopreempt word where written, even without effect.
        preempt_delay: seconds.
        strict: vrrp_strict holds for this instance.
        accept: the VIP accepts packets although strict or no_accept holds.
        use_vmac: a virtual MAC is used.
        dont_track_primary: losing the carrier of its own interface does not put it into FAULT.
        down_timer_adverts: adverts it may miss before it takes over (default 3).
        tracks: scripts, interfaces, files, processes and BFD instances tracked.
        ignored_tracks: track lines without effect.
        notify: the scripts run on changes.
        block: the block it was read from, for what has no field of its own.
        unicast_configured: a unicast word is there, even if no peer is.
        state_problem: why the written state is not what is used; empty when it is.
        advert_int_written: the number of the file before rounding; None without one.
        dropped_vips: first words of virtual_ipaddress lines that the daemon leaves out, since they do not read.
        lost: keywords that its author wrote and the daemon does not read: misspelt, second on a line, without a value.
        damaged: why lines that were meant for the instance are lost to it (a misspelt block that closed it), or None.
    """

    name: str
    span: Span
    config: KeepalivedConfig = field(repr=False)
    state: Setting[Literal["MASTER", "BACKUP"]]
    interface: Setting[str | None]
    vrid: Setting[int | None]
    priority: Setting[int]
    version: Setting[int]
    advert_int: Setting[Decimal]
    authentication: Authentication
    vips: list[Vip]
    excluded_vips: list[Vip]
    vips_span: Span
    unicast_peers: list[UnicastPeer]
    unicast_peer_span: Span
    unicast_source: Setting[Address | None]
    multicast_source: Setting[Address | None]
    multicast_group: Setting[Address]
    check_unicast_source: bool = False
    nopreempt: bool = False
    nopreempt_span: Span | None = None
    preempt_delay: Decimal = Decimal(0)
    strict: bool = False
    accept: bool = True
    use_vmac: bool = False
    dont_track_primary: bool = False
    down_timer_adverts: int = 3
    tracks: list[Track] = field(default_factory=list)
    vrid_problem: str = ""
    priority_problem: str = ""
    ignored_tracks: list[IgnoredTrack] = field(default_factory=list)
    dropped_vips: list[Span] = field(default_factory=list)
    notify: list[NotifyScript] = field(default_factory=list)
    block: Block | None = field(default=None, repr=False)
    unicast_configured: bool = False
    state_problem: str = ""
    advert_int_written: Decimal | None = None
    lost: frozenset[str] = frozenset()
    damaged: Unknown | None = None

    @property
    def node(self) -> Node:
        """The host whose configuration this is."""
        return self.config.node

    def stated(self, setting: Setting[T], keyword: str) -> T | Unknown:
        """A setting's value; Unknown where it is a default only because its line, or the instance's rest, is lost."""
        if setting.written:
            return setting.value
        if self.damaged is not None:
            return self.damaged
        return Unknown(f"its {keyword} line is lost", self.span) if keyword in self.lost else setting.value

    @property
    def authentication_kind(self) -> str | Unknown:
        """What it authenticates with; Unknown where it may have none only because lines of the instance are lost."""
        used = self.authentication
        if used.kind != "none":
            return used.kind
        if self.lost & {"authentication", "auth_type", "auth_pass"}:
            return Unknown("a line of its authentication is lost", self.span)
        return self.damaged if self.damaged is not None and not used.ignored else used.kind

    @property
    def is_unicast(self) -> bool:
        """True when adverts go to listed peers instead of a multicast group."""
        return bool(self.unicast_peers)

    @property
    def addresses(self) -> frozenset[Address]:
        """The known VIPs of virtual_ipaddress, without prefixes: what an advert carries."""
        return frozenset(vip.address for vip in self.vips if not isinstance(vip.address, Unknown))

    @property
    def all_addresses(self) -> frozenset[Address]:
        """The known VIPs of virtual_ipaddress and virtual_ipaddress_excluded."""
        excluded = (vip.address for vip in self.excluded_vips if not isinstance(vip.address, Unknown))
        return self.addresses | frozenset(excluded)

    @property
    def vips_known(self) -> bool:
        """True when every VIP of virtual_ipaddress is known and none was lost to a syntax error."""
        return self.damaged is None and all(not isinstance(vip.address, Unknown) for vip in self.vips)

    @property
    def family(self) -> Literal[4, 6] | Unknown:
        """The IP version of the adverts: that of the first known VIP, else of the peers, else 4."""
        for address in (*(vip.address for vip in self.vips), *(peer.address for peer in self.unicast_peers)):
            if not isinstance(address, Unknown):
                return 4 if address.version == 4 else 6
        if self.vips:
            return Unknown("its addresses are not known", self.vips_span)
        return 4

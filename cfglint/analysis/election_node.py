"""From a node's model to the routers it puts into elections."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from ipaddress import ip_network

from cfglint.analysis.election_checks import always_fails
from cfglint.analysis.election_hmac import read_signing
from cfglint.analysis.election_router import OWNER, Address, Keepalived, Network, Router, Tracked
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.node import Node
from cfglint.model.value import Secret, Setting, Unknown
from cfglint.model.vrrp import Authentication, Track, VrrpInstance, VrrpScript, VrrpSyncGroup

LINK_NOTICED = (0.0, 1.0)
"""Seconds until keepalived has acted on a lost or regained carrier."""

FOREIGN_SOURCE_FROM: Keepalived = (2, 3)
"""Before this release an instance whose unicast_src_ip the host lacks stays in FAULT (observed: 2.2.7; not 2.3.3)."""

STRICT_REFUSES_UNICAST: tuple[tuple[Keepalived, Keepalived], ...] = (((2, 0), (2, 1)), ((2, 4), (99,)))
"""Releases, from and before, whose daemon exits on unicast with vrrp_strict (observed: 2.0.20 and 2.4.3; not 2.2.7)."""


def routers_of(node: Node) -> list[Router]:
    """The routers of a node, one an instance; none without Keepalived."""
    if node.keepalived is None:
        return []
    stops = daemon_stops(node)
    used: dict[tuple[object, object], set[str]] = defaultdict(set)
    for instance in node.keepalived.instances:
        if isinstance(instance.interface.value, str):
            used[instance.vrid.value, instance.family].add(instance.interface.value)
    return [
        _router(instance, node.keepalived, stops, used[instance.vrid.value, instance.family])
        for instance in node.keepalived.instances
    ]


def open_tracks(instance: VrrpInstance) -> list[Track]:
    """What an instance watches with a weight that the files do not tell."""
    group = sync_group_of(instance)
    tracks = [*instance.tracks, *(group.tracks if group is not None else [])]
    return [track for track in tracks if isinstance(track.weight, Unknown)]


def sync_group_of(instance: VrrpInstance) -> VrrpSyncGroup | None:
    """The sync group an instance moves with: the first that names it."""
    return instance.config.sync_group_of.get(instance.name)


def effective_tracks(instance: VrrpInstance) -> list[Track]:
    """What really changes an instance's state or priority: its own tracks and its sync group's."""
    group = sync_group_of(instance)
    tracks = [*instance.tracks, *(group.tracks if group is not None else [])]
    return [track for track in tracks if not _runs_nothing(track, instance.config)]


def daemon_stops(node: Node) -> str:
    """Why keepalived does not run on a node with this configuration; empty when it does, as far as files tell."""
    return next(_stop_reasons(node), "") if node.keepalived is not None else ""


def _stop_reasons(node: Node) -> Iterator[str]:
    instances = node.keepalived.instances if node.keepalived is not None else []
    places: Counter[tuple[object, ...]] = Counter()
    for instance in instances:
        yield from _refusals(instance)
        if not instance.is_unicast:
            places[instance.interface.value, instance.vrid.value, instance.family] += 1
    yield from _shared_unicast(instances)
    for (interface, vrid, _), count in places.items():
        if count > 1 and interface is not None and vrid is not None and not _open(interface, vrid):
            yield f"keepalived stops on {node.name}: {count} instances use VRID {vrid} on {interface}"


def _shared_unicast(instances: list[VrrpInstance]) -> Iterator[str]:
    """Two unicast instances with one VRID, one source and a peer in common (log: ``duplicate VRID conflict``)."""
    seen: dict[tuple[object, ...], str] = {}
    for instance in instances:
        source = instance.unicast_source.value or instance.interface.value
        for peer in instance.unicast_peers:
            if not _open(peer.address, source, instance.vrid.value) and instance.vrid.value is not None:
                first = seen.setdefault((instance.vrid.value, source, peer.address), instance.name)
                if first != instance.name:
                    yield f"keepalived stops on {instance.node.name}: {first} and {instance.name} share VRID and peer"


def _refusals(instance: VrrpInstance) -> Iterator[str]:
    """Why the daemon exits because of one instance."""
    node = instance.node
    if instance.vrid.value is None:
        yield f"keepalived stops on {node.name}: {instance.name} has no usable virtual_router_id"
    if instance.interface.value is None or instance.interface.value == "lo":
        yield f"keepalived stops on {node.name}: {instance.name} has no usable interface"
    if instance.strict and instance.is_unicast and _refuses_strict_unicast(node):
        yield f"keepalived {node.target.keepalived} stops on {node.name}: vrrp_strict does not allow unicast_peer"
    for name in sorted(_needed_interfaces(instance)):
        if node.addresses.known and name != "lo" and name not in node.addresses.interfaces:
            yield f"keepalived stops on {node.name}: no interface file has {name}, which {instance.name} needs"


def _open(*values: object) -> bool:
    return any(isinstance(value, Unknown) for value in values)


def _refuses_strict_unicast(node: Node) -> bool:
    version = node.target.keepalived
    return version is not None and any(first <= version.parts < end for first, end in STRICT_REFUSES_UNICAST)


def _needed_interfaces(instance: VrrpInstance) -> set[str]:
    """Interfaces without which the daemon does not start."""
    named = {vip.device for vip in (*instance.vips, *instance.excluded_vips)}
    named |= {track.name for track in instance.tracks if track.kind == "interface"}
    if isinstance(instance.interface.value, str):
        named.add(instance.interface.value)
    return {name for name in named if name}


def _router(instance: VrrpInstance, config: KeepalivedConfig, stops: str, wires: set[str]) -> Router:
    """One router; ``wires`` are the interfaces on which the node uses its VRID in its family."""
    node = instance.node
    group = sync_group_of(instance)
    family = instance.family
    interface = instance.interface.value
    signing = read_signing(instance) if instance.authentication.kind == "HMAC" else None
    return Router(
        node=node.name,
        instance=instance.name,
        unit=f"sync group {group.name}" if group is not None else "",
        vrid=_or_unknown(instance.vrid),
        family=family,
        version=instance.version.value,
        priority=instance.priority.value,
        advert_int=_float(instance),
        interface=interface,
        elsewhere=frozenset(name for name in wires if name != interface),
        networks=networks_of(node, interface),
        source=source_address(instance),
        addresses=_unicast_addresses(instance),
        peers=tuple(peer.address for peer in instance.unicast_peers),
        group=instance.multicast_group.value,
        auth=instance.authentication.kind,
        secret=_secret(instance.authentication) if signing is None else signing.active,
        keys=frozenset() if signing is None else signing.keys,
        hmac_mode="enforce" if signing is None else signing.mode,
        vips=tuple(
            vip.address
            for vip in instance.vips
            if not isinstance(vip.address, Unknown) and vip.address.version == family
        ),
        extra_vips=tuple(vip.address for vip in instance.excluded_vips if not isinstance(vip.address, Unknown)),
        vips_unknown=next((vip.address.why for vip in instance.vips if isinstance(vip.address, Unknown)), ""),
        nopreempt=instance.nopreempt,
        preempt_delay=float(instance.preempt_delay),
        check_source=instance.check_unicast_source,
        keepalived=node.target.keepalived.parts if node.target.keepalived is not None else None,
        tracks=tuple(_tracked(track, config) for track in effective_tracks(instance) if not _open(track.weight)),
        keeps_on_link_loss=instance.dont_track_primary,
        down_adverts=instance.down_timer_adverts,
        starts_master=instance.state.value == "MASTER"
        and instance.priority.value == OWNER
        and instance.authentication.kind != "AH",
        trouble=stops or _no_address(instance),
    )


def _needs_own_source(node: Node) -> bool:
    version = node.target.keepalived
    return version is not None and version.parts < FOREIGN_SOURCE_FROM


def _or_unknown(vrid: Setting[int | None]) -> int | Unknown:
    return Unknown("it is missing or refused", vrid.span) if vrid.value is None else vrid.value


def _float(instance: VrrpInstance) -> float | Unknown:
    value = instance.advert_int.value
    return value if isinstance(value, Unknown) else float(value)


def _secret(authentication: Authentication) -> str | Unknown | None:
    password = authentication.password
    return password.value if isinstance(password, Secret) else password


def networks_of(node: Node, interface: str | Unknown | None) -> frozenset[Network] | None:
    """The networks on an interface, link-local ones aside; None when no file tells."""
    if not isinstance(interface, str):
        return None
    found = {
        ip_network(entry.address.network)
        for entry in node.addresses.addresses
        if entry.interface == interface and not entry.address.ip.is_link_local
    }
    return frozenset(found) or None


def own_addresses(instance: VrrpInstance) -> list[Address]:
    """The addresses of an instance's interface, in the files' order, without its VIPs, which keepalived takes away."""
    return [
        entry.address.ip
        for entry in instance.node.addresses.addresses
        if entry.interface == instance.interface.value and entry.address.ip not in instance.all_addresses
    ]


def source_address(instance: VrrpInstance) -> Address | None:
    """Where an instance's adverts come from: as written, else the first address of its interface; None if not known.

    IPv6 multicast comes from the link-local address, which no file tells.
    """
    written = instance.unicast_source.value if instance.is_unicast else instance.multicast_source.value
    if isinstance(written, Unknown):
        return None
    if written is not None:
        return written
    if instance.family == 6 or not instance.node.addresses.known:
        return None
    return next((address for address in own_addresses(instance) if address.version == instance.family), None)


def _unicast_addresses(instance: VrrpInstance) -> frozenset[Address] | None:
    """Where unicast adverts reach an instance: its socket is bound to its source address, and to no other.

    Empty for its link-local address, which IPv6 uses without unicast_src_ip and which no file tells.
    """
    if instance.family == 6 and instance.unicast_source.value is None:
        return frozenset()
    source = source_address(instance) if instance.is_unicast else None
    return None if source is None else frozenset({source})


def _no_address(instance: VrrpInstance) -> str:
    """Why an instance stays in FAULT from the start: its interface has no address of the family of its adverts."""
    node, interface = instance.node, instance.interface.value
    if not isinstance(interface, str) or not node.addresses.known:
        return ""
    source = instance.unicast_source.value
    own = {entry.address.ip for entry in node.addresses.addresses}
    foreign = instance.is_unicast and source is not None and not _open(source) and source not in own
    if foreign and _needs_own_source(node):
        return f"unicast_src_ip {source} is no address of {node.name}: {instance.name} stays in FAULT"
    if instance.family == 4 and not any(address.version == 4 for address in own_addresses(instance)):
        return f"{interface} of {node.name} has no IPv4 address of its own: {instance.name} stays in FAULT"
    if instance.family == 6:
        for key in ("all", interface):
            setting = node.kernel.value(f"net.ipv6.conf.{key}.disable_ipv6")
            if setting is not None and setting.value == "1":
                return f"IPv6 is switched off on {interface} of {node.name}: {instance.name} stays in FAULT"
    return ""


def _runs_nothing(track: Track, config: KeepalivedConfig) -> bool:
    """True for a script without a command, which the daemon drops."""
    script = script_of(track, config)
    return script is not None and script.command.value is None


def script_of(track: Track, config: KeepalivedConfig) -> VrrpScript | None:
    """The vrrp_script that a line names, or None."""
    if track.kind != "script":
        return None
    return config.script_named.get(track.name)


def _tracked(track: Track, config: KeepalivedConfig) -> Tracked:
    weight = track.weight if isinstance(track.weight, int) else 0
    if track.kind == "interface":
        return Tracked(track.kind, track.name, weight, track.reverse, LINK_NOTICED, LINK_NOTICED)
    script = script_of(track, config)
    if script is None:
        return Tracked(track.kind, track.name, weight, track.reverse)
    return Tracked(
        track.kind,
        track.name,
        weight,
        track.reverse,
        _span(script, script.fall),
        _span(script, script.rise),
        hopeless=always_fails(script),
    )


def _span(script: VrrpScript, runs: Setting[int]) -> tuple[float, float]:
    """Seconds until so many runs in a row have ended alike."""
    interval = float(script.interval.value) if not isinstance(script.interval.value, Unknown) else 1.0
    count = runs.value if isinstance(runs.value, int) else 1
    timeout = script.timeout.value
    late = float(timeout) if timeout is not None and not isinstance(timeout, Unknown) else interval
    return (max(count - 1, 0) * interval, count * interval + late)

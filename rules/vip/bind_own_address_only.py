"""The rule ``vip/bind-own-address-only``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.real_servers import redirects_by_firewall
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import in_order, listing
from cfglint.model.haproxy import Bind, BindAddress, HaproxyConfig
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance

Listener = tuple[Bind, BindAddress]


def _listeners(config: HaproxyConfig) -> list[Listener] | None:
    """The addresses on which HAProxy takes connections; None where the files leave some open."""
    if config.incomplete is not None:
        return None
    found: list[Listener] = []
    for proxy in config.proxies:
        if proxy.disabled or not proxy.receives:
            continue
        if proxy.incomplete is not None or any(bind.conditional for bind in proxy.binds):
            return None
        found += [(bind, written) for bind in proxy.binds for written in bind.addresses]
    return found


def _may_take(written: BindAddress, bind: Bind, vips: frozenset[Address]) -> bool:
    """True when connections to one of the VIPs may arrive at an address: also where that is not known."""
    if written.kind == "fd" or "transparent" in bind.options or "namespace" in bind.options:
        return True
    if written.kind != "ip":
        return False
    return written.address is None or isinstance(written.address, Unknown) or written.address in vips


def _watching_haproxy(config: KeepalivedConfig, vips: frozenset[Address]) -> Iterator[VrrpInstance]:
    """The instances of some VIPs that track, by themselves or their sync group, something that names HAProxy."""
    names = {script.name for script in config.scripts if "haproxy" in " ".join(script.arguments).lower()}
    names |= {process.name for process in config.track_processes if "haproxy" in " ".join(process.process).lower()}
    groups = {name: group for group in config.sync_groups for name, _ in group.members}
    for instance in config.instances:
        if not instance.all_addresses & vips:
            continue
        group = groups.get(instance.name)
        tracks = [*instance.tracks, *(group.tracks if group is not None else ())]
        if any(track.name in names for track in tracks):
            yield instance


@rule(
    severity="error",
    yields_to=("vip/bind-foreign-address",),
    sources=["haproxy 2.6.12 on Linux 6.18: a connection to an address that no listener has is refused"],
)
def bind_own_address_only(node: Node) -> Iterator[Finding]:
    """HAProxy listens on addresses of its node, and on no VIP.

    Why it hurts: Keepalived moves the VIP, but nothing listens there: on the master, connections to the VIP are
    refused. Clients that use the node's own address work, and lose the service with the node.

    When it stays silent: where any bind takes connections to a VIP (the VIP, the wildcard, `transparent`) or may do so
    (an unset variable); where virtual servers or a firewall's redirection take them; for binds on loopback addresses
    alone. Where Keepalived does not track HAProxy it is a warning: the VIP may be another daemon's.

    What to do: bind the VIP (with `net.ipv4.ip_nonlocal_bind = 1`), or the wildcard.
    """
    config, haproxy = node.keepalived, node.haproxy
    listeners = _listeners(haproxy) if haproxy is not None else None
    if config is None or not listeners or config.incomplete is not None:
        return
    if any(server.kind != "address" or isinstance(server.address, Unknown) for server in config.virtual_servers):
        return
    if any(not instance.vips_known for instance in config.instances):
        return
    balanced = {server.address for server in config.virtual_servers}
    vips = frozenset[Address]().union(*(instance.all_addresses for instance in config.instances)) - balanced
    if not vips or any(_may_take(written, bind, vips) for bind, written in listeners):
        return
    own = [
        (bind, written)
        for bind, written in listeners
        if written.address is not None and not isinstance(written.address, Unknown) and not written.address.is_loopback
    ]
    if not own or redirects_by_firewall(node):
        return
    watched = next(_watching_haproxy(config, vips), None)
    instance = watched or next(instance for instance in config.instances if instance.all_addresses & vips)
    bound = listing(dict.fromkeys(written.address for _, written in own))
    bind, first = own[0]
    meant = f"{instance.name} tracks haproxy, so" if watched else "unless another daemon listens there,"
    yield Finding(
        at=first.span,
        subject=(node.name, bind.proxy.name, "bind", str(first.address)),
        severity="error" if watched else "warning",
        message=(
            f"haproxy on {node.name} listens on {bound} and on no VIP ({listing(in_order(vips))}): {meant} connections "
            f"to the VIP are refused while {node.name} is MASTER"
        ),
        label="no VIP",
        related=[Related(f"VIPs of {instance.name}", instance.vips_span)],
        help="bind the VIP (with net.ipv4.ip_nonlocal_bind = 1), or the wildcard",
        nodes=(node.name,),
    )

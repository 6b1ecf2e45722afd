"""The rule ``vip/bind-foreign-address``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import in_order, listing
from cfglint.model.cluster import Fleet
from cfglint.model.haproxy import Address, Bind, BindAddress
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.node import Node
from cfglint.model.value import Unknown

KEYS = {4: "net.ipv4.ip_nonlocal_bind", 6: "net.ipv6.ip_nonlocal_bind"}
ELSEWHERE = ("transparent", "namespace")
"""Options with which an address need not be the host's: intercepted traffic, or another network namespace."""


@rule(
    severity="error",
    sources=["haproxy 2.6.12 and 3.2.0: `haproxy -c` accepts the file, the start fails: cannot bind socket"],
)
def bind_foreign_address(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """HAProxy binds an address that is neither a VIP nor an address of its node.

    Why it hurts: the node never holds the address, master or not. HAProxy does not start at all ("cannot bind
    socket"), or with `ip_nonlocal_bind` it starts and listens where no packet ever arrives. `haproxy -c` accepts it.

    When it stays silent: for the wildcard, loopback, link-local and multicast addresses, host names and unset
    variables; with `transparent` or `namespace`; in a section that is `disabled`; for a VIP of another node of the
    cluster, where the VIP lists are what is wrong; where the interface files do not tell every address (that is
    unchecked).

    What to do: bind the VIP or an address of the node, or add the address to the VIPs of the virtual router.
    """
    for node in fleet.nodes:
        yield from _check(node, _cluster_vips(fleet, node))


def _check(node: Node, vips: set[Address]) -> Iterator[Finding | Unchecked]:
    if node.haproxy is None:
        return
    own = {entry.address.ip for entry in node.addresses.addresses}
    foreign = [
        (bind, written, written.address)
        for proxy in node.haproxy.proxies
        if not proxy.disabled
        for bind in proxy.binds
        if not bind.conditional and not any(option in bind.options for option in ELSEWHERE)
        for written in bind.addresses
        if written.address is not None
        and not isinstance(written.address, Unknown)
        and not _belongs_to_every_host(written.address)
        and written.address not in own | vips
    ]
    if not foreign:
        return
    open_question = _why_unknown(node)
    if open_question is not None:
        yield Unchecked(node.name, f"bind {listing({str(address) for _, _, address in foreign})}", open_question)
        return
    for bind, written, address in foreign:
        if address.version == 6:
            why = "router advertisements may add IPv6 addresses that no file names"
            yield Unchecked(node.name, f"bind {address}", why)
        else:
            yield _finding(node, bind, written, address)


def _finding(node: Node, bind: Bind, written: BindAddress, address: Address) -> Finding:
    nonlocal_bind = node.kernel.effective(KEYS[address.version]).value
    if isinstance(nonlocal_bind, Unknown):
        outcome = "haproxy does not start, or with ip_nonlocal_bind = 1 it listens where nothing arrives"
    elif nonlocal_bind:
        outcome = "haproxy starts (ip_nonlocal_bind is 1), but no client ever reaches it there"
    else:
        outcome = "haproxy cannot bind it and does not start at all, master or not"
    own = {entry.address.ip for entry in node.addresses.addresses if not entry.address.is_loopback}
    vips = _vips(node.keepalived) if node.keepalived is not None else set()
    related = [
        Related(f"{entry.address.ip} of {entry.interface}", entry.span)
        for entry in node.addresses.addresses
        if not entry.address.is_loopback
    ]
    return Finding(
        at=written.span,
        subject=(node.name, bind.proxy.name, "bind", str(address)),
        message=(
            f"haproxy on {node.name} binds {address}, which is no VIP and no address of {node.name} (it has "
            f"{listing(in_order(own))}; VIPs: {listing(in_order(vips))}): {outcome}"
        ),
        label=f"never on {node.name}",
        related=related[:4],
        help=f"bind a VIP or an address of {node.name}, or add {address} to the VIPs of the virtual router",
        nodes=(node.name,),
    )


def _belongs_to_every_host(address: Address) -> bool:
    return address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified


def _why_unknown(node: Node) -> str | None:
    """Why the node may hold more addresses than its files tell, or None."""
    host = node.addresses
    if node.keepalived is None:
        return "no keepalived.conf tells its VIPs"
    if not host.known:
        return host.incomplete.why if host.incomplete is not None else "no interface files"
    if node.keepalived.incomplete is not None:
        return node.keepalived.incomplete.why
    if not host.names_complete:
        return "interface files that apply by pattern may configure more interfaces"
    for instance in node.keepalived.instances:
        if not instance.vips_known:
            return f"the VIPs of {instance.name} are not all known"
        interface = instance.interface.value
        if isinstance(interface, str) and interface not in host.interfaces and not host.captured:
            return f"no interface file for {interface}"
    return None


def _cluster_vips(fleet: Fleet, node: Node) -> set[Address]:
    nodes = next((cluster.nodes for cluster in fleet.clusters if node in cluster.nodes), [node])
    return {vip for one in nodes if one.keepalived is not None for vip in _vips(one.keepalived)}


def _vips(config: KeepalivedConfig) -> set[Address]:
    found = {address for instance in config.instances for address in instance.all_addresses}
    for line in config.static_addresses:
        if not isinstance(line.address, Unknown):
            found.add(line.address)
    return found

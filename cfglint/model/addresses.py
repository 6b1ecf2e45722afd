"""Reads a node's interfaces, addresses and routes from every kind of interface file that it has."""

from __future__ import annotations

from cfglint.model.address_text import add_route
from cfglint.model.addresses_captured import read_captures
from cfglint.model.addresses_ifcfg import read_ifcfg
from cfglint.model.addresses_ifupdown import read_ifupdown
from cfglint.model.addresses_netplan import read_netplan
from cfglint.model.addresses_networkd import read_networkd
from cfglint.model.addresses_networkmanager import read_networkmanager
from cfglint.model.arp_filter import read_arp_filters
from cfglint.model.host_addresses import DefaultRoute, HostAddress, HostAddresses, StaticRoute
from cfglint.model.host_scripts import ScriptRoute, ScriptSetting, script_effects
from cfglint.model.value import Unknown
from cfglint.tree import NodeTree

__all__ = ["DefaultRoute", "HostAddress", "HostAddresses", "StaticRoute", "read_host_addresses"]


def read_host_addresses(tree: NodeTree) -> HostAddresses:
    """Read every interface and route file of a node."""
    host = HostAddresses()
    for reader in (read_ifcfg, read_ifupdown, read_networkmanager, read_netplan, read_networkd):
        reader(tree, host)
    host.arp_filters = read_arp_filters(tree)
    host.configured = list(host.addresses)
    _replay_scripts(tree, host)
    read_captures(tree, host)
    if host.captured:
        return host
    if host.unreadable is not None:
        host.incomplete = host.unreadable
    elif host.dynamic:
        name, span = next(iter(host.dynamic.items()))
        host.incomplete = Unknown(f"{name} gets its address when it starts (DHCP)", span)
    return host


def _replay_scripts(tree: NodeTree, host: HostAddresses) -> None:
    """Add the addresses and routes that scripts add; one that may not run leaves the addresses open."""
    for effect in script_effects(tree):
        if isinstance(effect, ScriptSetting):
            continue
        if effect.span.path not in host.files:
            host.files.append(effect.span.path)
        if isinstance(effect, ScriptRoute):
            if effect.why_uncertain:
                host.policy_routing = host.policy_routing or effect.span
            else:
                add_route(effect.words, effect.words.device, effect.span, host, on_link=True)
        elif effect.why_uncertain:
            host.unreadable = host.unreadable or Unknown(effect.why_uncertain, effect.span)
        elif effect.change.adds and effect.change.device:
            change = effect.change
            scope = change.scope or "global"
            host.addresses.append(
                HostAddress(change.device, change.address, effect.span, scope, change.label, "script")
            )

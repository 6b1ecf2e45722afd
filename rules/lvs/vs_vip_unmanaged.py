"""The rule ``lvs/vs-vip-unmanaged``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.engine.wording import in_order, listing
from cfglint.model.cluster import Fleet
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.lvs import VirtualServer
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address

ADDRESS = re.compile(r"[0-9A-Fa-f:.]{3,}")

SPOKEN_OF = ("keepalived", "haproxy")
"""Kinds of files in which an address does not mean that something gives it to the node."""


def _why_open(config: KeepalivedConfig) -> str | None:
    """Why the node may hold more addresses than its instances list, or None."""
    if config.incomplete is not None:
        return config.incomplete.why
    if config.dropped_instances:
        return "an instance of it is left out"
    for instance in config.instances:
        if not instance.vips_known or instance.dropped_vips or instance.lost:
            return f"the VIPs of {instance.name} are not all known"
    return None


def _spoken_of(config: KeepalivedConfig) -> set[str]:
    """What looks like an address in other files of the node and in the scripts that keepalived.conf names."""
    texts = [file.source.text for file in config.node.files if file.kind not in SPOKEN_OF]
    scripts = [script for server in config.virtual_servers for script in server.notify]
    scripts += [script for instance in config.instances for script in instance.notify]
    texts += [word for script in scripts for word in script.arguments]
    found = {word.lower().strip(".") for text in texts for word in ADDRESS.findall(text)}
    return found | {word.rpartition(":")[0] for word in found if "." in word}  # without a port


def _unmanaged(config: KeepalivedConfig, held: frozenset[Address]) -> dict[Address, VirtualServer]:
    static = {line.address for line in config.static_addresses}
    found: dict[Address, VirtualServer] = {}
    for server in config.virtual_servers:
        address = server.address
        if address is None or isinstance(address, Unknown) or address in held or address in static:
            continue
        if not config.node.addresses.carriers(address) and server.damaged is None:
            found.setdefault(address, server)
    return found


@rule(
    severity="error",
    yields_to=("fleet/pair-incomplete",),
    sources=["keepalived -t 2.0.20 to 2.4.3 says nothing; IPVS takes only packets that reach the host"],
)
def vs_vip_unmanaged(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """The address of a virtual server is no VIP of any instance, and no address of its director.

    Why it hurts: IPVS serves packets that arrive. Nobody answers ARP for an address that no host has, so the service
    gets no packet at all, and no daemon says so. Typical after a typing error in one of the two places.

    When it stays silent: for fwmarks and groups; for VIPs of another director of the cluster; where a file of the node
    or a notify script speaks of the address; where VIPs are not all known. Where the interface files do not tell every
    address of the director it is a warning; without any vrrp_instance it is unchecked, as another manager may move it.

    What to do: list the address in virtual_ipaddress, or correct it.
    """
    placed: dict[int, tuple[str, frozenset[Address]]] = {}
    for cluster in fleet.clusters:
        configs = [node.keepalived for node in cluster.nodes if node.keepalived is not None]
        vips = _vips(configs)
        placed.update((id(config), (cluster.name, vips)) for config in configs)
    for node in fleet.nodes:
        config = node.keepalived
        if config is None or not config.virtual_servers:
            continue
        owner, held = placed.get(id(config)) or (node.name, _vips([config]))
        found = _unmanaged(config, held)
        if found:
            spoken_of = _spoken_of(config)
            found = {address: server for address, server in found.items() if str(address) not in spoken_of}
        why = _why_open(config)
        if why is None and not config.instances:
            why = "no vrrp_instance: another cluster manager may move its addresses"
        if found and why is not None:
            yield Unchecked(node.name, f"whether it holds {listing(in_order(found))} of its virtual servers", why)
            continue
        listed = listing(in_order(_vips([config]))) if found else ""
        for address, server in found.items():
            yield _finding((owner, "virtual_server", server.label, node.name), server, address, listed)


def _vips(configs: list[KeepalivedConfig]) -> frozenset[Address]:
    return frozenset(
        address for config in configs for instance in config.instances for address in instance.all_addresses
    )


def _finding(subject: tuple[str, ...], server: VirtualServer, address: Address, vips: str) -> Finding:
    config, node = server.config, server.node
    sure = node.addresses.known
    unless = "" if sure else ", unless an interface file that is not given configures it"
    return Finding(
        at=server.span,
        subject=subject,
        severity="error" if sure else "warning",
        message=(
            f"virtual server {server.label} on {node.name}: {address} is no VIP of its instances (they have "
            f"{vips}) and no address of {node.name}, so the service never gets a packet{unless}"
        ),
        label="nobody holds this address",
        related=[Related(f"VIPs of {instance.name}", instance.vips_span) for instance in config.instances[:2]],
        help=f"list {address} in virtual_ipaddress on every director, or correct it",
        nodes=(node.name,),
    )

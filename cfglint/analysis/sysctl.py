"""What contradicts itself in a host's sysctl files."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cfglint.model.cluster import Fleet
from cfglint.model.host_addresses import HostAddresses
from cfglint.model.kernel_combine import combination
from cfglint.model.kernel_settings import KernelSettings, SysctlValue
from cfglint.model.node import Node

IPV4_KEYS = frozenset(
    (
        "accept_local", "accept_redirects", "accept_source_route", "arp_accept", "arp_announce", "arp_evict_nocarrier",
        "arp_filter", "arp_ignore", "arp_notify", "bc_forwarding", "bootp_relay", "disable_policy", "disable_xfrm",
        "drop_gratuitous_arp", "drop_unicast_in_l2_multicast", "force_igmp_version", "forwarding",
        "igmpv2_unsolicited_report_interval", "igmpv3_unsolicited_report_interval", "ignore_routes_with_linkdown",
        "log_martians", "mc_forwarding", "medium_id", "promote_secondaries", "proxy_arp", "proxy_arp_pvlan",
        "route_localnet", "rp_filter", "secure_redirects", "send_redirects", "shared_media", "src_valid_mark", "tag",
    )
)  # fmt: skip
"""The names below ``net.ipv4.conf.*`` (kernel 6.18)."""

WATCHED = ("net/ipv4/ip_forward", "net/ipv4/ip_nonlocal_bind", "net/ipv6/ip_nonlocal_bind")
"""Keys that balancers need: a name that is nearly one of them is a slip."""

NEAR = 0.87
VENDOR = ("/usr/lib/", "/lib/", "/usr/local/lib/")


@dataclass(frozen=True, slots=True)
class Overridden:
    """A key that two lines set to different values.

    Attributes:
        loser: the line that has no effect.
        winner: the line that counts.
        after_reload: the value after ``sysctl --system``, where it differs from the boot's; else None.
    """

    loser: SysctlValue
    winner: SysctlValue
    after_reload: SysctlValue | None


def overridden(settings: KernelSettings) -> list[Overridden]:
    """The keys below ``net`` that an administrator's line sets in vain, in the order of the losing lines.

    A vendor's file (below /usr/lib) is there to be overridden and never loses; a glob that a written key beats is how
    both loaders mean it.
    """
    found: list[Overridden] = []
    last: dict[str, SysctlValue] = {}
    for entry in settings.assignments:
        if entry.origin == "file" and not entry.excludes and not entry.is_glob and entry.path.startswith("net/"):
            previous = last.get(entry.path)
            if previous is not None and not _same(previous, entry) and not _is_vendors(previous):
                found = [item for item in found if item.loser.path != entry.path]
                found.append(Overridden(previous, entry, None))
            last[entry.path] = entry
    results = []
    for item in found:
        winner = last[item.loser.path]
        reloaded = settings.after_reload(item.loser.key)
        differs = reloaded is not None and not _same(reloaded, winner)
        if not _same(item.loser, winner):
            results.append(Overridden(item.loser, winner, reloaded if differs else None))
    return results


def topic(fleet: Fleet, node: Node, key: str) -> tuple[str, ...]:
    """The subject of a finding about one of a node's settings, so that it gives way to the outage that it causes.

    Args:
        fleet: everything that was given.
        node: the host.
        key: the setting, in dotted form.

    Returns:
        For ARP settings of a real server its cluster and name, which findings about its ARP answers begin with;
        for all others the node and the key.
    """
    if ".arp_" in key:
        for cluster in fleet.clusters:
            if any(server is node for server in cluster.real_servers):
                return (cluster.name, node.name)
    return (node.name, key)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A line that has no effect, or not the one it seems to have.

    Attributes:
        line: the line.
        why: what is wrong with it, in one sentence part.
        meant: the key that was probably meant; empty when there is none.
    """

    line: SysctlValue
    why: str
    meant: str = ""


def suspects(settings: KernelSettings, host: HostAddresses) -> Iterator[Suspect]:
    """The administrator's lines below ``net`` that the kernel does not take as they are meant, in order."""
    for entry in settings.assignments:
        if entry.origin == "file" and not entry.excludes and not entry.is_glob and not _is_vendors(entry):
            found = _suspect(entry, host)
            if found is not None:
                yield found


def _suspect(entry: SysctlValue, host: HostAddresses) -> Suspect | None:
    path = entry.path
    if path != path.lower() and path.lower().startswith("net/ipv"):
        return Suspect(entry, "keys are written in lower case", entry.key.lower())
    parts = path.split("/")
    if parts[:3] in (["net", "ipv4", "conf"], ["net", "ipv6", "conf"]):
        return _suspect_of_interface(entry, parts, host)
    if path in WATCHED:
        return None if entry.number is not None else Suspect(entry, _refused(entry))
    near = difflib.get_close_matches(path, WATCHED, 1, NEAR) if path.startswith("net/") else []
    if near and not path.startswith("net/ipv4/ip_forward_"):
        return Suspect(entry, "the kernel has no such key", near[0].replace("/", "."))
    return None


def _suspect_of_interface(entry: SysctlValue, parts: list[str], host: HostAddresses) -> Suspect | None:
    if len(parts) > 5:
        vlan, key = "/".join(parts[3:-1]), parts[-1]
        why = "a dot inside an interface name separates directories, and there is no such one"
        return Suspect(entry, why, f"net.{parts[1]}.conf.{vlan}.{key}")
    if len(parts) != 5:
        return Suspect(entry, "an interface and a key belong behind conf")
    interface, key = parts[3:]
    if parts[1] == "ipv4" and key not in IPV4_KEYS:
        near = difflib.get_close_matches(key, IPV4_KEYS, 1)
        return Suspect(entry, "the kernel has no such key", f"net.ipv4.conf.{interface}.{near[0]}" if near else "")
    if entry.number is None and parts[1] == "ipv4":
        return Suspect(entry, _refused(entry))
    if interface not in {"all", "default"} and not host.may_have(interface):
        return Suspect(entry, f"this host has no interface {interface} (its files know {', '.join(host.interfaces)})")
    return None


def _refused(entry: SysctlValue) -> str:
    return f"the kernel refuses {entry.value!r} as a number" if entry.value else "it has no value"


@dataclass(frozen=True, slots=True)
class Surpassed:
    """An interface's value that is lower than that of ``all``, where the kernel takes the maximum."""

    line: SysctlValue
    everywhere: SysctlValue
    interface: str


def surpassed(settings: KernelSettings) -> Iterator[Surpassed]:
    """The administrator's interface values that have no effect because ``all`` is higher, in order."""
    for entry in settings.assignments:
        found = re.fullmatch(r"net/ipv4/conf/([^/]+)/([a-z_]+)", entry.path)
        if found is None or entry.is_glob or entry.excludes or entry.origin != "file" or _is_vendors(entry):
            continue
        interface, key = found.groups()
        if interface in {"all", "default", "lo"} or combination(key) != "max" or settings.value(entry.key) != entry:
            continue
        everywhere = settings.value(f"net/ipv4/conf/all/{key}")
        if everywhere is None or everywhere.number is None or entry.number is None:
            continue
        if entry.number < everywhere.number and not everywhere.is_glob:
            yield Surpassed(entry, everywhere, interface)


def _same(one: SysctlValue, other: SysctlValue) -> bool:
    if one.number is not None and other.number is not None:
        return one.number == other.number
    return one.value.split() == other.value.split()


def _is_vendors(entry: SysctlValue) -> bool:
    return any(folder in f"/{entry.span.path}" for folder in VENDOR)

"""Which files make a node: the places where hosts keep them, and the names people give them when they copy them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch

from cfglint.tree import NodeTree

ETC_FOLDERS = ("etc", "")
"""Below a node's directory: a host's root holds ``etc``; a copy of ``/etc`` itself holds what is in it."""

STALE = re.compile(r"(~|\.(bak|old|orig|rpmnew|rpmsave|rpmorig|swp|dpkg-\w+|ucf-\w+|sample|example|dist|j2|tmpl|erb))$")
"""Names that editors, packages and template engines leave beside the real file; no daemon reads them."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where a kind of file is found.

    Attributes:
        kind: what it is to the host.
        in_etc: patterns below ``etc``.
        flat: patterns directly below a flat node directory.
    """

    kind: str
    in_etc: tuple[str, ...]
    flat: tuple[str, ...]


PLACES = (
    FilePlace("keepalived", ("keepalived/keepalived.conf",), ("keepalived.conf",)),
    FilePlace("haproxy", ("haproxy/haproxy.cfg", "haproxy/conf.d/*.cfg"), ("haproxy.cfg",)),
    FilePlace("hostname", ("hostname",), ("hostname",)),
    FilePlace("sysctl", ("sysctl.conf", "sysctl.d/*.conf", "ufw/sysctl.conf"), ("sysctl.conf", "sysctl.d/*.conf")),
    FilePlace("sysctl", (), ("sysctl-*.conf", "sysctl.txt", "sysctl-a*")),
    FilePlace("firewalld", ("firewalld/*.xml", "firewalld/*/*.xml", "firewalld/firewalld.conf"), ("firewalld.conf",)),
    FilePlace("firewalld", (), ("direct.xml", "zones/*.xml", "services/*.xml", "policies/*.xml", "ipsets/*.xml")),
    FilePlace("iptables", ("iptables/*.v4", "iptables/*.v6", "sysconfig/iptables", "sysconfig/ip6tables"), ()),
    FilePlace("iptables", (), ("rules.v4", "rules.v6", "iptables", "ip6tables", "iptables*.rules", "iptables-save*")),
    FilePlace("nftables", ("nftables.conf", "nftables.d/*", "nftables/*", "sysconfig/nftables.conf"), ()),
    FilePlace("nftables", (), ("nftables.conf", "*.nft", "nft-*.txt")),
    FilePlace("ufw", ("ufw/*", "default/ufw"), ("ufw.conf",)),
    FilePlace("ifcfg", ("sysconfig/network-scripts/ifcfg-*", "sysconfig/network"), ("ifcfg-*",)),
    FilePlace("ifcfg", (), ("network-scripts/ifcfg-*",)),
    FilePlace("route", ("sysconfig/network-scripts/route*-*", "sysconfig/network-scripts/rule*-*"), ("route-*",)),
    FilePlace("route", (), ("network-scripts/route*-*", "network-scripts/rule*-*", "rule-*")),
    FilePlace("interfaces", ("network/interfaces", "network/interfaces.d/*"), ("interfaces",)),
    FilePlace("networkmanager", ("NetworkManager/system-connections/*",), ("*.nmconnection",)),
    FilePlace("networkd", ("systemd/network/*",), ("*.network", "*.netdev")),
    FilePlace("netplan", ("netplan/*.yaml", "netplan/*.yml"), ("netplan/*.yaml", "netplan*.yaml")),
    FilePlace("captured", (), ("ip-addr*", "ip-route*", "ip-j-addr*", "ip-address*")),
)

KEEPALIVED_NAME = re.compile(r"keepalived.*\.conf|keepalived\.conf\..+|.*keepalived.*\.conf")
HAPROXY_NAME = re.compile(r".*\.cfg|haproxy.*\.conf")
KEEPALIVED_TEXT = re.compile(
    r"^\s*(global_defs|vrrp_instance|virtual_server(_group)?|vrrp_script|vrrp_sync_group|static_ipaddress)\b",
    re.MULTILINE,
)
HAPROXY_TEXT = re.compile(r"^\s*(global|defaults|frontend\s+\S+|backend\s+\S+|listen\s+\S+)\s*(#.*)?$", re.MULTILINE)


def kind_of(relative: str) -> str | None:
    """What a file (path below the node) is to the host, by its place; None when the place says nothing."""
    for place in PLACES:
        for pattern in place.in_etc:
            if fnmatch(relative, f"etc/{pattern}") or fnmatch(relative, pattern):
                return place.kind
        if any(fnmatch(relative, pattern) for pattern in place.flat):
            return place.kind
    name = relative.rsplit("/", 1)[-1]
    if name.endswith(".sh"):
        return "script"
    return kind_by_name(name)


def kind_by_name(name: str) -> str | None:
    """What a single file is by its name alone: ``keepalived``, ``haproxy`` or None."""
    if STALE.search(name):
        return None
    if KEEPALIVED_NAME.fullmatch(name):
        return "keepalived"
    return "haproxy" if HAPROXY_NAME.fullmatch(name) else None


def kind_by_text(text: str) -> str | None:
    """What a single file is by its first blocks or sections: ``keepalived``, ``haproxy`` or None."""
    if KEEPALIVED_TEXT.search(text):
        return "keepalived"
    return "haproxy" if HAPROXY_TEXT.search(text) else None


def find(tree: NodeTree, kind: str) -> list[str]:
    """The files (relative) of a kind that stand in their usual places, in the order of the places."""
    found: list[str] = []
    for place in PLACES:
        if place.kind != kind:
            continue
        for folder in ETC_FOLDERS:
            for pattern in place.in_etc:
                found += _matches(tree, f"{folder}/{pattern}".lstrip("/"))
        for pattern in place.flat:
            found += _matches(tree, pattern)
    return [name for name in dict.fromkeys(found) if not STALE.search(name)]


def looks_like_node(tree: NodeTree) -> bool:
    """True when a directory holds a host's files: its root, a copy of ``/etc``, or the files themselves."""
    if (tree.root / "etc").is_dir():
        return True
    return any(
        _matches(tree, pattern, one=True)
        for place in PLACES
        if place.kind not in {"hostname", "ufw"}
        for pattern in (*place.in_etc, *place.flat)
    )


def keepalived_variants(tree: NodeTree) -> list[str]:
    """Files of a flat directory that hold the keepalived.conf of several nodes, e.g. ``keepalived-master.conf``."""
    if find(tree, "keepalived"):
        return []
    names = [name for name in tree.files(".") if kind_by_name(name) == "keepalived"]
    return names if len(names) > 1 else []


def _matches(tree: NodeTree, pattern: str, *, one: bool = False) -> list[str]:
    """Files that fit a pattern with wildcards in its last parts only; with ``one``, existence of any is enough."""
    parts = pattern.split("/")
    folders = [""]
    for part in parts[:-1]:
        if "*" in part:
            folders = [
                f"{folder}/{name}".lstrip("/")
                for folder in folders
                for name in _folders(tree, folder)
                if fnmatch(name, part)
            ]
        else:
            folders = [f"{folder}/{part}".lstrip("/") for folder in folders]
    found: list[str] = []
    for folder in folders:
        if "*" not in parts[-1]:
            relative = f"{folder}/{parts[-1]}".lstrip("/")
            found += [relative] if tree.exists(relative) else []
        else:
            found += tree.files(folder or ".", parts[-1])
        if one and found:
            break
    return found


def _folders(tree: NodeTree, folder: str) -> list[str]:
    place = tree.locate(folder or ".")
    if place is None or not place.is_dir():
        return []
    try:
        return sorted(entry.name for entry in place.iterdir() if entry.is_dir())
    except OSError:
        return []

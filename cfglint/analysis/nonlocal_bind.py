"""Which addresses HAProxy binds on a node that the node does not always have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cfglint.model.haproxy import Bind, BindAddress
from cfglint.model.host_addresses import Address
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import NotifyScript, Vip, VrrpInstance

STARTS_HAPROXY = re.compile(
    r"systemctl\s+(?:-\S+\s+)*(?:re)?start\s+\S*haproxy|service\s+haproxy\s+(?:re)?start|init\.d/haproxy\s+(?:re)?start"
    r"|(?:^|[\s/])haproxy\s+(?:-\S+\s+)*-f\b",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class VipBind:
    """One bind of a VIP.

    Attributes:
        bind: the bind line.
        address: the address on it.
        vip: the VIP's line in keepalived.conf.
        instance: the instance that moves it.
    """

    bind: Bind
    address: BindAddress
    vip: Vip
    instance: VrrpInstance


def vip_binds(node: Node, version: Literal[4, 6]) -> Iterator[VipBind]:
    """The binds of a node's own VIPs that need the address to be there, in file order.

    Left out are binds that work without it (``transparent``), that may not count (inside ``.if``, of a disabled
    proxy) or stand in another network namespace, and VIPs that an interface file puts on the node all the time.
    """
    if node.haproxy is None or node.keepalived is None:
        return
    vips = {
        line.address: (line, instance)
        for instance in node.keepalived.instances
        for line in (*instance.vips, *instance.excluded_vips)
        if not isinstance(line.address, Unknown)
    }
    always = {entry.address.ip for entry in node.addresses.configured}
    active = (proxy for proxy in node.haproxy.proxies if not proxy.disabled)
    for bind in (bind for proxy in active for bind in proxy.binds):
        if bind.transparent or bind.conditional or "namespace" in bind.options:
            continue
        for written in bind.addresses:
            address: Address | Unknown | None = written.address
            if address is None or isinstance(address, Unknown) or address.version != version or address in always:
                continue
            if address in vips:
                yield VipBind(bind, written, *vips[address])


def haproxy_started_by_keepalived(node: Node) -> bool | Unknown:
    """Tell whether a notify script of Keepalived starts HAProxy, so that it only runs where the VIP is."""
    if node.keepalived is None:
        return False
    unread: Unknown | bool = False
    for script in _notify_scripts(node.keepalived):
        if STARTS_HAPROXY.search(" ".join(script.arguments)):
            return True
        path = script.arguments[0] if script.arguments else ""
        if not path.startswith("/"):
            continue
        name = path.rsplit("/", 1)[-1]
        places = (path, f"etc/keepalived/{name}", f"keepalived/{name}", f"scripts/{name}", name)
        source = next((text for place in places if (text := node.tree.read(place)) is not None), None)
        if source is None:
            unread = Unknown(f"the notify script {path} is not among the files, and may start haproxy")
        elif STARTS_HAPROXY.search(source.text):
            return True
    return unread


def _notify_scripts(config: KeepalivedConfig) -> Iterator[NotifyScript]:
    scripts = [script for instance in config.instances for script in instance.notify]
    scripts += [script for group in config.sync_groups for script in group.notify]
    return (script for script in scripts if script.keyword != "notify_stop")

"""Which addresses HAProxy binds on a node that the node does not always have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cfglint.model.haproxy import Bind, BindAddress
from cfglint.model.host_addresses import Address
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Vip, VrrpInstance

NOTIFY = re.compile(r"^\s*notify(?:_master|_backup|_fault|_stop)?\s+(?P<command>[^#!\n]+)", re.MULTILINE)
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

    Left out are binds that work without it (``transparent``), that may not count (inside ``.if``), and VIPs that an
    interface file puts on the node all the time.
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
    for bind in (bind for proxy in node.haproxy.proxies for bind in proxy.binds):
        if bind.transparent or bind.conditional:
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
    for found in NOTIFY.finditer(node.keepalived.source.text):
        command = found["command"].strip().strip("\"'")
        if STARTS_HAPROXY.search(command):
            return True
        path = command.split()[0] if command.split() else ""
        if not path.startswith("/"):
            continue
        name = path.rsplit("/", 1)[-1]
        places = (path, f"etc/keepalived/{name}", f"keepalived/{name}", f"scripts/{name}", name)
        script = next((text for place in places if (text := node.tree.read(place)) is not None), None)
        if script is None:
            unread = Unknown(f"the notify script {path} is not among the files, and may start haproxy")
        elif STARTS_HAPROXY.search(script.text):
            return True
    return unread

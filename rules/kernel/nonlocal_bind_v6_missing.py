"""The rule ``kernel/nonlocal-bind-v6-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Unchecked, rule
from cfglint.engine.nonlocal_bind import refused_vip_binds
from cfglint.model.node import Node


@rule(
    severity="error",
    sources=["haproxy 2.6.12 started in a network namespace without the VIP: the IPv6 key alone decides"],
)
def nonlocal_bind_v6_missing(node: Node) -> Iterator[Finding | Unchecked]:
    """HAProxy binds an IPv6 VIP, but the kernel refuses to bind an IPv6 address that the node does not hold.

    Why it hurts: on the node without the VIP haproxy does not start at all ("cannot bind socket"), not even for its
    other binds. The IPv4 key does not help: each family has its own.

    When it stays silent: for binds of every address (`:::80`) or with `transparent`; for VIPs that an interface
    file puts on the node anyway; where a notify script starts haproxy on purpose; where no sysctl file is given
    (that is unchecked).

    What to do: set `net.ipv6.ip_nonlocal_bind = 1` in a file below /etc/sysctl.d on every node, and run
    `sysctl --system`.
    """
    yield from refused_vip_binds(node, 6)

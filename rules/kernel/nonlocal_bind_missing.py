"""The rule ``kernel/nonlocal-bind-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Unchecked, rule
from cfglint.engine.nonlocal_bind import refused_vip_binds
from cfglint.model.node import Node


@rule(
    severity="error",
    sources=["haproxy 2.6.12 started in a network namespace without the VIP: it fails with 0, listens with 1"],
)
def nonlocal_bind_missing(node: Node) -> Iterator[Finding | Unchecked]:
    """HAProxy binds a VIP, but the kernel refuses to bind an address that the node does not hold.

    Why it hurts: on the node without the VIP haproxy does not start at all ("cannot bind socket"), not even for its
    other binds. After a failover the VIP is on a node where no haproxy runs. `haproxy -c` does not notice.

    When it stays silent: for binds of every address (`*:80`, `:80`) or with `transparent`; for VIPs that an interface
    file puts on the node anyway; where a notify script starts haproxy on purpose; where no sysctl file is given
    (that is unchecked).

    What to do: set `net.ipv4.ip_nonlocal_bind = 1` in a file below /etc/sysctl.d on every node, and run
    `sysctl --system`.
    """
    yield from refused_vip_binds(node, 4)

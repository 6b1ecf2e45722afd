"""The rule ``kernel/nonlocal-bind-v6-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.nonlocal_bind import haproxy_started_by_keepalived, vip_binds
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.node import Node
from cfglint.model.value import Unknown

KEY = "net.ipv6.ip_nonlocal_bind"


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
    binds = list(vip_binds(node, 6))
    started = haproxy_started_by_keepalived(node) if binds else False
    if not binds or started is True:
        return
    setting = node.kernel.effective(KEY)
    if isinstance(setting.value, Unknown):
        yield Unchecked(node.name, KEY, setting.value.why)
        return
    if setting.value:
        return
    first = binds[0]
    more = sorted({str(found.address.address) for found in binds} - {str(first.address.address)})
    also = f" (and {', '.join(more)})" if more else ""
    related = [Related(f"the VIP of {first.instance.name}", first.vip.span)]
    related += [Related(f"{entry.value or 'nothing'} here", entry.span) for entry in setting.sources]
    yield Finding(
        at=first.address.span,
        subject=(node.name, KEY),
        severity="warning" if isinstance(started, Unknown) else None,
        message=(
            f"haproxy on {node.name} binds the VIP {first.address.address}{also}, but {KEY} is 0 there: while another "
            "node holds the VIP haproxy cannot start, and a failover brings the VIP to a node without haproxy"
        ),
        label="not on this node until it is master",
        related=related,
        help=f"set {KEY} = 1 in /etc/sysctl.d on every node of the cluster, or add `transparent` to the bind line",
        nodes=(node.name,),
    )

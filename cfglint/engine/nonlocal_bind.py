"""The finding about a VIP that HAProxy cannot bind on the standby: one sentence for both address families."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cfglint.analysis.nonlocal_bind import haproxy_started_by_keepalived, vip_binds
from cfglint.engine.finding import Finding, Related, Unchecked
from cfglint.model.node import Node
from cfglint.model.value import Unknown


def refused_vip_binds(node: Node, family: Literal[4, 6]) -> Iterator[Finding | Unchecked]:
    """What a node's kernel setting does to the binds of its VIPs.

    Args:
        node: a balancer.
        family: the IP version of the binds; each has a key of its own.
    """
    key = f"net.ipv{family}.ip_nonlocal_bind"
    binds = list(vip_binds(node, family))
    started = haproxy_started_by_keepalived(node) if binds else False
    if not binds or started is True:
        return
    setting = node.kernel.effective(key)
    if isinstance(setting.value, Unknown):
        yield Unchecked(node.name, key, setting.value.why)
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
        subject=(node.name, key),
        severity="warning" if isinstance(started, Unknown) else None,
        message=(
            f"haproxy on {node.name} binds the VIP {first.address.address}{also}, but {key} is 0 there: while another "
            "node holds the VIP haproxy cannot start, and a failover brings the VIP to a node without haproxy"
        ),
        label="not on this node until it is master",
        related=related,
        help=f"set {key} = 1 in /etc/sysctl.d on every node of the cluster, or add `transparent` to the bind line",
        nodes=(node.name,),
    )

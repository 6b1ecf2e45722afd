"""The rule ``kernel/sysctl-drift``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.cluster import Cluster
from cfglint.model.value import Unknown

BIND_KEYS = ("net.ipv4.ip_nonlocal_bind", "net.ipv6.ip_nonlocal_bind")
"""What HAProxy can listen on before the VIP comes."""

IPVS_KEYS = (
    "net.ipv4.ip_forward",
    "net.ipv4.vs.conntrack",
    "net.ipv4.vs.expire_nodest_conn",
    "net.ipv4.vs.expire_quiescent_template",
    "net.ipv6.conf.all.forwarding",
)
"""What IPVS does with packets."""


@rule(
    severity="warning",
    yields_to=("kernel/nonlocal-bind-missing", "kernel/nonlocal-bind-v6-missing", "kernel/ip-forward-missing"),
    sources=["haproxy and IPVS depend on these settings of the node they run on: observed in network namespaces"],
)
def sysctl_drift(cluster: Cluster) -> Iterator[Finding]:
    """Balancers of one cluster have different kernel settings that matter for taking over.

    Why it hurts: what works on the master need not work on the node that takes over, and nobody notices before.

    When it stays silent: for equal values, the kernel's default on both sides included; for forwarding and IPVS
    settings of clusters without virtual servers; where a node has no sysctl file; for settings of one interface.

    What to do: give every balancer the same sysctl files.
    """
    keys: tuple[str, ...] = BIND_KEYS if any(node.haproxy is not None for node in cluster.nodes) else ()
    if any(node.keepalived is not None and node.keepalived.virtual_servers for node in cluster.nodes):
        keys += IPVS_KEYS
    for key in keys:
        settings = [(node, node.kernel.effective(key)) for node in cluster.nodes]
        values = {setting.value for _, setting in settings if not isinstance(setting.value, Unknown)}
        if len(values) < 2 or any(isinstance(setting.value, Unknown) for _, setting in settings):
            continue
        least = min(values)
        (node, odd), *_ = [pair for pair in settings if pair[1].value == least]
        other, usual = next(pair for pair in settings if pair[1].value != least)
        how = "" if odd.sources else " (set nowhere)"
        yield Finding(
            at=odd.span or node.span,
            subject=(node.name, key),
            message=(
                f"{key} is {odd.value}{how} on {node.name}, but {usual.value} on {other.name}: what works on one of "
                "the two may fail after a failover to the other"
            ),
            label=f"{odd.value} on {node.name}" if odd.sources else "",
            related=[Related(f"{usual.value} on {other.name}", entry.span) for entry in usual.sources[:1]],
            help=f"set {key} to the same value on every balancer",
            nodes=(node.name, other.name),
        )

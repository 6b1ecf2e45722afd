"""The rule ``lvs/dr-rs-answers-arp``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from cfglint.analysis.arp import arp_answer
from cfglint.analysis.real_servers import Backend, backends, served_clusters
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.cluster import Cluster, Fleet
from cfglint.model.node import Node
from cfglint.model.value import Unknown

HIDING = (1, 2, 8)


def _only_default(node: Node, interface: str) -> bool:
    """True when arp_ignore is set for ``default`` alone."""
    default = node.kernel.value("net.ipv4.conf.default.arp_ignore")
    others = (node.kernel.value(f"net/ipv4/conf/{name}/arp_ignore") for name in ("all", interface))
    return default is not None and default.number in HIDING and all(other is None for other in others)


def _late(backend: Backend, interface: str) -> Finding:
    line = backend.node.kernel.value("net.ipv4.conf.default.arp_ignore")
    carrier = backend.carriers[0]
    name = backend.node.name
    return Finding(
        at=line.span if line is not None else carrier.span,
        subject=backend.key,
        severity="warning",
        message=(
            f"{name} hides the VIP {backend.vip} by arp_ignore of conf.default only, which counts for interfaces that "
            f"appear later: whether {interface} is one depends on the order of the boot, and if not, {name} answers "
            "ARP requests for the VIP beside the director"
        ),
        label="counts for interfaces that appear later",
        related=[Related("the VIP", carrier.span)],
        help=f"set net.ipv4.conf.all.arp_ignore = 1 in /etc/sysctl.d on {name}",
        nodes=(name,),
    )


@rule(
    severity="error",
    yields_to=("lvs/dr-arp-only-lo", "lvs/dr-vip-on-arp-interface"),
    sources=[
        "ARP requests in network namespaces: an effective arp_ignore of 0 or 3 answers for a VIP on lo",
        "kernel documentation, ip-sysctl: the maximum of all and the receiving interface counts",
    ],
)
def dr_rs_answers_arp(fleet: Fleet) -> Iterator[Finding | Unchecked]:
    """A real server of direct routing answers ARP requests for the VIP that it carries on lo.

    Why it hurts: director and real server both answer for the VIP. Clients and routers learn one of the two at
    random, and again each time the entry ages: traffic skips the director and its health checks.

    When it stays silent: where the effective arp_ignore of the asked interface is 1, 2 or 8; where an ARP filter
    drops the requests; for IPv6. Without sysctl files it is unchecked.

    What to do: set arp_ignore = 1 for `all`, or for the interface towards the director; a value for `lo` or
    `default` has no effect, and 3 hides only addresses of scope host.
    """
    for cluster in served_clusters(fleet):
        yield from _check(cluster)


def _check(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    for backend in backends(cluster, "DR"):
        vip, node = backend.vip, backend.node
        if backend.is_director or not isinstance(vip, IPv4Address) or not backend.carriers:
            continue
        asked = backend.asked_on
        if isinstance(asked, Unknown):
            yield Unchecked(node.name, f"ARP answers for {vip}", f"not known {asked.why}")
            continue
        carried = {carrier.interface for carrier in backend.carriers}
        for interface in (name for name in asked if name not in carried):
            answer = arp_answer(node.addresses, node.kernel, vip, interface)
            if isinstance(answer.answers, Unknown) and _only_default(node, interface):
                yield _late(backend, interface)
                break
            if isinstance(answer.answers, Unknown):
                yield Unchecked(node.name, f"ARP answers for {vip} on {interface}", answer.answers.why)
                continue
            if not answer.answers:
                continue
            sources = answer.ignore.sources
            value = answer.ignore.value
            where = "" if sources else ", set nowhere"
            yield Finding(
                at=sources[0].span if sources else backend.carriers[0].span,
                subject=backend.key,
                message=(
                    f"{node.name} carries the VIP {vip} on {backend.carriers[0].interface} and answers ARP requests "
                    f"for it on {interface} (effective arp_ignore {value}{where}): it competes with the director, and "
                    "traffic of clients that learn its address skips the load balancing"
                ),
                label=f"arp_ignore {value}" if sources else f"answered for on {interface}",
                related=[
                    *(Related("the VIP", carrier.span) for carrier in backend.carriers[:1] if sources),
                    *(Related(f"direct routing from {entry.node.name}", entry.span) for entry in backend.entries[:2]),
                ],
                help=f"set net.ipv4.conf.all.arp_ignore = 1 (or that of {interface}) in /etc/sysctl.d on {node.name}",
                nodes=(node.name,),
            )
            break

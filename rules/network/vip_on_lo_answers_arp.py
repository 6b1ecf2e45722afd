"""The rule ``network/vip-on-lo-answers-arp``."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from cfglint.analysis.arp import arp_answer
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.host_addresses import HostAddress
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Vip, VrrpInstance


def _carried(node: Node) -> Iterator[tuple[VrrpInstance, Vip, IPv4Address, HostAddress]]:
    """The IPv4 VIPs of a balancer that its interface files put on lo or a dummy device."""
    entries = {
        entry.address.ip: entry for entry in node.addresses.configured if entry.on_silent_device and entry.at_boot
    }
    for instance in node.keepalived.instances if entries and node.keepalived is not None else ():
        for line in (*instance.vips, *instance.excluded_vips):
            if isinstance(line.address, IPv4Address) and line.address in entries:
                yield instance, line, line.address, entries[line.address]


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.2.7 and 2.4.3: a VIP on lo of the backup, which answers ARP for it"],
)
def vip_on_lo_answers_arp(node: Node) -> Iterator[Finding | Unchecked]:
    """A load balancer carries a VIP on lo all the time, and answers ARP requests for it.

    Why it hurts: Linux answers on every interface for any address that it has. While the other node is MASTER, this one
    answers for the VIP as well: clients learn one of the two at random, and half of them reach the backup.

    When it stays silent: where the effective arp_ignore of the instance's interface is 1, 2 or 8; where an ARP filter
    drops the requests; for IPv6; for a VIP that lo carries only at hand. Without sysctl files it is unchecked.

    What to do: set `net.ipv4.conf.all.arp_ignore = 1`, or take the address off lo: Keepalived brings it with the
    MASTER.
    """
    for instance, line, vip, carrier in _carried(node):
        interface = line.device or instance.interface.value
        if not isinstance(interface, str) or interface == carrier.interface:
            continue
        answer = arp_answer(node.addresses, node.kernel, vip, interface)
        if isinstance(answer.answers, Unknown):
            yield Unchecked(node.name, f"ARP answers for {vip} on {interface}", answer.answers.why)
        elif answer.answers:
            sources = answer.ignore.sources
            where = "" if sources else ", set nowhere"
            yield Finding(
                at=carrier.span,
                subject=(node.name, "vip", str(vip), "arp"),
                message=(
                    f"{node.name} carries the VIP {vip} of {instance.name} on {carrier.interface} all the time and "
                    f"answers ARP requests for it on {interface} (effective arp_ignore {answer.ignore.value}{where}): "
                    "while another node is MASTER, clients reach one of the two by chance"
                ),
                label="answered for as BACKUP, too",
                related=[
                    Related(f"a VIP of {instance.name}", line.span),
                    *(Related("arp_ignore", source.span) for source in sources[:1]),
                ],
                help=f"set net.ipv4.conf.all.arp_ignore = 1 on {node.name}, or take {vip} off {carrier.interface}",
                nodes=(node.name,),
            )

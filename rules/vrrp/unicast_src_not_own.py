"""The rule ``vrrp/unicast-src-not-own``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.cluster import Cluster
from cfglint.model.node import Node
from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import Address, VrrpInstance


def _sources(instance: VrrpInstance) -> Iterator[tuple[str, Setting[Address | None], Address]]:
    for word, setting in (("unicast_src_ip", instance.unicast_source), ("mcast_src_ip", instance.multicast_source)):
        if setting.written and setting.value is not None and not isinstance(setting.value, Unknown):
            yield word, setting, setting.value


def _undecided(node: Node, address: Address) -> str:
    """Why the node's files do not tell whether it has an address; empty when they do."""
    host = node.addresses
    if host.incomplete is not None:
        return host.incomplete.why
    if not any(entry.address.version == address.version for entry in host.addresses):
        return f"no interface file of {node.name} gives an IPv{address.version} address"
    return ""


@rule(
    severity="error",
    yields_to=("vrrp/config-copied-verbatim",),
    sources=["keepalived 2.2 and later: the instance goes to FAULT (src address not configured)"],
)
def unicast_src_not_own(cluster: Cluster) -> Iterator[Finding | Unchecked]:
    """The source address of adverts is not an address of the node.

    Why it hurts: Keepalived cannot send from an address that the host does not have. The instance goes to FAULT, or
    sends nothing while the peer takes over: the node never holds the VIP, or both do. Typical after copying the
    peer's file.

    When it stays silent: where the address is one of the node's; where interface files are not given or do not tell
    every address (unchecked).

    What to do: write the node's own address on that interface.
    """
    router = {id(member): group.name for group in cluster.groups for member in group.members}
    for node in cluster.nodes:
        for instance in node.keepalived.instances if node.keepalived is not None else ():
            for word, setting, address in _sources(instance):
                if node.addresses.carriers(address) or not node.addresses.files:
                    continue
                why = _undecided(node, address)
                if why:
                    yield Unchecked(node.name, f"{word} of {instance.name}", why)
                    continue
                peer = next((other for other in cluster.nodes if other.addresses.carriers(address)), None)
                whose = f"it is {peer.name}'s address" if peer is not None else "no interface file of it has it"
                own = node.addresses.on(str(instance.interface.value))
                related = [Related(f"{node.name} has {entry.address.ip}", entry.span) for entry in own[:1]]
                if peer is not None:
                    related.append(Related(f"{peer.name} has it", peer.addresses.carriers(address)[0].span))
                yield Finding(
                    at=setting.span,
                    subject=(cluster.name, router.get(id(instance), instance.name), word),
                    message=(
                        f"{instance.name} on {node.name} sends adverts from {address}, which {node.name} does not "
                        f"have ({whose}): the instance stays in FAULT and never takes the VIP over"
                    ),
                    label=f"not an address of {node.name}",
                    related=related,
                    help=f"use {node.name}'s own address on {instance.interface.value}",
                    nodes=(node.name,) if peer is None else (node.name, peer.name),
                )

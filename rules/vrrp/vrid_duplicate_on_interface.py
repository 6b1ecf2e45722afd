"""The rule ``vrrp/vrid-duplicate-on-interface``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance

Place = tuple[str, int, int]


def _unicast_clash(one: VrrpInstance, other: VrrpInstance) -> bool:
    """Two unicast instances that the daemon cannot tell apart: same source, and a peer in common."""
    same = (
        one.vrid.value == other.vrid.value
        and one.family == other.family
        and one.interface.value == other.interface.value
        and one.unicast_source.value == other.unicast_source.value
    )
    peers = {peer.address for peer in one.unicast_peers if not isinstance(peer.address, Unknown)}
    return same and any(peer.address in peers for peer in other.unicast_peers)


def _place(instance: VrrpInstance) -> Place | Unknown | None:
    """Interface, VRID and family: what must be unique; None for an instance that takes no part."""
    vrid, interface, family = instance.vrid.value, instance.interface.value, instance.family
    if instance.is_unicast or vrid is None or interface is None:
        return None
    for value in (vrid, interface, family):
        if isinstance(value, Unknown):
            return value
    return (str(interface), int(str(vrid)), int(str(family)))


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7 and 2.3.4, run: `both use VRID … on interface …`, `permanent error CONFIG. Terminating`",
        "RFC 9568 §5.2.3: a VRID is unique on a LAN, for each address family",
    ],
)
def vrid_duplicate_on_interface(config: KeepalivedConfig) -> Iterator[Finding | Unchecked]:
    """Two instances of one node use one VRID on one interface.

    Why it hurts: adverts name only the VRID, so the two instances cannot be told apart. keepalived ends with a
    configuration error and starts neither of them: no VIP of this node comes up.

    When it stays silent: for the same VRID on two interfaces, for an IPv4 and an IPv6 instance, for unicast instances
    without a peer in common, for instances with multicast groups of their own: all of these are legal.

    What to do: give one of the instances another virtual_router_id, on every node.
    """
    instances = defaultdict(list)
    for instance in config.instances:
        place = _place(instance)
        if isinstance(place, Unknown):
            yield Unchecked(config.node.name, f"whether the VRID of {instance.name} is used twice", place.why)
        elif place is not None:
            instances[(*place, str(instance.multicast_group.value))].append(instance)
    for (interface, vrid, _, _), same in instances.items():
        for other in same[1:]:
            yield _finding(config, same[0], other, f"on {interface}", vrid)
    yield from _unicast(config)


def _unicast(config: KeepalivedConfig) -> Iterator[Finding]:
    """Unicast instances that cannot be told apart."""
    unicast: dict[int, list[VrrpInstance]] = defaultdict(list)
    for instance in config.instances:
        if instance.is_unicast and isinstance(instance.vrid.value, int):
            unicast[instance.vrid.value].append(instance)
    for vrid, same in unicast.items():
        for index, other in enumerate(same):
            first = next((earlier for earlier in same[:index] if _unicast_clash(earlier, other)), None)
            if first is not None:
                yield _finding(config, first, other, "towards one peer", vrid)


def _finding(config: KeepalivedConfig, first: VrrpInstance, other: VrrpInstance, where: str, vrid: int) -> Finding:
    return Finding(
        at=other.vrid.span,
        subject=(config.node.name, other.name, "virtual_router_id", where),
        message=(
            f"{first.name} and {other.name} on {config.node.name} both use VRID {vrid} {where}: keepalived does not "
            f"start "
            "with this file, and none of the node's VIPs comes up"
        ),
        label=f"{vrid} again {where}",
        related=[Related(f"{first.name} uses {vrid} here", first.vrid.span)],
        help="give one of the two another virtual_router_id from 1 to 255, on every node",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node),
    )

"""The rule ``vrrp/vrid-collision``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cfglint.analysis.keepalived_statements import holds
from cfglint.analysis.segments import Network, subnets
from cfglint.engine import Finding, Related, Severity, rule
from cfglint.engine.wording import in_order, listing
from cfglint.model.cluster import Fleet
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance

Place = tuple[int, int, object, Network]
"""VRID, IP version, multicast group and segment: where virtual routers hear each other."""


@dataclass(frozen=True, slots=True, eq=False)
class _Member:
    """An instance with the cluster (or the node that stands alone) it belongs to."""

    owner: int
    name: str
    instance: VrrpInstance


def _members(fleet: Fleet) -> Iterator[_Member]:
    clusters = {id(node): cluster for cluster in fleet.clusters for node in cluster.nodes}
    for node in fleet.nodes:
        cluster = clusters.get(id(node))
        owner, name = (id(node), node.name) if cluster is None else (id(cluster), cluster.name)
        for instance in node.keepalived.instances if node.keepalived is not None else ():
            yield _Member(owner, name, instance)


def _places(instance: VrrpInstance) -> Iterator[Place]:
    """Where an instance's multicast adverts go; nothing where the files do not tell."""
    interface, vrid, group, family = (
        instance.interface.value,
        instance.vrid.value,
        instance.multicast_group.value,
        instance.family,
    )
    if instance.unicast_configured or instance.is_unicast or instance.damaged is not None:
        return
    if not isinstance(interface, str) or not isinstance(vrid, int) or isinstance(group, Unknown):
        return
    if isinstance(family, Unknown):
        return
    for network in dict.fromkeys(subnets(instance.node.addresses, interface, instance.all_addresses)):
        yield vrid, family, group, network


def _joined(one: VrrpInstance, other: VrrpInstance) -> bool | None:
    """Whether each takes the other's adverts once the VIP lists no longer matter; None when it is not known."""
    pairs: list[tuple[object, object]] = [
        (one.version.value, other.version.value),
        (one.authentication_kind, other.authentication_kind),
    ]
    if one.version.value == 2:
        pairs += [
            (one.advert_int.value, other.advert_int.value),
            (one.authentication.password, other.authentication.password),
        ]
    if any(isinstance(value, Unknown) for pair in pairs for value in pair):
        return None
    return all(mine == theirs for mine, theirs in pairs)


@rule(
    severity="error",
    sources=["elections observed with keepalived 2.0.20 to 2.4.3: two pairs with one VRID on one segment"],
)
def vrid_collision(fleet: Fleet) -> Iterator[Finding]:
    """Two clusters use one VRID on the same segment.

    Why it hurts: each hears the other's adverts. From Keepalived 2.3.3 on they take part in one election, whatever VIPs
    they list: the cluster with the lower priority stays BACKUP, and nobody holds its VIPs. Before, they drop each
    other's adverts and log every one of them. With virtual MACs both use the same MAC address.

    When it stays silent: for unicast; for another multicast group, IP version or network; where the interface files do
    not show that both are in one network. Where passwords, versions or intervals differ it is an info: they drop each
    other's adverts. Without a target it is a warning, from 2.3.3 on an error.

    What to do: give one of the clusters another virtual_router_id, on every node of it.
    """
    first: dict[Place, _Member] = {}
    told: set[tuple[int, int, int]] = set()
    for member in _members(fleet):
        for place in _places(member.instance):
            other = first.setdefault(place, member)
            pair = (other.owner, member.owner, place[0])
            if other.owner != member.owner and pair not in told:
                told.add(pair)
                yield _finding(place, other, member)


def _finding(place: Place, one: _Member, other: _Member) -> Finding:
    vrid, _, _, network = place
    mine, theirs = one.instance, other.instance
    joined, virtual = _joined(mine, theirs), mine.use_vmac and theirs.use_vmac
    severity: Severity = "info"
    follows = "each drops the other's adverts and logs them"
    if virtual:
        severity, follows = "error", "both use the same virtual MAC address, and switches send frames to the wrong one"
    elif joined is not False:
        since = holds(theirs.node, "2.3.3")
        severity = "error" if since and joined else "info" if since is False else "warning"
        weaker = _weaker(one, other)
        if since is not False:
            follows = (
                f"from Keepalived 2.3.3 on they take part in one election, and nobody holds the VIPs of {weaker}; "
                "before, each drops and logs the other's adverts"
            )
    vips = [listing(in_order(member.instance.all_addresses)) for member in (one, other)]
    return Finding(
        at=theirs.vrid.span,
        subject=(other.name, theirs.name, "virtual_router_id", one.name),
        severity=severity,
        message=(
            f"{other.name} ({theirs.name}, {vips[1]}) and {one.name} ({mine.name}, {vips[0]}) both use VRID {vrid} on "
            f"{network}: {follows}"
        ),
        label=f"also used by {one.name}",
        related=[Related(f"VRID {vrid} of {one.name}", mine.vrid.span)],
        help=f"give {other.name} another virtual_router_id, on every node of it",
        nodes=(mine.node.name, theirs.node.name),
    )


def _weaker(one: _Member, other: _Member) -> str:
    mine, theirs = one.instance.priority.value, other.instance.priority.value
    if isinstance(mine, int) and isinstance(theirs, int) and mine != theirs:
        return one.name if mine < theirs else other.name
    return "one of them"

"""Which nodes are one cluster, and which instances are one virtual router.

Nodes are tied by the VIPs they share. A name with its interface, or a VRID, ties instances only among nodes that are
already together, and only where it is unambiguous: a hundred rendered pairs all say ``VI_1``, ``eth0`` and 51.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice

from cfglint.model.cluster import Cluster, Fleet, NotCompared, VrrpGroup
from cfglint.model.declared import DeclaredCluster
from cfglint.model.haproxy import HaproxyConfig
from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance

SAME_ROUTER, SHARED_VIP, SAME_NAME, SAME_VRID = 8, 4, 2, 1
"""How strongly two instances of two nodes are tied: name, interface and VRID together; a VIP; a name; a VRID."""

MOST_SHARING = 50
"""Instances of one node that share a VIP and are held against another node's; no sane node has two."""


def build_fleet(nodes: list[Node], declared: Sequence[DeclaredCluster] = ()) -> Fleet:
    """Group nodes into clusters and their instances into virtual routers.

    Args:
        nodes: every node that was given.
        declared: clusters that the settings declare; their nodes are grouped with no others.
    """
    nodes = sorted(nodes, key=lambda node: node.name)
    _find_bare_peer(nodes)
    fleet = Fleet(nodes, [])
    placed = {name for cluster in declared for name in cluster.nodes}
    balancers = [node for node in nodes if node.role == "balancer" and node.name not in placed]
    groups = [[node for node in nodes if node.name in cluster.nodes] for cluster in declared]
    for members in [*(group for group in groups if group), *_together(balancers)]:
        cluster = Cluster(members)
        cluster.groups = _virtual_routers(cluster)
        fleet.clusters.append(cluster)
    _place_real_servers(fleet, {name: cluster.nodes for cluster in declared for name in cluster.real_servers})
    fleet.clusters.sort(key=lambda cluster: cluster.name)
    in_cluster = {id(node) for cluster in fleet.clusters for node in (*cluster.nodes, *cluster.real_servers)}
    for node in nodes:
        if id(node) not in in_cluster:
            fleet.not_compared.append(NotCompared(node.name, "peer", _why_alone(node, fleet)))
    return fleet


def _find_bare_peer(nodes: list[Node]) -> None:
    """Of exactly two given nodes, recognise a balancer that has lost both daemons' files: its peer points at it.

    It is the peer when it owns an address that the other lists in unicast_peer, or when the other sends requests to
    nobody, so that there is nothing else it could be.
    """
    if len(nodes) != 2:
        return
    for node, other in (nodes, reversed(nodes)):
        if node.role == "balancer" and instances_of(node) and other.role != "balancer":
            peers = {peer.address for instance in instances_of(node) for peer in instance.unicast_peers}
            if {entry.address.ip for entry in other.addresses.addresses} & peers or not _serves_others(node):
                other.role = "balancer"


def _serves_others(node: Node) -> bool:
    return node.haproxy is not None or bool(node.keepalived and node.keepalived.virtual_servers)


def instances_of(node: Node) -> list[VrrpInstance]:
    """The VRRP instances a node runs; none without Keepalived."""
    return node.keepalived.instances if node.keepalived is not None else []


def _together(balancers: list[Node]) -> list[list[Node]]:
    """Nodes that share a VIP, directly or through others; exactly two given nodes also by weaker ties."""
    owners: dict[Address, list[int]] = defaultdict(list)
    parent = list(range(len(balancers)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, node in enumerate(balancers):
        for address in {address for instance in instances_of(node) for address in instance.all_addresses}:
            owners[address].append(index)
    for sharing in owners.values():
        for other in sharing[1:]:
            parent[root(other)] = root(sharing[0])
    if len(balancers) == 2 and root(0) != root(1) and _two_given_belong_together(*balancers):
        parent[1] = 0
    groups: dict[int, list[Node]] = defaultdict(list)
    for index, node in enumerate(balancers):
        groups[root(index)].append(node)
    return [members for members in groups.values() if len(members) > 1]


def _two_given_belong_together(one: Node, other: Node) -> bool:
    """Exactly two balancers were given: an instance's name and interface or VRID, or the same proxies, tie them."""
    if next(_ties_of(instances_of(one), instances_of(other)), None) or _weak_ties(one, other):
        return True
    if any(node.keepalived is None and node.haproxy is None for node in (one, other)):
        return True  # recognised as the other's peer above
    if all(node.keepalived is not None for node in (one, other)) and not all(map(instances_of, (one, other))):
        return bool(instances_of(one) or instances_of(other))  # one has lost its instances, or never got them
    return _same_service(one, other)


def _same_service(one: Node, other: Node) -> bool:
    """True when both run HAProxy for one service: they listen on the same address, or share most proxies' names."""
    if one.haproxy is None or other.haproxy is None:
        return False
    if _bind_addresses(one.haproxy) & _bind_addresses(other.haproxy):
        return True
    names = [{(proxy.kind, proxy.name) for proxy in config.proxies} for config in (one.haproxy, other.haproxy)]
    return bool(names[0] & names[1]) and 2 * len(names[0] & names[1]) >= max(len(names[0]), len(names[1]))


def _bind_addresses(config: HaproxyConfig) -> set[Address]:
    return {
        bound.address
        for proxy in config.proxies
        for bind in proxy.binds
        for bound in bind.addresses
        if bound.address is not None and not isinstance(bound.address, Unknown) and not bound.address.is_loopback
    }


def _tie(one: VrrpInstance, other: VrrpInstance) -> int:
    """How strongly two instances of two nodes belong together; 0 when nothing ties them."""
    same_name = one.name == other.name and _equal(one.interface.value, other.interface.value)
    same_vrid = one.vrid.value is not None and _equal(one.vrid.value, other.vrid.value)
    shared = len(one.all_addresses & other.all_addresses)
    if one.vips and other.vips and one.family != other.family and not shared:
        return 0
    score = SHARED_VIP if shared else 0
    if same_name and same_vrid:
        score += SAME_ROUTER
    elif one.name == other.name:
        score += SAME_NAME if same_name or shared else 0
    elif same_vrid:
        score += SAME_VRID
    return score


def _equal(one: object, other: object) -> bool:
    return not isinstance(one, Unknown) and one == other


def _virtual_routers(cluster: Cluster) -> list[VrrpGroup]:
    """Tie the instances of a cluster's nodes, strongest ties first, at most one instance a node in a group."""
    instances = [instance for node in cluster.nodes for instance in instances_of(node)]
    group_of = {id(instance): [instance] for instance in instances}
    tied_by: dict[int, int] = {}
    for score, one, other in _ties(cluster):
        left, right = group_of[id(one)], group_of[id(other)]
        if left is right or {id(member.node) for member in left} & {id(member.node) for member in right}:
            continue
        left.extend(right)
        for member in right:
            group_of[id(member)] = left
        for member in left:
            tied_by[id(member)] = max(score, tied_by.get(id(member), 0))
    order = {id(node): place for place, node in enumerate(cluster.nodes)}
    groups: list[VrrpGroup] = []
    taken: Counter[str] = Counter()
    for members in {id(members): members for members in group_of.values()}.values():
        members.sort(key=lambda member: order[id(member.node)])
        name = Counter(member.name for member in members).most_common(1)[0][0]
        taken[name] += 1
        label = name if taken[name] == 1 else f"{name}#{taken[name]}"
        groups.append(VrrpGroup(label, cluster, members, _word(tied_by.get(id(members[0]), 0))))
    return groups


def _word(score: int) -> str:
    if score & SHARED_VIP:
        return "vip"
    return "name" if score & (SAME_ROUTER | SAME_NAME) else "vrid"


def _ties(cluster: Cluster) -> list[tuple[int, VrrpInstance, VrrpInstance]]:
    """Every tie between instances of two nodes, strongest first; a VRID that fits several instances ties none."""
    found: list[tuple[int, VrrpInstance, VrrpInstance]] = []
    for one_node, other_node in combinations(cluster.nodes, 2):
        found += _ties_of(instances_of(one_node), instances_of(other_node))
        back = _weak_ties(other_node, one_node)
        for one, partners in _weak_ties(one_node, other_node).values():
            if len(partners) == 1 and len(back[id(partners[0])][1]) == 1:
                found.append((SAME_VRID, one, partners[0]))
    found.sort(key=lambda tie: -tie[0])
    return found


def _ties_of(left: list[VrrpInstance], right: list[VrrpInstance]) -> Iterator[tuple[int, VrrpInstance, VrrpInstance]]:
    """The ties by a VIP or a name, found by key and not by trying all pairs."""
    by_key: dict[object, list[VrrpInstance]] = defaultdict(list)
    for instance in right:
        for key in _keys(instance):
            by_key[key].append(instance)
    for instance in left:
        partners = {id(other): other for key in _keys(instance) for other in by_key.get(key, ())[:MOST_SHARING]}
        for other in partners.values():
            if score := _tie(instance, other):
                yield score, instance, other


def _keys(instance: VrrpInstance) -> set[object]:
    return {*instance.all_addresses, ("name", instance.name)}


def _weak_ties(one: Node, other: Node) -> dict[int, tuple[VrrpInstance, list[VrrpInstance]]]:
    """By id, the instances of one node that nothing but a VRID ties to some of the other, with the first two of them.

    Whether it is one or more is all that counts, and a large node uses each VRID on many interfaces.
    """
    by_vrid: dict[object, list[VrrpInstance]] = defaultdict(list)
    for instance in instances_of(other):
        by_vrid[instance.vrid.value].append(instance)
    found: dict[int, tuple[VrrpInstance, list[VrrpInstance]]] = {}
    for instance in instances_of(one):
        fitting = (twin for twin in by_vrid.get(instance.vrid.value, ()) if _tie(instance, twin) == SAME_VRID)
        if partners := list(islice(fitting, 2)):
            found[id(instance)] = (instance, partners)
    return found


def _place_real_servers(fleet: Fleet, declared: Mapping[str, Sequence[str]]) -> None:
    """Put each real server behind the clusters that send to one of its addresses, or that declare it."""
    wanted: dict[Address, list[Cluster]] = defaultdict(list)
    for cluster in fleet.clusters:
        for address in {address for node in cluster.nodes for address in served_addresses(node)}:
            wanted[address].append(cluster)
    for node in fleet.nodes:
        if node.role == "balancer":
            continue
        if node.name in declared:
            mine = set(declared[node.name])
            for cluster in fleet.clusters:
                if mine & {member.name for member in cluster.nodes}:
                    cluster.real_servers.append(node)
            continue
        own = {entry.address.ip for entry in node.addresses.addresses}
        for cluster in {id(cluster): cluster for address in own for cluster in wanted.get(address, [])}.values():
            cluster.real_servers.append(node)


def served_addresses(node: Node) -> set[Address]:
    """The addresses that a balancer sends requests to: real servers of IPVS and servers of HAProxy."""
    found: set[Address] = set()
    if node.keepalived is not None:
        for server in (real for virtual in node.keepalived.virtual_servers for real in virtual.real_servers):
            if not isinstance(server.address, Unknown):
                found.add(server.address)
    if node.haproxy is not None:
        for backend in (server for proxy in node.haproxy.proxies for server in proxy.servers):
            if not isinstance(backend.address, (Unknown, str)):
                found.add(backend.address)
    return found


def _why_alone(node: Node, fleet: Fleet) -> str:
    """Why a node was compared with no other."""
    if len(fleet.nodes) == 1:
        return "only this node was given; name its peer's directory too to compare them"
    if node.role == "balancer":
        if not instances_of(node):
            return "it has no vrrp_instance, so nothing says which node is its peer"
        return f"it shares no VIP with another given node{_looks_like(node, fleet)}"
    if not node.addresses.addresses:
        return "no interface file tells its addresses, so nothing says which balancer sends to it"
    return "no given balancer sends to any of its addresses"


def _looks_like(node: Node, fleet: Fleet) -> str:
    """A hint at nodes of a small fleet whose instance has the same name, interface and VRID."""
    if len(fleet.nodes) > 10:
        return ""
    twins: dict[str, list[VrrpInstance]] = defaultdict(list)
    for other in fleet.nodes:
        for twin in instances_of(other) if other is not node else ():
            twins[twin.name].append(twin)
    for instance in instances_of(node):
        for twin in twins.get(instance.name, ()):
            if _tie(instance, twin) & SAME_ROUTER:
                return (
                    f", although its {instance.name} looks like the one of {twin.node.name}: if they are peers, their "
                    "VIPs differ; check just these two to compare them"
                )
    return ""

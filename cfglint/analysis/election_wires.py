"""Which routers may hear each other at all: found by key, so that time grows with the routers and not with all pairs.

A VRID has 255 values, so the routers of a large node share VRIDs, each on an interface of its own. What is left out
here is what `cfglint.analysis.election_accept` refuses: another family, networks that do not overlap, interfaces that
are surely not one wire.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from cfglint.analysis.election_router import Network, Router
from cfglint.model.value import Unknown


def meetings(routers: Sequence[Router]) -> list[tuple[int, int]]:
    """Every two routers of different nodes that may hear each other, as indices, in both directions.

    A router in trouble sends nothing and hears nothing; one whose VRID or family is not known may meet every other.
    """
    running = [index for index, router in enumerate(routers) if not router.trouble]
    vague = [index for index in running if _vague(routers[index])]
    same: dict[tuple[object, object], list[int]] = defaultdict(list)
    for index in running:
        if not _vague(routers[index]):
            same[routers[index].vrid, routers[index].family].append(index)
    found: dict[tuple[int, int], None] = {}
    for members in same.values():
        wires = _Wires(routers, members)
        for one in members:
            for other in (*sorted(wires.near(one)), *vague):
                if routers[one].node != routers[other].node:
                    found[one, other] = found[other, one] = None
    for one in vague:
        for other in vague:
            if routers[one].node != routers[other].node:
                found[one, other] = None
    return sorted(found)


def _vague(router: Router) -> bool:
    return isinstance(router.vrid, Unknown) or isinstance(router.family, Unknown)


class _Wires:
    """Routers of one VRID and family by everything that brings two of them together."""

    def __init__(self, routers: Sequence[Router], members: Sequence[int]) -> None:
        self._routers = routers
        self._roots = _roots({network for index in members for network in routers[index].networks or ()})
        self._by_key: dict[object, list[int]] = defaultdict(list)
        self._on: dict[str, list[int]] = defaultdict(list)
        self._names: dict[str, set[object]] = defaultdict(set)
        self._loose = [index for index in members if _loose(routers[index])]
        for index in members:
            router = routers[index]
            self._on[router.node].append(index)
            self._names[router.node] |= {router.interface, *router.elsewhere}
            for key in (*self._keys(router), *(("sends to", peer) for peer in router.peers)):
                self._by_key[key].append(index)

    def near(self, index: int) -> set[int]:
        """The routers, itself included, that a router may hear."""
        router = self._routers[index]
        if _loose(router):
            return {other for others in self._on.values() for other in others}
        found = {index, *self._loose}
        if router.unicast and router.addresses:
            for address in router.addresses:
                found.update(self._by_key["sends to", address])
            return found
        for key in self._keys(router):
            found.update(self._by_key[key])
        own = self._names[router.node]
        for node, others in self._on.items():
            if router.interface not in self._names[node]:
                found.update(other for other in others if self._routers[other].interface not in own)
        return found

    def _keys(self, router: Router) -> Iterator[object]:
        yield router.interface
        yield from router.all_vips
        for network in router.networks or ():
            yield "network", self._roots[network]


def _loose(router: Router) -> bool:
    """True when the files do not tell by which interface a router listens, or to whom it sends."""
    if not isinstance(router.interface, str) or any(isinstance(peer, Unknown) for peer in router.peers):
        return True
    return router.unicast and router.addresses is not None and not router.addresses


def _roots(networks: Iterable[Network]) -> dict[Network, Network]:
    """For each network the widest of them that holds it: networks that overlap have the same one."""
    known = set(networks)
    lengths = sorted({(network.version, network.prefixlen) for network in known})
    roots: dict[Network, Network] = {}
    for network in known:
        wider = (
            network.supernet(new_prefix=length)
            for version, length in lengths
            if version == network.version and length <= network.prefixlen
        )
        roots[network] = next(one for one in wider if one in known)
    return roots

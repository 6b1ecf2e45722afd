"""Which routers may meet: found by key, and never fewer than those that would accept each other's adverts."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_network
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cfglint.analysis.election import steady_state
from cfglint.analysis.election_accept import accepts
from cfglint.analysis.election_router import Router
from cfglint.analysis.election_wires import meetings
from cfglint.model.value import Unknown
from tests.nodes import fleet_of, instance

ADDRESSES = [IPv4Address(f"192.0.2.{number}") for number in range(1, 5)]
NETWORKS = [ip_network(text) for text in ("198.51.100.0/24", "198.51.100.128/25", "203.0.113.0/24", "203.0.0.0/16")]
UNKNOWN = Unknown("it is not filled in")


@st.composite
def routers(draw: st.DrawFn) -> list[Router]:
    found = [
        Router(
            node=draw(st.sampled_from(["lb1", "lb2", "lb3"])),
            instance=f"VI_{number}",
            vrid=draw(st.sampled_from([1, 1, 1, 2, UNKNOWN])),
            family=draw(st.sampled_from([4, 4, 4, 6])),
            interface=draw(st.sampled_from(["eth0", "eth1", "ens3", "eth0", UNKNOWN])),
            networks=draw(st.none() | st.frozensets(st.sampled_from(NETWORKS), max_size=2)),
            addresses=draw(st.none() | st.frozensets(st.sampled_from(ADDRESSES), max_size=1)),
            peers=draw(st.just(()) | st.lists(st.sampled_from([*ADDRESSES, UNKNOWN]), max_size=2).map(tuple)),
            vips=tuple(draw(st.lists(st.sampled_from(ADDRESSES), max_size=1))),
        )
        for number in range(draw(st.integers(2, 7)))
    ]
    return [with_other_wires(router, found) for router in found]


def with_other_wires(router: Router, others: list[Router]) -> Router:
    names = {
        other.interface
        for other in others
        if (other.node, other.vrid, other.family) == (router.node, router.vrid, router.family)
    }
    elsewhere = frozenset(name for name in names - {router.interface} if isinstance(name, str))
    values = {name: getattr(router, name) for name in router.__slots__}
    return Router(**{**values, "elsewhere": elsewhere})


@given(routers())
def test_whoever_may_accept_an_advert_is_among_the_meetings(given: list[Router]) -> None:
    found = set(meetings(given))
    missed = [
        (given[one], given[other])
        for one in range(len(given))
        for other in range(len(given))
        if given[one].node != given[other].node
        and (one, other) not in found
        and accepts(given[other], given[one], "from 2.3.3").verdict != "no"
    ]
    assert missed == []


def test_routers_of_one_vrid_on_two_wires_of_both_nodes_meet_only_on_the_same_wire() -> None:
    given = [
        Router(node=node, instance=wire, interface=wire, elsewhere=frozenset({"eth0", "eth1"} - {wire}))
        for node in ("lb1", "lb2")
        for wire in ("eth0", "eth1")
    ]
    assert meetings(given) == [(0, 2), (1, 3), (2, 0), (3, 1)]


def test_a_common_vip_tells_more_than_names_of_interfaces() -> None:
    given = [
        Router(node=node, instance=wire, interface=wire, elsewhere=frozenset({other}), vips=(vip,))
        for node, swapped in (("lb1", False), ("lb2", True))
        for wire, other, vip in (
            ("eth0", "eth1", ADDRESSES[swapped]),
            ("eth1", "eth0", ADDRESSES[not swapped]),
        )
    ]
    assert (0, 3) in meetings(given)
    assert accepts(given[3], given[0], "before 2.3.3").verdict == "yes"


def test_one_vrid_on_two_wires_gives_each_wire_its_own_master(tmp_path: Path) -> None:
    outside, inside = ["192.0.2.10/24"], ["198.51.100.10/24"]
    fleet = fleet_of(
        tmp_path,
        {
            node: instance("OUT", state="BACKUP", priority=100 + gap, vips=outside)
            + instance("IN", state="BACKUP", priority=100 - gap, vips=inside, interface="eth1")
            for node, gap in (("lb1", 10), ("lb2", -10))
        },
    )
    held = [
        [(vip.verdict, vip.holders) for era in steady_state(group).eras for vip in era.vips]
        for group in fleet.clusters[0].groups
    ]
    assert held == [[("ok", ("lb1",))], [("ok", ("lb2",))]]

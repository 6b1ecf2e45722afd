from __future__ import annotations

from dataclasses import replace

import pytest

from cfglint.analysis.election_accept import YES, Reach, accepts
from cfglint.analysis.election_condition import NO_TROUBLES, Troubles, condition_of
from cfglint.analysis.election_field import Field, variants
from cfglint.analysis.election_router import Era, Router, Tracked
from cfglint.analysis.election_settle import Change, settle
from cfglint.model.vrrp import Address


def passes(sender: Router, receiver: Router) -> Reach:
    del sender, receiver
    return YES


def one_field(*routers: Router, era: Era = "from 2.3.3") -> Field:
    (only,) = variants(routers, era, passes)
    return only


def masters(field: Field, troubles: Troubles = NO_TROUBLES, before: frozenset[int] = frozenset()) -> set[str]:
    ends = settle(field, condition_of(field, troubles), Change(masters=before))
    return {"+".join(f"{field.routers[field.units[u][0]].node}" for u in sorted(end.masters)) for end in ends}


HIGH, LOW = Router(node="lb1", priority=150), Router(node="lb2", priority=100)


def test_the_higher_priority_holds_the_address() -> None:
    assert masters(one_field(HIGH, LOW)) == {"lb1"}


def test_equal_priorities_are_a_race_with_one_holder() -> None:
    field = one_field(HIGH, replace(LOW, priority=150))
    ends = settle(field, condition_of(field, NO_TROUBLES), Change())
    assert masters(field) == {"lb1", "lb2"}
    assert all("equal priorities" in end.race for end in ends)


def test_what_only_the_master_cannot_hear_changes_nothing() -> None:
    field = one_field(
        replace(HIGH, peers=(addr("10.0.0.2"),)), replace(LOW, peers=(addr("10.0.0.9"),), check_source=True)
    )
    assert masters(field) == {"lb1"}


def addr(text: str) -> Address:
    from ipaddress import ip_address

    return ip_address(text)


def test_a_backup_that_discards_the_masters_adverts_is_a_second_master() -> None:
    one = replace(HIGH, auth="PASS", secret="a")
    other = replace(LOW, auth="PASS", secret="b")
    assert masters(one_field(one, other)) == {"lb1+lb2"}


@pytest.mark.parametrize(("era", "held"), [("before 2.3.3", {"lb1+lb2"}), ("from 2.3.3", {"lb1"})])
def test_another_vip_list_splits_only_before_2_3_3(era: Era, held: set[str]) -> None:
    one = replace(HIGH, vips=(addr("10.0.0.100"), addr("10.0.0.101")))
    assert masters(one_field(one, replace(LOW, vips=(addr("10.0.0.100"),)), era=era)) == held


def test_a_weight_that_only_makes_priorities_equal_moves_nothing() -> None:
    check = Tracked("script", "chk", -50)
    field = one_field(replace(HIGH, tracks=(check,)), replace(LOW, tracks=(check,)))
    failing = Troubles(failing=frozenset({("lb1", "script", "chk")}))
    assert masters(field, failing, frozenset({0})) == {"lb1"}


def test_a_weight_beyond_the_gap_moves_the_address() -> None:
    field = one_field(replace(HIGH, tracks=(Tracked("script", "chk", -51),)), LOW)
    failing = Troubles(failing=frozenset({("lb1", "script", "chk")}))
    assert masters(field, failing, frozenset({0})) == {"lb2"}


def test_a_peer_that_does_not_preempt_leaves_a_lowered_master_alone() -> None:
    field = one_field(replace(HIGH, tracks=(Tracked("script", "chk", -60),)), replace(LOW, nopreempt=True))
    failing = Troubles(failing=frozenset({("lb1", "script", "chk")}))
    assert masters(field, failing, frozenset({0})) == {"lb1"}


def test_a_check_without_weight_that_fails_everywhere_leaves_nobody() -> None:
    check = Tracked("script", "chk", 0)
    field = one_field(replace(HIGH, tracks=(check,)), replace(LOW, tracks=(check,)))
    failing = Troubles(failing=frozenset({("lb1", "script", "chk"), ("lb2", "script", "chk")}))
    assert masters(field, failing, frozenset({0})) == {""}


def sync_pair(first: bool, second: bool, inner: int = 150) -> Field:
    def node(name: str, priority: int, group: bool, inside: int) -> list[Router]:
        unit = "G" if group else ""
        outer = Router(node=name, instance="E", unit=unit, vrid=51, priority=priority)
        return [outer, replace(outer, instance="I", vrid=52, interface="eth1", priority=inside)]

    return one_field(*node("lb1", 150, first, inner), *node("lb2", 100, second, 250 - inner))


INSIDE_LOST = Troubles(links=frozenset({("lb1", "eth1")}))


def holders(field: Field, troubles: Troubles, before: frozenset[int]) -> dict[str, str]:
    (end,) = settle(field, condition_of(field, troubles), Change(masters=before))
    held = [field.routers[index] for unit in end.masters for index in field.units[unit]]
    return {router.instance: router.node for router in held}


def test_a_sync_group_moves_as_a_whole() -> None:
    assert holders(sync_pair(first=True, second=True), INSIDE_LOST, frozenset({0})) == {"E": "lb2", "I": "lb2"}


def test_a_sync_group_only_on_the_backup_leaves_one_address_on_nobody() -> None:
    assert holders(sync_pair(first=False, second=True), INSIDE_LOST, frozenset({0, 1})) == {"E": "lb1"}


def test_crossed_priorities_in_a_sync_group_are_a_race() -> None:
    assert masters(sync_pair(first=True, second=True, inner=100)) == {"lb1", "lb2"}


def test_times_of_a_silent_loss_are_those_observed() -> None:
    field = one_field(HIGH, LOW)
    (end,) = settle(field, condition_of(field, Troubles(down=frozenset({"lb1"}))), Change(masters=frozenset({0})))
    assert end.seconds is not None
    assert end.seconds == pytest.approx((2 + 156 / 256, 3 + 156 / 256))


def test_an_unknown_password_is_neither_equal_nor_different() -> None:
    from cfglint.model.value import Unknown

    one, other = (replace(router, auth="PASS", secret=Unknown("a placeholder")) for router in (HIGH, LOW))
    assert accepts(one, other, "from 2.3.3").verdict == "unknown"
    assert len(variants((one, other), "from 2.3.3", passes)) == 4


def test_a_process_tracked_without_a_weight_means_fault() -> None:
    """keepalived.conf(5) gives 1 as the default; 2.2.7 and 2.3.4 dump 0 and go to FAULT."""
    from cfglint.model.build_node import build_node
    from cfglint.model.version import Target
    from cfglint.tree import NodeTree
    from tests.support import FIXTURES

    folder = FIXTURES / "rules/scripts/haproxy-not-tracked/good-a-process-is-tracked/lb1"
    node = build_node("lb1", NodeTree(folder, "lb1"), Target())
    assert node.keepalived is not None
    assert [track.weight for track in node.keepalived.instances[0].tracks] == [0]


def test_many_nodes_that_do_not_hear_each_other_are_settled_at_once() -> None:
    routers = [Router(node=f"n{number}", auth="PASS", secret=str(number)) for number in range(40)]
    (end,) = settle(field := one_field(*routers), condition_of(field, NO_TROUBLES), Change())
    assert len(end.masters) == 40


def test_of_many_equal_nodes_each_may_win() -> None:
    assert len(masters(one_field(*(Router(node=f"n{number}") for number in range(30))))) == 30

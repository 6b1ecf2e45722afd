"""Which nodes are one cluster, and which instances one virtual router."""

from __future__ import annotations

from pathlib import Path

from cfglint.model.cluster import Fleet
from tests.nodes import fleet_of, instance


def clusters(fleet: Fleet) -> list[str]:
    return sorted(cluster.name for cluster in fleet.clusters)


def routers(fleet: Fleet) -> list[tuple[str, list[str]]]:
    return [
        (group.tied_by, [f"{member.node.name}:{member.name}" for member in group.members])
        for cluster in fleet.clusters
        for group in cluster.groups
    ]


def test_nodes_that_share_a_vip_are_one_cluster_among_many(tmp_path: Path) -> None:
    nodes = {
        f"site{site}-{side}": instance(vips=[f"10.{site}.0.1"], priority=100 + ord(side))
        for site in range(5)
        for side in "ab"
    }
    assert clusters(fleet_of(tmp_path, nodes)) == [f"site{site}-a+site{site}-b" for site in range(5)]


def test_same_name_interface_and_vrid_do_not_tie_nodes_among_many(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, {f"n{number}": instance(vips=[f"10.0.{number}.1"]) for number in range(3)})
    assert clusters(fleet) == []
    assert [gap.node for gap in fleet.not_compared] == ["n0", "n1", "n2"]


def test_exactly_two_given_nodes_are_tied_by_name_and_interface(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, {"a": instance(vrid=51), "b": instance(vrid=52, vips=["192.0.2.99"])})
    assert routers(fleet) == [("name", ["a:WEB", "b:WEB"])]


def test_exactly_two_given_nodes_are_tied_by_vrid(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, {"a": instance("ONE"), "b": instance("TWO", vips=["192.0.2.99"])})
    assert routers(fleet) == [("vrid", ["a:ONE", "b:TWO"])]


def test_two_given_nodes_with_nothing_in_common_are_not_compared(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, {"a": instance("ONE", vrid=1), "b": instance("TWO", vrid=2, vips=["203.0.113.1"])})
    assert clusters(fleet) == []
    assert {gap.why for gap in fleet.not_compared} == {"it shares no VIP with another given node"}


def test_vip_ties_instances_of_other_names_and_vrids(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, {"a": instance("ONE", vrid=1), "b": instance("TWO", vrid=2)})
    assert routers(fleet) == [("vip", ["a:ONE", "b:TWO"])]


def test_vip_in_the_excluded_list_ties_too(tmp_path: Path) -> None:
    excluded = "    virtual_ipaddress_excluded {\n        2001:db8::9\n    }"
    nodes = {
        name: instance(f"I{name}", vrid=number, vips=[f"192.0.2.{number}"], more=excluded)
        for number, name in ((1, "a"), (2, "b"))
    }
    assert clusters(fleet_of(tmp_path, nodes)) == ["a+b"]


def test_instances_with_swapped_vips_stay_with_their_name_and_vrid(tmp_path: Path) -> None:
    one = instance("A", vrid=1, vips=["192.0.2.1"]) + instance("B", vrid=2, vips=["192.0.2.2"])
    other = instance("A", vrid=1, vips=["192.0.2.2"]) + instance("B", vrid=2, vips=["192.0.2.1"])
    assert routers(fleet_of(tmp_path, {"n1": one, "n2": other})) == [
        ("name", ["n1:A", "n2:A"]),
        ("name", ["n1:B", "n2:B"]),
    ]


def test_instances_with_swapped_vrids_stay_with_their_vip(tmp_path: Path) -> None:
    one = instance("A", vrid=1, vips=["192.0.2.1"]) + instance("B", vrid=2, vips=["192.0.2.2"])
    other = instance("A", vrid=2, vips=["192.0.2.1"]) + instance("B", vrid=1, vips=["192.0.2.2"])
    assert routers(fleet_of(tmp_path, {"n1": one, "n2": other})) == [
        ("vip", ["n1:A", "n2:A"]),
        ("vip", ["n1:B", "n2:B"]),
    ]


def test_vrid_that_fits_two_instances_ties_neither(tmp_path: Path) -> None:
    one = instance("SHARED") + instance("X", vrid=9, vips=["192.0.2.50"])
    other = (
        instance("SHARED")
        + instance("Y", vrid=9, vips=["192.0.2.60"], interface="eth1")
        + instance("Z", vrid=9, vips=["192.0.2.61"], interface="eth2")
    )
    assert len(routers(fleet_of(tmp_path, {"n1": one, "n2": other}))) == 4


def test_real_server_joins_the_cluster_that_sends_to_its_address(tmp_path: Path) -> None:
    service = (
        "virtual_server 192.0.2.10 80 {\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n"
        "    real_server 10.0.0.71 80 {\n        TCP_CHECK {\n        }\n    }\n}\n"
    )
    web = {"etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nIPADDR=10.0.0.71\nPREFIX=24\n"}
    fleet = fleet_of(tmp_path, {"lb1": instance() + service, "lb2": instance(priority=100) + service, "web": web})
    assert [node.name for node in fleet.clusters[0].real_servers] == ["web"]
    assert fleet.clusters[0].real_servers[0].role == "real-server"


def test_bare_second_node_of_a_pair_without_services_is_its_peer(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, {"lb1": instance(), "lb2": {"sysctl.conf": "net.ipv4.ip_forward = 1\n"}})
    assert clusters(fleet) == ["lb1+lb2"]


def test_lone_node_that_looks_like_a_member_of_a_small_cluster_is_hinted_at(tmp_path: Path) -> None:
    nodes = {"a": instance(), "b": instance(priority=100), "c": instance(priority=50, vips=["192.0.2.99"])}
    fleet = fleet_of(tmp_path, nodes)
    assert clusters(fleet) == ["a+b"]
    assert "WEB looks like the one of a" in fleet.not_compared[0].why


def test_second_node_whose_file_has_no_instance_is_the_peer_of_the_first(tmp_path: Path) -> None:
    fleet = fleet_of(tmp_path, {"a": instance(), "b": "global_defs {\n    router_id b\n}\n"})
    assert clusters(fleet) == ["a+b"]


def test_a_vrid_in_use_on_two_interfaces_ties_no_instances(tmp_path: Path) -> None:
    one = instance("ONE", vips=["192.0.2.1"]) + instance("TWO", interface="eth1", vips=["192.0.2.2"])
    other = instance("THREE", vips=["192.0.2.1"]) + instance("FOUR", interface="eth1", vips=["192.0.2.4"])
    more = instance("FIVE", interface="eth2", vips=["192.0.2.5"])
    fleet = fleet_of(tmp_path, {"a": one, "b": other + more})
    assert [entry for entry in routers(fleet) if entry[0] == "vip"] == [("vip", ["a:ONE", "b:THREE"])]
    assert all(len(members) == 1 for _, members in routers(fleet) if "a:TWO" in members)

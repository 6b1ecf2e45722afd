from ipaddress import ip_address, ip_interface
from pathlib import Path

import pytest

from cfglint.model.addresses import HostAddresses, read_host_addresses
from cfglint.tree import NodeTree

FOLDER = "etc/sysconfig/network-scripts"


def read(root: Path, files: dict[str, str]) -> HostAddresses:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return read_host_addresses(NodeTree(root, "web1"))


def carried(host: HostAddresses) -> list[tuple[str, str]]:
    return [(entry.interface, str(entry.address)) for entry in host.addresses]


def test_numbered_addresses_with_prefix_and_netmask(tmp_path: Path) -> None:
    text = (
        "NAME=enp0s8\nIPADDR0=10.0.0.72\nPREFIX0=24\nIPADDR1=10.0.0.1\nNETMASK1=255.255.255.255\nGATEWAY0=10.0.0.254\n"
    )
    host = read(tmp_path, {f"{FOLDER}/ifcfg-enp0s8": text})
    assert carried(host) == [("enp0s8", "10.0.0.72/24"), ("enp0s8", "10.0.0.1/32")]
    assert [(str(route.gateway), route.interface) for route in host.default_routes] == [("10.0.0.254", "enp0s8")]
    assert host.known


def test_the_first_gap_after_number_1_ends_the_list(tmp_path: Path) -> None:
    text = "IPADDR=10.0.0.1\nIPADDR1=10.0.0.2\nIPADDR2=10.0.0.3\nIPADDR4=10.0.0.5\nPREFIX=24\nPREFIX1=24\nPREFIX2=24\n"
    host = read(tmp_path, {"ifcfg-eth0": text})
    assert [address for _, address in carried(host)] == ["10.0.0.1/24", "10.0.0.2/24", "10.0.0.3/24"]


@pytest.mark.parametrize("place", [f"{FOLDER}/", "sysconfig/network-scripts/", "network-scripts/", ""])
def test_files_are_found_in_a_root_an_etc_and_a_flat_directory(tmp_path: Path, place: str) -> None:
    host = read(tmp_path, {f"{place}ifcfg-eth1": "IPADDR=10.1.1.1\nPREFIX=24\n"})
    assert carried(host) == [("eth1", "10.1.1.1/24")]


def test_an_alias_on_lo_is_an_address_of_lo(tmp_path: Path) -> None:
    text = "DEVICE=lo:0\nIPADDR=10.0.0.1\nNETMASK=255.255.255.255\nONBOOT=yes\n"
    host = read(tmp_path, {"ifcfg-lo:0": text})
    entry = host.addresses[0]
    assert (entry.interface, entry.label, str(entry.address)) == ("lo", "lo:0", "10.0.0.1/32")
    assert entry.on_silent_device


def test_device_names_the_interface_and_not_the_file(tmp_path: Path) -> None:
    host = read(tmp_path, {"ifcfg-System_eth0": 'DEVICE="ens192"\nIPADDR=10.0.0.5\nPREFIX=24\n'})
    assert list(host.interfaces) == ["ens192"]


def test_dhcp_leaves_the_addresses_open(tmp_path: Path) -> None:
    host = read(tmp_path, {"ifcfg-eth0": "BOOTPROTO=dhcp\nONBOOT=yes\n"})
    assert not host.known
    assert list(host.dynamic) == ["eth0"]


def test_a_placeholder_instead_of_an_address_leaves_the_addresses_open(tmp_path: Path) -> None:
    host = read(tmp_path, {"ifcfg-eth0": "IPADDR={{ ip }}\nPREFIX=24\n"})
    assert not host.known
    assert host.unreadable is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("IPADDR='10.0.0.9'", "10.0.0.9/8"),
        ('IPADDR="10.0.0.9"  # note', "10.0.0.9/8"),
        ("IPADDR=10.0.0.9 ;#note", "10.0.0.9/8"),
        ("IPADDR=10.0.0.9\nIPADDR=172.16.0.9", "172.16.0.9/16"),
        ("IPADDR=192.0.2.9\r", "192.0.2.9/24"),
        ("export IPADDR=10.0.'0'.9", "10.0.0.9/8"),
    ],
)
def test_quotes_comments_and_duplicates_are_read_as_the_shell_reads_them(tmp_path: Path, text: str, value: str) -> None:
    assert carried(read(tmp_path, {"ifcfg-eth0": text + "\n"})) == [("eth0", value)]


@pytest.mark.parametrize("text", ["IPADDR=$IP", 'IPADDR="$(hostname -i)"', "IPADDR=10.0.0.9 up"])
def test_what_only_a_shell_can_tell_is_unknown(tmp_path: Path, text: str) -> None:
    host = read(tmp_path, {"ifcfg-eth0": text + "\nPREFIX=24\n"})
    assert carried(host) == []
    assert not host.known


def test_backups_are_not_read(tmp_path: Path) -> None:
    host = read(tmp_path, {"ifcfg-eth0.bak": "IPADDR=10.0.0.9\n", "ifcfg-eth0~": "IPADDR=10.0.0.9\n"})
    assert not host.files


def test_ipv6_addresses_and_their_gateway(tmp_path: Path) -> None:
    text = 'IPV6ADDR=2001:db8::2/64\nIPV6ADDR_SECONDARIES="2001:db8::3/64 2001:db8::4"\nIPV6_DEFAULTGW=fe80::1%eth0\n'
    host = read(tmp_path, {"ifcfg-eth0": text})
    assert [address for _, address in carried(host)] == ["2001:db8::2/64", "2001:db8::3/64", "2001:db8::4/64"]
    assert [route.gateway for route in host.default_routes] == [ip_address("fe80::1")]


def test_a_route_file_of_ip_arguments(tmp_path: Path) -> None:
    files = {
        "ifcfg-enp0s8": "IPADDR=10.0.0.71\nPREFIX=24\n",
        "route-enp0s8": "# note\ndefault via 10.0.0.100 dev enp0s8\n10.9.0.0/16 via 10.0.0.5\n",
    }
    host = read(tmp_path, files)
    assert [(str(r.gateway), r.span.line) for r in host.default_routes] == [("10.0.0.100", 2)]
    assert [(str(r.network), r.interface) for r in host.routes] == [("10.9.0.0/16", "enp0s8")]


def test_a_route_file_of_keys_stops_at_the_first_gap(tmp_path: Path) -> None:
    text = (
        "ADDRESS0=0.0.0.0\nNETMASK0=0.0.0.0\nGATEWAY0=10.0.0.1\n"
        "ADDRESS1=10.9.0.0\nNETMASK1=255.255.0.0\nGATEWAY1=10.0.0.5\nADDRESS3=10.8.0.0\n"
    )
    host = read(tmp_path, {"route-eth0": text})
    assert [str(route.gateway) for route in host.default_routes] == ["10.0.0.1"]
    assert [str(route.network) for route in host.routes] == ["10.9.0.0/16"]


def test_routes_of_other_tables_are_no_default_route_and_say_that_policies_route(tmp_path: Path) -> None:
    host = read(tmp_path, {"route-eth0": "default via 10.0.0.1 dev eth0 table 100\n"})
    assert host.default_routes == []
    assert host.policy_routing is not None


def test_a_line_that_is_no_route_is_a_problem(tmp_path: Path) -> None:
    host = read(tmp_path, {"route-eth0": "gateway = 10.0.0.1\n"})
    assert [problem.kind for problem in host.problems] == ["route-invalid"]


def test_defroute_no_gives_no_default_route(tmp_path: Path) -> None:
    host = read(tmp_path, {"ifcfg-eth0": "IPADDR=10.0.0.9\nPREFIX=24\nGATEWAY=10.0.0.1\nDEFROUTE=no\n"})
    assert host.default_routes == []


def test_the_gateway_of_sysconfig_network_counts_where_no_interface_names_one(tmp_path: Path) -> None:
    files = {f"{FOLDER}/ifcfg-eth0": "IPADDR=10.0.0.9\nPREFIX=24\n", "etc/sysconfig/network": "GATEWAY=10.0.0.1\n"}
    assert [str(route.gateway) for route in read(tmp_path, files).default_routes] == ["10.0.0.1"]


def test_an_address_knows_its_place(tmp_path: Path) -> None:
    host = read(tmp_path, {"ifcfg-eth0": "DEVICE=eth0\nIPADDR='10.0.0.9'\nPREFIX=24\n"})
    entry = host.addresses[0]
    assert entry.address == ip_interface("10.0.0.9/24")
    assert (str(entry.span), entry.span.end_column) == ("web1/ifcfg-eth0:2:8", 18)

"""Every kind of interface file besides ifcfg gives the same model."""

from pathlib import Path

import pytest

from cfglint.model.addresses import HostAddresses, read_host_addresses
from cfglint.tree import NodeTree


def read(root: Path, files: dict[str, str]) -> HostAddresses:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return read_host_addresses(NodeTree(root, "n1"))


def carried(host: HostAddresses) -> list[str]:
    return [f"{entry.interface} {entry.address}" for entry in host.addresses]


def gateways(host: HostAddresses) -> list[str]:
    return [f"{route.gateway} {route.interface} {route.span.line}" for route in host.default_routes]


INTERFACES = """\
# loopback
auto lo
iface lo inet loopback
    up ip addr add 10.0.0.1/32 dev lo label lo:0

auto eth0
iface eth0 inet static
    address 10.0.0.71
    netmask 255.255.255.0
    gateway 10.0.0.254
iface eth0 inet6 static
    address 2001:db8::71/64
source interfaces.d/*
"""


def test_etc_network_interfaces(tmp_path: Path) -> None:
    host = read(
        tmp_path,
        {
            "etc/network/interfaces": INTERFACES,
            "etc/network/interfaces.d/eth1": (
                "iface eth1 inet manual\niface eth1:0 inet static\n  address 10.1.0.5/16\n"
            ),
        },
    )
    assert carried(host) == ["lo 10.0.0.1/32", "eth0 10.0.0.71/24", "eth0 2001:db8::71/64", "eth1 10.1.0.5/16"]
    assert gateways(host) == ["10.0.0.254 eth0 10"]
    assert sorted(host.interfaces) == ["eth0", "eth1", "lo"]
    assert host.addresses[3].label == "eth1:0"
    assert host.known


def test_a_source_directory_skips_names_with_a_dot(tmp_path: Path) -> None:
    files = {
        "etc/network/interfaces": "source-directory /etc/network/more\n",
        "etc/network/more/eth2": "iface eth2 inet static\n address 10.2.0.1/24\n",
        "etc/network/more/eth3.conf": "iface eth3 inet static\n address 10.3.0.1/24\n",
    }
    assert carried(read(tmp_path, files)) == ["eth2 10.2.0.1/24"]


def test_interfaces_files_that_source_themselves_end(tmp_path: Path) -> None:
    files = {"etc/network/interfaces": "source interfaces\niface eth0 inet static\n address 10.2.0.1/24\n"}
    assert carried(read(tmp_path, files)) == ["eth0 10.2.0.1/24"]


def test_joined_lines_inheritance_and_routes_of_up_lines(tmp_path: Path) -> None:
    text = (
        "template common\n  netmask 255.255.255.0\n"
        "iface eth0 inet static inherits base\n  address 10.0.0.5\n"
        "iface base inet manual\n  netmask 255.255.255.0\n"
        "  post-up /sbin/ip route add default \\\n    via 10.0.0.9\n"
    )
    host = read(tmp_path, {"interfaces": text})
    assert carried(host) == ["eth0 10.0.0.5/24"]
    assert [str(route.gateway) for route in host.default_routes] == ["10.0.0.9", "10.0.0.9"]


def test_an_ifupdown_interface_by_dhcp_leaves_the_addresses_open(tmp_path: Path) -> None:
    host = read(tmp_path, {"etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n"})
    assert not host.known
    assert list(host.dynamic) == ["eth0"]


KEYFILE = """\
[connection]
id=Wired
type=ethernet
interface-name=ens192

[ipv4]
method=manual
address1=10.0.0.71/24,10.0.0.254
address2=10.0.0.1/32
route1=10.9.0.0/16,10.0.0.5,100

[ipv6]
method=manual
addresses=2001:db8::71/64;2001:db8::72/64;
gateway=fe80::1
"""


@pytest.mark.parametrize("place", ["etc/NetworkManager/system-connections/Wired.nmconnection", "Wired.nmconnection"])
def test_networkmanager_keyfiles(tmp_path: Path, place: str) -> None:
    host = read(tmp_path, {place: KEYFILE})
    assert carried(host) == [
        "ens192 10.0.0.71/24",
        "ens192 10.0.0.1/32",
        "ens192 2001:db8::71/64",
        "ens192 2001:db8::72/64",
    ]
    assert gateways(host) == ["10.0.0.254 ens192 8", "fe80::1 ens192 15"]
    assert [str(route.network) for route in host.routes] == ["10.9.0.0/16"]


def test_two_connections_for_one_interface_leave_the_addresses_open(tmp_path: Path) -> None:
    files = {"a.nmconnection": KEYFILE, "b.nmconnection": KEYFILE.replace("10.0.0.71", "10.0.0.99")}
    assert not read(tmp_path, files).known


def test_a_connection_without_interface_name_may_be_for_any_interface(tmp_path: Path) -> None:
    host = read(tmp_path, {"a.nmconnection": KEYFILE.replace("interface-name=ens192\n", "")})
    assert not host.names_complete
    assert host.interfaces == {}


def test_a_connection_that_does_not_start_by_itself_gives_nothing(tmp_path: Path) -> None:
    text = KEYFILE.replace("type=ethernet", "type=ethernet\nautoconnect=false")
    assert carried(read(tmp_path, {"a.nmconnection": text})) == []


NETWORK = """\
[Match]
Name=eth0

[Network]
Address=10.0.0.71/24
Address=10.0.0.80/32
Gateway=10.0.0.254
KeepConfiguration=static
VLAN=eth0.7

[Address]
Address=10.0.0.1/32
Scope=host

[Route]
Destination=10.9.0.0/16
Gateway=10.0.0.5
"""


def test_networkd_units_keep_repeated_keys_and_sections(tmp_path: Path) -> None:
    host = read(tmp_path, {"etc/systemd/network/10-eth0.network": NETWORK})
    assert carried(host) == ["eth0 10.0.0.71/24", "eth0 10.0.0.80/32", "eth0 10.0.0.1/32"]
    assert gateways(host) == ["10.0.0.254 eth0 7"]
    assert host.addresses[2].scope == "host"
    assert host.networkd == {"eth0": "static"}
    assert "eth0.7" in host.mentioned


def test_the_first_networkd_unit_that_fits_is_the_only_one(tmp_path: Path) -> None:
    files = {
        "etc/systemd/network/20-b.network": NETWORK.replace("10.0.0.71", "10.0.0.99"),
        "usr/lib/systemd/network/10-a.network": NETWORK,
    }
    assert "eth0 10.0.0.99/24" not in carried(read(tmp_path, files))


def test_an_empty_assignment_takes_back_earlier_addresses_and_drop_ins_add(tmp_path: Path) -> None:
    files = {
        "etc/systemd/network/a.network": "[Match]\nName=eth0\n[Network]\nAddress=10.0.0.1/24\nAddress=\n",
        "etc/systemd/network/a.network.d/x.conf": "[Network]\nAddress=10.0.0.2/24\n",
    }
    assert carried(read(tmp_path, files)) == ["eth0 10.0.0.2/24"]


def test_a_networkd_unit_with_a_pattern_is_for_interfaces_of_unknown_names(tmp_path: Path) -> None:
    host = read(tmp_path, {"a.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n"})
    assert not host.names_complete
    assert not host.known


IP_ADDR = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet 10.0.0.1/32 scope global lo:0
2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP group default qlen 1000
    link/ether 08:00:27:cb:a6:8d brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.71/24 brd 10.0.0.255 scope global eth0
    inet6 fe80::a00:27ff:fecb:a68d/64 scope link
"""
IP_ADDR_JSON = """\
[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP"],"addr_info":[
  {"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo"},
  {"family":"inet","local":"10.0.0.1","prefixlen":32,"scope":"global","label":"lo:0"}]},
 {"ifindex":2,"ifname":"eth0","flags":["BROADCAST"],"addr_info":[
  {"family":"inet","local":"10.0.0.71","prefixlen":24,"scope":"global","label":"eth0"}]}]
"""


@pytest.mark.parametrize(("name", "text"), [("ip-addr.txt", IP_ADDR), ("ip-j-addr.json", IP_ADDR_JSON)])
def test_a_capture_beats_the_files_and_tells_every_address(tmp_path: Path, name: str, text: str) -> None:
    host = read(tmp_path, {name: text, "ifcfg-eth0": "BOOTPROTO=dhcp\n", "ifcfg-eth9": "IPADDR=10.9.9.9\nPREFIX=8\n"})
    assert [line for line in carried(host) if "fe80" not in line] == [
        "lo 127.0.0.1/8",
        "lo 10.0.0.1/32",
        "eth0 10.0.0.71/24",
    ]
    assert [str(entry.address) for entry in host.configured] == ["10.9.9.9/8"]
    assert host.known
    assert host.captured_interfaces
    assert host.addresses[1].label == "lo:0"
    assert host.addresses[1].span.line == (5 if name.endswith("txt") else 3)


ROUTES = "default via 10.0.0.254 dev eth0 proto static metric 100\n10.0.0.0/24 dev eth0 proto kernel scope link\n"
ROUTES_JSON = '[{"dst":"default","gateway":"10.0.0.254","dev":"eth0"},{"dst":"10.0.0.0/24","dev":"eth0"}]\n'


@pytest.mark.parametrize(("name", "text"), [("ip-route.txt", ROUTES), ("ip-route.json", ROUTES_JSON)])
def test_a_capture_of_routes_beats_the_files(tmp_path: Path, name: str, text: str) -> None:
    host = read(tmp_path, {name: text, "ifcfg-eth0": "IPADDR=10.0.0.1\nPREFIX=24\nGATEWAY=10.0.0.9\n"})
    assert gateways(host) == ["10.0.0.254 eth0 1"]
    assert [str(route.network) for route in host.routes] == ["10.0.0.0/24"]


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"ifname": 3}, 7, {"ifname": "a", "addr_info": {"x": 1}}]', "{}"])
def test_a_capture_that_is_no_capture_gives_nothing(tmp_path: Path, text: str) -> None:
    assert carried(read(tmp_path, {"ip-addr.json": text})) == []

from pathlib import Path

import pytest

from cfglint.model.addresses import read_host_addresses
from cfglint.model.kernel import read_kernel_settings
from cfglint.model.value import Unknown
from cfglint.tree import NodeTree

KEY = "net.ipv4.conf.all.arp_ignore"


def tree_of(root: Path, files: dict[str, str]) -> NodeTree:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return NodeTree(root, "web1")


@pytest.mark.parametrize(
    "text",
    [
        "sysctl -w net.ipv4.conf.all.arp_ignore=1",
        "sudo /sbin/sysctl -qw net/ipv4/conf/all/arp_ignore='1'",
        "echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore",
        'echo "1" | sudo tee /proc/sys/net/ipv4/conf/all/arp_ignore',
        'echo "net.ipv4.conf.all.arp_ignore = 1" >> /etc/sysctl.conf',
        'printf "x.y=1\\nnet.ipv4.conf.all.arp_ignore=1\\n" | sudo tee -a /etc/sysctl.d/9.conf >/dev/null',
        "cat > /etc/sysctl.d/lvs.conf <<EOF\n# note\nnet.ipv4.conf.all.arp_ignore = 1\nEOF",
        "sudo tee /etc/sysctl.d/lvs.conf <<'EOF'\nnet.ipv4.conf.all.arp_ignore = 1\nEOF",
    ],
)
def test_plain_commands_of_a_script_set_a_key(tmp_path: Path, text: str) -> None:
    settings = read_kernel_settings(tree_of(tmp_path, {"setup.sh": f"#!/bin/sh\n{text}\n"}))
    assert settings.effective(KEY).value == 1


@pytest.mark.parametrize(
    "text",
    [
        "if [ -f x ]; then sysctl -w net.ipv4.conf.all.arp_ignore=1; fi",
        'sysctl -w "net.ipv4.conf.all.arp_ignore=$2"',
        'sudo echo "net.ipv4.conf.all.arp_ignore = 1" >> /etc/sysctl.conf',
        "sysctl -w vm.swappiness=1",
    ],
)
def test_what_a_script_may_not_do_leaves_the_key_open(tmp_path: Path, text: str) -> None:
    settings = read_kernel_settings(tree_of(tmp_path, {"setup.sh": f"{text}\n"}))
    assert isinstance(settings.effective(KEY).value, Unknown)


def test_a_file_that_the_script_writes_and_that_is_here_tells_itself(tmp_path: Path) -> None:
    files = {"setup.sh": f'echo "{KEY} = 1" >> /etc/sysctl.conf\n', "etc/sysctl.conf": "vm.swappiness = 1\n"}
    assert read_kernel_settings(tree_of(tmp_path, files)).effective(KEY).value == 0


def test_a_file_and_a_script_that_disagree_leave_the_key_open(tmp_path: Path) -> None:
    files = {"setup.sh": f"sysctl -w {KEY}=1\n", "etc/sysctl.conf": f"{KEY} = 0\n"}
    assert isinstance(read_kernel_settings(tree_of(tmp_path, files)).effective(KEY).value, Unknown)


def test_a_script_that_keepalived_calls_leaves_its_keys_open(tmp_path: Path) -> None:
    files = {
        "notify.sh": f"sysctl -w {KEY}=1\n",
        "keepalived.conf": "vrrp_instance A {\n  notify /etc/keepalived/notify.sh\n}\n",
        "sysctl.conf": "vm.swappiness = 1\n",
    }
    assert isinstance(read_kernel_settings(tree_of(tmp_path, files)).effective(KEY).value, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "ip addr add 10.0.0.1/32 dev lo label lo:0",
        "VIP=10.0.0.1\nsudo ip a add $VIP/32 brd + dev lo",
        "/sbin/ifconfig lo:0 10.0.0.1 broadcast 10.0.0.1 netmask 255.255.255.255 up",
    ],
)
def test_a_script_adds_an_address(tmp_path: Path, text: str) -> None:
    host = read_host_addresses(tree_of(tmp_path, {"ifcfg-eth0": "IPADDR=10.0.0.9\nPREFIX=24\n", "lvs.sh": text + "\n"}))
    assert [(entry.interface, str(entry.address)) for entry in host.addresses][1:] == [("lo", "10.0.0.1/32")]
    assert [str(entry.address) for entry in host.configured] == ["10.0.0.9/24"]


def test_a_conditional_address_leaves_the_addresses_open(tmp_path: Path) -> None:
    text = 'case "$1" in\nstart)\n  ip addr add 10.0.0.1/32 dev lo\n  ;;\nesac\n'
    assert not read_host_addresses(tree_of(tmp_path, {"ifcfg-eth0": "IPADDR=10.0.0.9\n", "lvs.sh": text})).known


def test_a_script_adds_the_default_route(tmp_path: Path) -> None:
    files = {"a.sh": "ip route add default via 10.0.0.100 dev eth0\n", "b.sh": "route add default gw 10.0.0.101\n"}
    host = read_host_addresses(tree_of(tmp_path, files))
    assert [str(route.gateway) for route in host.default_routes] == ["10.0.0.100", "10.0.0.101"]

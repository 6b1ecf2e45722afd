"""The kernel asked who answers ARP, in namespaces, beside what the model says."""

import subprocess
from ipaddress import IPv4Address, ip_interface

import pytest

from cfglint.analysis.arp import announces, answers
from cfglint.model.addresses import HostAddress, HostAddresses
from cfglint.source import Span
from tests.support import needs_namespaces, needs_program, program

pytestmark = [pytest.mark.lab, needs_namespaces, needs_program("unshare"), needs_program("bash")]

HERE = Span("x", 1, 1, 1, 2)
VIP, PEER = IPv4Address("10.0.0.1"), IPv4Address("10.0.0.9")
IGNORE_ROWS = [
    (device, prefix, value)
    for device, prefix in (("enp0s8", 24), ("enp0s8", 32), ("lo", 32), ("enp0s9", 32))
    for value in (0, 1, 2, 3, 4, 8, 9)
]
ANNOUNCE_ROWS = [("lo", value) for value in (0, 1, 2, 3, 9)]

SETUP = """
set -e
mount -t tmpfs none /run && mkdir /run/netns
ip netns add peer
ip link add enp0s8 type veth peer name p8 netns peer
ip link add enp0s9 type veth peer name p9
ip -n peer addr add 10.0.0.9/24 dev p8
ip -n peer link set p8 up
ip addr add 10.0.0.72/24 dev enp0s8
ip addr add 192.168.1.72/24 dev enp0s9
for d in lo enp0s8 enp0s9 p9; do ip link set $d up; done
conf=/proc/sys/net/ipv4/conf
echo 0 > $conf/all/rp_filter; echo 0 > $conf/enp0s8/rp_filter
send() { bash -c "echo x > /dev/udp/$1/9" 2>/dev/null || true; }
knows() { ip -n peer neigh show $1 dev p8 | grep -q lladdr && echo yes || echo no; }
asks() {
  ip addr add 10.0.0.1/$2 dev $1; echo $3 > $conf/enp0s8/arp_ignore; ip -n peer neigh flush all
  ip netns exec peer bash -c "echo x > /dev/udp/10.0.0.1/9" 2>/dev/null || true
  for i in 1 2 3 4 5 6; do [ $(knows 10.0.0.1) = yes ] && break; sleep 0.02; done
  echo $(knows 10.0.0.1); ip addr del 10.0.0.1/$2 dev $1
}
tells() {
  ip addr add 10.0.0.1/32 dev $1; echo $2 > $conf/enp0s8/arp_announce; echo 8 > $conf/enp0s8/arp_ignore
  ip route replace 10.0.0.9 dev enp0s8 src 10.0.0.1; ip neigh flush all; ip -n peer neigh flush all; send 10.0.0.9
  for i in 1 2 3 4 5 6; do [ $(knows 10.0.0.1) = yes ] && break; sleep 0.02; done
  echo $(knows 10.0.0.1); ip route del 10.0.0.9; ip addr del 10.0.0.1/32 dev $1
}
"""


def observe(lines: list[str]) -> list[bool]:
    script = SETUP + "\n".join(lines)
    done = subprocess.run(
        [str(program("unshare")), "-mn", "bash", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return [line == "yes" for line in done.stdout.split()]


def host(device: str, prefix: int) -> HostAddresses:
    addresses = [
        HostAddress("enp0s8", ip_interface("10.0.0.72/24"), HERE),
        HostAddress("enp0s9", ip_interface("192.168.1.72/24"), HERE),
        HostAddress(device, ip_interface(f"10.0.0.1/{prefix}"), HERE),
    ]
    return HostAddresses(addresses=addresses, files=["x"])


def test_the_kernel_answers_as_the_model_says() -> None:
    seen = observe([f"asks {device} {prefix} {value}" for device, prefix, value in IGNORE_ROWS])
    said = [
        answers(host(device, prefix).addresses, VIP, "enp0s8", value, PEER) for device, prefix, value in IGNORE_ROWS
    ]
    assert dict(zip(IGNORE_ROWS, seen, strict=True)) == dict(zip(IGNORE_ROWS, said, strict=True))


def test_the_kernel_names_the_sender_that_the_model_says() -> None:
    seen = observe([f"tells {device} {value}" for device, value in ANNOUNCE_ROWS])
    said = [announces(host(device, 32), VIP, PEER, "enp0s8", value) for device, value in ANNOUNCE_ROWS]
    assert dict(zip(ANNOUNCE_ROWS, seen, strict=True)) == dict(zip(ANNOUNCE_ROWS, said, strict=True))

"""One host with a packet filter between two others, in network namespaces: which packets really get through.

A probe is seen by counters in nftables chains of the last priority, by its IP identification; so it makes no
difference which tool the rule set under test was written for.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.lab.namespaces import run

SENDER = r"""
import json, socket, struct, sys

def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

def body(probe, src, dst):
    proto, sport, dport = probe["proto"], probe.get("sport", 0), probe.get("dport", 0)
    if proto == 6:
        flags = probe.get("flags", 2)
        head = struct.pack("!HHIIBBHHH", sport, dport, 1000, 0, 0x50, flags, 8192, 0, 0)
        pseudo = src + dst + struct.pack("!BBH", 0, 6, len(head))
        return head[:16] + struct.pack("!H", checksum(pseudo + head)) + head[18:]
    if proto == 17:
        return struct.pack("!HHHH", sport, dport, 8, 0)
    if proto == 1:
        head = struct.pack("!BBHHH", 8, 0, 0, probe["id"], 1)
        return head[:2] + struct.pack("!H", checksum(head)) + head[4:]
    if proto == 51:
        return struct.pack("!BBHII12s", 112, 4, 0, probe.get("spi", 1), 1, b"") + b"\0" * 20
    return b"\x21\x33\x64\x01\x00\x01\x00\x00" + b"\0" * 12

def send(probe):
    src, dst = socket.inet_aton(probe["src"]), socket.inet_aton(probe["dst"])
    data = body(probe, src, dst)
    fields = (0x45, 0, 20 + len(data), probe["id"], 0, probe["ttl"], probe["proto"], 0, src, dst)
    head = struct.pack("!BBHHHBBH4s4s", *fields)
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    out.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, probe["device"].encode())
    out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    try:
        out.sendto(head + data, (probe["dst"], 0))
    except OSError:
        pass
    out.close()

for line in sys.stdin:
    for probe in json.loads(line):
        send(probe)
    print("sent", flush=True)
"""

LISTENER = r"""
import socket, struct, sys
joined = []
for device in ("eth0", "eth1"):
    member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    request = struct.pack("4s4si", socket.inet_aton("224.0.0.18"), b"\0" * 4, socket.if_nametoindex(device))
    member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    joined.append(member)
print("ready", flush=True)
sys.stdin.read()
"""

COUNTERS = """
table inet cfglint_probe {{
  chain arrived {{
    type filter hook input priority 2000; policy accept;
{rules}
  }}
  chain left {{
    type filter hook postrouting priority 2000; policy accept;
{rules}
  }}
}}
"""


@dataclass(frozen=True)
class Probe:
    """One packet: who sends it, and its fields."""

    sender: str
    device: str
    src: str
    dst: str
    proto: int
    sport: int = 0
    dport: int = 0
    flags: int = 2
    ttl: int = 255
    spi: int = 1


PROBES: dict[str, Probe] = {
    "advert": Probe("peer", "eth0", "192.0.2.11", "224.0.0.18", 112),
    "advert of another": Probe("peer", "eth0", "192.0.2.12", "224.0.0.18", 112),
    "unicast advert": Probe("peer", "eth0", "192.0.2.11", "192.0.2.10", 112),
    "advert inside": Probe("server", "eth0", "10.9.0.71", "224.0.0.18", 112),
    "ah": Probe("peer", "eth0", "192.0.2.11", "224.0.0.18", 51),
    "web": Probe("peer", "eth0", "192.0.2.12", "192.0.2.10", 6, 40000, 80),
    "ssh": Probe("peer", "eth0", "192.0.2.12", "192.0.2.10", 6, 40000, 22),
    "alt": Probe("peer", "eth0", "192.0.2.12", "192.0.2.10", 6, 40000, 8080),
    "dns": Probe("peer", "eth0", "192.0.2.12", "192.0.2.10", 17, 40000, 53),
    "ping": Probe("peer", "eth0", "192.0.2.12", "192.0.2.10", 1, ttl=64),
    "through": Probe("peer", "eth0", "192.0.2.12", "10.9.0.71", 6, 40000, 80),
    "back": Probe("server", "eth0", "10.9.0.71", "192.0.2.12", 6, 40000, 25),
    "own advert": Probe("host", "eth0", "192.0.2.10", "224.0.0.18", 112),
    "own advert inside": Probe("host", "eth1", "10.9.0.10", "224.0.0.18", 112),
}
"""The packets that every rule set is asked about."""


@dataclass
class PacketLab:
    """The three hosts."""

    prefix: str
    runs: int = 0
    helpers: dict[str, subprocess.Popen[str]] = field(default_factory=dict, repr=False)

    def ns(self, name: str) -> str:
        """A host's namespace."""
        return f"{self.prefix}-{name}"

    def build(self) -> None:
        """Make the hosts and the links between them."""
        for name in ("host", "peer", "server"):
            run("ip", "netns", "add", self.ns(name))
            run("ip", "-n", self.ns(name), "link", "set", "lo", "up")
        for index, name in enumerate(("peer", "server")):
            far = ["netns", self.ns(name)]
            near = ["name", f"eth{index}", "netns", self.ns("host")]
            run("ip", "link", "add", *near, "type", "veth", "peer", "name", "eth0", *far)
        addresses = {
            ("host", "eth0"): ("192.0.2.10/24",),
            ("host", "eth1"): ("10.9.0.10/24",),
            ("peer", "eth0"): ("192.0.2.11/24", "192.0.2.12/24"),
            ("server", "eth0"): ("10.9.0.71/24",),
        }
        for (name, device), owned in addresses.items():
            for address in owned:
                run("ip", "-n", self.ns(name), "addr", "add", address, "dev", device)
            run("ip", "-n", self.ns(name), "link", "set", device, "up")
        run("ip", "-n", self.ns("peer"), "route", "add", "default", "via", "192.0.2.10")
        run("ip", "-n", self.ns("server"), "route", "add", "default", "via", "10.9.0.10")
        keys = ["net.ipv4.ip_forward=1"] + [f"net.ipv4.conf.{name}.rp_filter=0" for name in ("all", "eth0", "eth1")]
        run("ip", "netns", "exec", self.ns("host"), "sysctl", "-q", "-w", *keys)
        self._helper("listener", "host", LISTENER)
        self._answer("listener")
        for name in ("host", "peer", "server"):
            self._helper(name, name, SENDER)
        for name, target in (("peer", "192.0.2.10"), ("server", "10.9.0.10")):
            subprocess.run(
                ["ip", "netns", "exec", self.ns(name), "ping", "-c1", "-W1", target], capture_output=True, check=False
            )

    def close(self) -> None:
        """Take everything down."""
        for helper in self.helpers.values():
            helper.communicate(timeout=5)
        for name in ("host", "peer", "server"):
            subprocess.run(["ip", "netns", "del", self.ns(name)], capture_output=True, check=False)

    def _helper(self, key: str, host: str, code: str) -> None:
        words = ["ip", "netns", "exec", self.ns(host), sys.executable, "-c", code]
        self.helpers[key] = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _answer(self, key: str) -> None:
        answers = self.helpers[key].stdout
        assert answers is not None
        answers.readline()

    def _send(self, key: str, probes: list[dict[str, object]]) -> None:
        orders = self.helpers[key].stdin
        assert orders is not None
        orders.write(json.dumps(probes) + "\n")
        orders.flush()
        self._answer(key)

    def inside(self, *words: str, given: str | None = None) -> str:
        """Run a command on the host."""
        return run("ip", "netns", "exec", self.ns("host"), *words, given=given)

    def observe(self, files: Mapping[str, str], probes: Sequence[str]) -> dict[str, bool]:
        """Load rule files (by the program that reads them) and see which probes get through."""
        self.runs += 1
        texts = "flush ruleset\n" + files.get("nftables.conf", "")
        self.inside("nft", "-f", "-", given=texts)
        if "rules.v4" in files:
            self.inside("iptables-restore", given=files["rules.v4"])
        numbers = {name: self.runs * 64 + index + 1 for index, name in enumerate(probes)}
        rules = "\n".join(f"    ip id {number} counter" for number in numbers.values())
        self.inside("nft", "-f", "-", given=COUNTERS.format(rules=rules))
        for sender in ("peer", "server", "host"):
            batch = [
                vars(probe) | {"id": numbers[name], "sport": probe.sport + self.runs if probe.sport else 0}
                for name, probe in PROBES.items()
                if name in numbers and probe.sender == sender
            ]
            self._send(sender, batch)
        time.sleep(0.05)
        shown = json.loads(self.inside("nft", "-j", "list", "table", "inet", "cfglint_probe"))
        seen: set[int] = set()
        for entry in shown["nftables"]:
            parts = entry.get("rule", {}).get("expr", [])
            if len(parts) == 2 and parts[1]["counter"]["packets"]:
                seen.add(parts[0]["match"]["right"])
        return {name: number in seen for name, number in numbers.items()}


@contextmanager
def packet_lab(prefix: str) -> Iterator[PacketLab]:
    """Three hosts for a while."""
    lab = PacketLab(prefix)
    try:
        lab.build()
        yield lab
    finally:
        lab.close()

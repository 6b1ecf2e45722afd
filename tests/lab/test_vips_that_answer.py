"""VIPs that clients can, and cannot, reach while real keepalived holds them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cfglint.engine.check import check_paths
from tests.lab.namespaces import Switch, daemons, install, wait
from tests.nodes import instance
from tests.support import needs_namespaces, needs_program

pytestmark = [pytest.mark.lab, needs_namespaces, needs_program("keepalived"), needs_program("nft")]

VIP = "10.9.0.100"
CLIENT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 9), 1.5)
except ConnectionRefusedError:
    print("reached")
except OSError as error:
    print(error)
"""
"""Nothing listens there, so a refusal is the proof that packets arrive."""

CLOSES = {"vrrp/strict-blocks-vip", "vrrp/vip-broadcast-address"}

STRICT = "global_defs {\n vrrp_strict\n}\n"
STRICT_3 = "global_defs {\n vrrp_strict\n vrrp_version 3\n}\n"


def config(head: str = "", more: str = "", priority: int = 100, vip: str = VIP, state: str = "BACKUP") -> str:
    """One instance on eth0."""
    return head + instance("V", state=state, priority=priority, vips=(f"{vip}/24",), more=more)


CASES = {
    "plain": (config(), VIP),
    "strict": (config(STRICT), VIP),
    "strict and accept": (config(STRICT, " accept"), VIP),
    "strict, version 3": (config(STRICT_3), VIP),
    "strict, version 3 and accept": (config(STRICT_3, " accept"), VIP),
    "address owner in strict mode": (config(STRICT, priority=255, state="MASTER"), VIP),
    "strict mode of the instance": (config(more=" strict_mode on"), VIP),
    "strict mode switched off again": (config(STRICT, " strict_mode off"), VIP),
    "broadcast address": (config(vip="10.9.0.255"), "10.9.0.255"),
}


def test_clients_reach_the_vips_that_no_finding_closes(tmp_path: Path) -> None:
    """All cases side by side, each with a client on its segment."""
    daemon = next(iter(daemons().values()))
    expected, seen = {}, {}
    with Switch() as switch:
        segments = {}
        for number, (name, (text, _)) in enumerate(CASES.items()):
            folder = tmp_path / f"n{number}"
            files = {
                "etc/keepalived/keepalived.conf": text,
                "etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nIPADDR=10.9.0.11\nPREFIX=24\n",
            }
            install(folder, files)
            expected[name] = CLOSES.isdisjoint(found.rule for found in check_paths([folder.as_posix()]).findings)
            segment = segments[name] = switch.segment()
            segment.add("a", {"eth0": ("10.9.0.11/24",)}, folder, daemon)
            segment.add("c", {"eth0": ("10.9.0.200/24",)}, tmp_path, daemon)
            segment.nodes["a"].start()
        wait(5)
        clients = {
            name: subprocess.Popen(
                ["ip", "netns", "exec", segment.nodes["c"].namespace, sys.executable, "-c", CLIENT, CASES[name][1]],
                stdout=subprocess.PIPE,
                text=True,
            )
            for name, segment in segments.items()
        }
        for name, client in clients.items():
            seen[name] = client.communicate()[0].strip() == "reached"
            assert segments[name].holders(CASES[name][1]) == ("a",)
    assert seen == expected

"""Firewall files written by tests, and short ways to ask about packets."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cfglint.analysis.packet import Packet, PacketVerdict
from cfglint.analysis.packet_judge import judge
from cfglint.model.firewall import Firewall, read_firewall
from cfglint.syntax.network_names import protocol_number
from cfglint.tree import NodeTree


def firewall_of(folder: Path, files: Mapping[str, str]) -> Firewall:
    """Write files below a node directory and read its firewall."""
    for relative, text in files.items():
        place = folder / relative
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return read_firewall(NodeTree(folder, "node"))


def packet(proto: str, src: str, dst: str, *, hook: str = "input", **more: Any) -> Packet:
    """A packet; by default it comes in by eth0."""
    number = protocol_number(proto)
    assert number is not None
    side = (
        {"iif": "eth0"} if hook == "input" else {"oif": "eth0"} if hook == "output" else {"iif": "eth0", "oif": "eth1"}
    )
    source, target = ip_address(src), ip_address(dst)
    version: Any = target.version
    place: Any = hook
    return Packet(hook=place, version=version, proto=number, src=source, dst=target, **{**side, **more})


def advert(**more: Any) -> Packet:
    """A VRRP advert from 192.0.2.12 to the multicast group."""
    return packet("vrrp", "192.0.2.12", "224.0.0.18", **more)


def tcp(port: int, **more: Any) -> Packet:
    """The first packet of a connection to 192.0.2.11."""
    return packet("tcp", "198.51.100.7", "192.0.2.11", dport=port, **more)


def iptables(*rules: str, policy: str = "DROP", table: str = "filter") -> dict[str, str]:
    """rules.v4 with one table."""
    lines = [
        f"*{table}",
        f":INPUT {policy} [0:0]",
        ":FORWARD ACCEPT [0:0]",
        ":OUTPUT ACCEPT [0:0]",
        *rules,
        "COMMIT",
        "",
    ]
    return {"etc/iptables/rules.v4": "\n".join(lines)}


def ask(folder: Path, files: Mapping[str, str], question: Packet) -> PacketVerdict:
    """Write files and judge a packet by them."""
    return judge(firewall_of(folder, files), question)

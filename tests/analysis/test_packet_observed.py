"""Packets observed on real hosts: every verdict must be what was seen, or undecided where files cannot tell."""

from __future__ import annotations

import json
import shutil
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from cfglint.analysis.packet import Packet
from cfglint.analysis.packet_judge import judge
from cfglint.model.firewall import read_firewall
from cfglint.syntax.network_names import protocol_number
from cfglint.tree import NodeTree
from tests.support import needs_shared, shared, shared_folder

FLAGS = {"S": "SYN", "A": "ACK", "F": "FIN", "R": "RST", "P": "PSH"}


def _cases() -> list[str]:
    if shared_folder() is None:
        return []
    return sorted(file.stem for file in shared("lab/packets").glob("*.json") if not file.stem.startswith("f20"))


def _node(name: str, kind: str, folder: Path) -> NodeTree:
    """The rule set as a node's directory, from what its author wrote."""
    base = shared("lab/packets") / name
    places = {".rules": "etc/iptables/rules.v4", ".rules6": "etc/iptables/rules.v6", ".ipset": "etc/ipset.conf"}
    if kind == "nft":
        places = {".rules": "etc/nftables.conf", ".iptables": "etc/iptables/rules.v4"}
    if kind in {"firewalld", "ufw"}:
        places = {}
        shutil.copytree(f"{base}.etc-{kind}", folder / "etc" / kind)
    for suffix, place in places.items():
        source = base.with_name(base.name + suffix)
        if source.exists():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / place)
    return NodeTree(folder, name)


def _packet(result: dict[str, Any]) -> Packet:
    fields = result["packet"]
    version: Any = ip_address(fields["dst"]).version
    number = protocol_number("ipv6-icmp" if fields["proto"] == "icmp" and version == 6 else fields["proto"])
    assert number is not None
    state = result["ct_state"].split()[0].strip(":").lower() if result.get("sent_before") else "new"
    flags = frozenset(FLAGS[letter] for letter in fields["flags"]) if "flags" in fields else None
    return Packet(
        hook=fields["hook"].lower(),
        version=version,
        proto=number,
        iif=fields.get("iif"),
        oif=fields.get("oif"),
        src=ip_address(fields["src"]),
        dst=ip_address(fields["dst"]),
        sport=fields.get("sport"),
        dport=fields.get("dport"),
        tcp_flags=flags,
        spi=fields.get("spi"),
        ttl=fields.get("ttl"),
        state=state,
    )


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize("name", _cases())
def test_every_packet_of_a_rule_set_is_judged_as_observed(name: str, tmp_path: Path) -> None:
    case = json.loads((shared("lab/packets") / f"{name}.json").read_text())
    firewall = read_firewall(_node(name, case["kind"], tmp_path))
    wrong = []
    for result in case["results"]:
        verdict = judge(firewall, _packet(result))
        if verdict.verdict == "unknown":
            if case.get("expect_static") != "unknown":
                wrong.append((result["label"], "undecided", [str(reason) for reason in verdict.reasons]))
        elif verdict.accepted != (result["observed"]["verdict"] == "accept"):
            wrong.append((result["label"], verdict.verdict, verdict.rule_text))
    assert wrong == []

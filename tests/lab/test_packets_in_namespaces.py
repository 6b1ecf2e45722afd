"""Rule sets of our own, loaded for real: what the kernel does with each packet, cfglint says as well."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from cfglint.analysis.packet import Packet
from cfglint.analysis.packet_judge import judge
from cfglint.model.firewall import read_firewall
from cfglint.tree import NodeTree
from tests.lab.packet_lab import PROBES, PacketLab, Probe, packet_lab
from tests.support import needs_namespaces, needs_program

pytestmark = [pytest.mark.lab, needs_namespaces, needs_program("nft"), needs_program("iptables-restore")]

DEVICES = {"peer": "eth0", "server": "eth1"}


RULE_SETS = sorted((Path(__file__).parent / "rule_sets").iterdir())
"""Folders with the rule files of one set; what it is about is the folder's name."""


@pytest.fixture(scope="module")
def lab() -> Iterator[PacketLab]:
    with packet_lab(f"cfg{os.getpid()}") as built:
        yield built


def question(probe: Probe) -> Packet:
    """The packet that cfglint is asked about."""
    inward = probe.dst in {"224.0.0.18", "192.0.2.10"}
    packet = Packet(
        hook="output" if probe.sender == "host" else "input" if inward else "forward",
        version=4,
        proto=probe.proto,
        src=ip_address(probe.src),
        dst=ip_address(probe.dst),
        dport=probe.dport or None,
        sport=probe.sport + 1 if probe.sport else None,
        ttl=probe.ttl,
    )
    if packet.hook == "output":
        return replace(packet, oif=probe.device)
    entered = DEVICES[probe.sender]
    onward = {"eth0": "eth1", "eth1": "eth0"}[entered] if packet.hook == "forward" else None
    return replace(packet, iif=entered, oif=onward)


@pytest.mark.parametrize("rules", RULE_SETS, ids=lambda folder: folder.name)
def test_the_kernel_does_what_is_said(lab: PacketLab, rules: Path) -> None:
    files = {file.name: file.read_text() for file in rules.iterdir()}
    observed = lab.observe(files, list(PROBES))
    firewall = read_firewall(NodeTree(rules, rules.name))
    judged = {label: judge(firewall, question(probe)) for label, probe in PROBES.items()}
    assert {label: verdict.verdict for label, verdict in judged.items() if verdict.verdict == "unknown"} == {}
    assert {label: verdict.accepted for label, verdict in judged.items()} == observed

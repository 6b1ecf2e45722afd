"""A packet's verdict as JSON, version 1: a contract. Fields may be added, none is changed or removed."""

from __future__ import annotations

import json
from dataclasses import asdict

from cfglint.analysis.packet import Packet, PacketVerdict, Reason, TraceEntry
from cfglint.report.cells import printable
from cfglint.report.json_v1 import location
from cfglint.report.options import RenderOptions
from cfglint.syntax.network_names import protocol_name

Value = dict[str, object]


def render(node: str, packet: Packet, verdict: PacketVerdict, options: RenderOptions | None = None) -> str:
    """Question and answer as one JSON document with a line end."""
    del options
    return json.dumps(document(node, packet, verdict), ensure_ascii=False, indent=2) + "\n"


def document(node: str, packet: Packet, verdict: PacketVerdict) -> Value:
    """Question and answer as plain values."""
    return {
        "version": 1,
        "node": printable(node or "."),
        "packet": _packet(packet),
        "verdict": verdict.verdict,
        "decided_by": location(verdict.decided_by) if verdict.decided_by is not None else None,
        "rule": printable(verdict.rule_text) or None,
        "trace": [_entry(entry) for entry in verdict.trace],
        "rewritten": None if verdict.rewritten is None else _changes(verdict),
        "mark": verdict.mark,
        "reasons": [_reason(reason) for reason in verdict.reasons],
    }


def _packet(packet: Packet) -> Value:
    return {
        "hook": packet.hook,
        "in": packet.iif,
        "out": packet.oif,
        "from": str(packet.src) if packet.src is not None else None,
        "to": str(packet.dst) if packet.dst is not None else None,
        "proto": protocol_name(packet.proto),
        "sport": packet.sport,
        "dport": packet.dport,
        "tcp_flags": sorted(packet.tcp_flags) if packet.tcp_flags is not None else None,
        "icmp_type": packet.icmp_type,
        "spi": packet.spi,
        "state": packet.state,
        "ttl": packet.ttl,
        "mark": packet.mark,
    }


def _entry(entry: TraceEntry) -> Value:
    return {
        "where": printable(entry.where),
        "location": location(entry.span),
        "rule": printable(entry.text),
        "outcome": printable(entry.outcome),
    }


def _changes(verdict: PacketVerdict) -> Value:
    return {} if verdict.rewritten is None else {k: v for k, v in asdict(verdict.rewritten).items() if v is not None}


def _reason(reason: Reason) -> str:
    return printable(str(reason))

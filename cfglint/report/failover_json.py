"""Failover as JSON, version 1: a contract. Fields may be added, none is changed or removed."""

from __future__ import annotations

import json

from cfglint.analysis.election_outcome import VipOutcome
from cfglint.analysis.failover import Failover, Scenario, VipScenario
from cfglint.analysis.failover_explain import arithmetic, preempts, why
from cfglint.analysis.failover_faults import NAMED_AS, Fault
from cfglint.report.cells import printable
from cfglint.report.failover_table import rounded
from cfglint.report.options import RenderOptions

Value = dict[str, object]


def render(result: Failover, options: RenderOptions | None = None) -> str:
    """Everything that was simulated, as one JSON document with a line end."""
    del options
    return json.dumps(document(result), ensure_ascii=False, indent=2) + "\n"


def document(result: Failover) -> Value:
    """Everything that was simulated, as plain values."""
    return {
        "version": 1,
        "assumptions": [printable(text) for text in (*result.assumptions, *result.left_out)],
        "scenarios": [_scenario(scenario) for scenario in result.scenarios],
    }


def _scenario(scenario: Scenario) -> Value:
    return {
        "cluster": printable(scenario.cluster.name),
        "name": printable(scenario.name),
        "keepalived": scenario.era,
        "faults": [_fault(fault) for fault in scenario.faults],
        "vips": [_vip(vip) for vip in scenario.vips],
        "repaired": [_repaired(vip.repaired) for vip in scenario.vips],
        "preempts": preempts(scenario),
        "why": [printable(line) for line in (*why(scenario), *arithmetic(scenario))],
    }


def _fault(fault: Fault) -> Value:
    if fault.kind == "partition":
        return {"kind": fault.kind, "from": printable(fault.node or ""), "to": printable(fault.to)}
    value: Value = {"kind": fault.kind}
    if fault.node is not None:
        value["node"] = printable(fault.node)
    if fault.kind in NAMED_AS:
        value[NAMED_AS[fault.kind]] = printable(fault.name)
    return value


def _vip(vip: VipScenario) -> Value:
    return {
        "address": str(vip.after.address),
        "before": [printable(name) for name in vip.before.holders],
        "holders": [printable(name) for name in vip.after.holders],
        "candidates": [printable(name) for name in vip.after.candidates],
        "verdict": vip.after.verdict,
        "seconds": seconds(vip.after),
    }


def _repaired(vip: VipOutcome) -> Value:
    return {
        "address": str(vip.address),
        "holders": [printable(name) for name in vip.holders],
        "candidates": [printable(name) for name in vip.candidates],
        "verdict": vip.verdict,
        "seconds": seconds(vip),
    }


def seconds(vip: VipOutcome) -> list[float] | None:
    """How long the change takes, shortest and longest, to a tenth of a second; None when nothing changes."""
    return None if vip.seconds is None else list(rounded(vip.seconds))

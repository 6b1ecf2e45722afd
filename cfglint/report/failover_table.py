"""The cells of a failover table: the same words on the terminal and in Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from cfglint.analysis.election_outcome import Holders, Verdict, VipOutcome
from cfglint.analysis.election_settle import Interval
from cfglint.analysis.failover import Failover, Scenario, VipScenario
from cfglint.report.cells import printable

WORDS: dict[Verdict, str] = {
    "ok": "",
    "split-brain": "SPLIT-BRAIN",
    "unheld": "UNHELD",
    "undetermined": "UNDETERMINED",
    "unknown": "UNKNOWN",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one fault does to one address.

    Attributes:
        text: who holds it before and after, how long that takes, and a word for what is not fine.
        verdict: what is to be shown.
    """

    text: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One scenario: its name, one cell an address, and what the repair does."""

    name: str
    cells: tuple[Cell, ...]
    repaired: str
    scenario: Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The scenarios of one cluster."""

    cluster: str
    addresses: tuple[str, ...]
    rows: tuple[Row, ...]


def tables(result: Failover) -> Iterator[Table]:
    """One table a cluster, in the order simulated."""
    for _, group in groupby(result.scenarios, key=lambda scenario: id(scenario.cluster)):
        scenarios = list(group)
        addresses = tuple(str(vip.after.address) for vip in scenarios[0].vips)
        rows = tuple(_row(scenario) for scenario in scenarios)
        yield Table(printable(scenarios[0].cluster.name), addresses, rows)


def _row(scenario: Scenario) -> Row:
    name = scenario.name if scenario.era is None else f"{scenario.name} (keepalived {scenario.era})"
    cells = tuple(_cell(vip, healthy=not scenario.faults) for vip in scenario.vips)
    return Row(printable(name), cells, _repair(scenario) if scenario.faults else "", scenario)


def _cell(vip: VipScenario, *, healthy: bool) -> Cell:
    after = shown_holders(vip.after)
    text = after
    if not healthy and vip.before.ends != vip.after.ends:
        text = f"{shown_holders(vip.before)} → {after}"
        if vip.after.seconds is not None:
            text += f" in {shown_seconds(vip.after)}"
    word = WORDS[vip.after.verdict]
    return Cell(f"{word} {text}" if word else text, vip.after.verdict)


def _repair(scenario: Scenario) -> str:
    """What the repair does to the addresses: only what moves, or is not fine, is said."""
    said: dict[str, None] = {}
    for vip in scenario.vips:
        holders = shown_holders(vip.repaired)
        if vip.repaired.verdict != "ok":
            said[f"{WORDS[vip.repaired.verdict]} {holders}"] = None
        elif vip.repaired.ends != vip.after.ends:
            back = "back to" if vip.repaired.ends == vip.before.ends else "to"
            said[f"{back} {holders}"] = None
        elif vip.repaired.ends != vip.before.ends:
            said[f"stays on {holders}"] = None
    return ", ".join(said) or "no change"


def shown_holders(vip: VipOutcome) -> str:
    """The nodes that hold an address, or what else is known."""
    if vip.verdict == "unknown" and not vip.ends:
        return "?"
    return printable(" or ".join(_joined(end) for end in vip.ends))


def _joined(holders: Holders) -> str:
    return "+".join(holders) or "nobody"


def shown_seconds(vip: VipOutcome) -> str:
    """The time a change takes, to a tenth of a second."""
    if vip.seconds is None:
        return ""
    low, high = rounded(vip.seconds)
    return f"{low:.1f} s" if low == high else f"{low:.1f}\u2013{high:.1f} s"


def rounded(seconds: Interval) -> Interval:
    """An interval to a tenth of a second, rounded outwards."""
    return math.floor(seconds[0] * 10) / 10, math.ceil(seconds[1] * 10) / 10

"""Random pairs: what cfglint predicts from their files, real daemons must do."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path

import pytest

from cfglint.analysis.election_change import change_of, kept_addresses
from cfglint.analysis.election_condition import NO_TROUBLES, Troubles, condition_of
from cfglint.analysis.election_field import Field
from cfglint.analysis.election_outcome import holders_of
from cfglint.analysis.election_settle import Change, Settled, settle
from cfglint.analysis.election_world import build_worlds
from cfglint.model.build_node import build_node
from cfglint.model.node import Node
from cfglint.model.version import Target, Version
from cfglint.tree import NodeTree
from tests.lab.namespaces import Segment, Switch, daemons, install, wait
from tests.lab.pairs import ADDRESSES, VIPS, Pair, draw_pairs
from tests.support import needs_namespaces

DAEMONS = daemons()
COUNT = int(os.environ.get("CFGLINT_LAB_PAIRS", "10"))
TOGETHER = 20
"""Pairs that run at the same time."""

pytestmark = [
    pytest.mark.lab,
    needs_namespaces,
    pytest.mark.skipif(not DAEMONS, reason="keepalived is not installed"),
]

Held = tuple[tuple[str, ...], ...]
"""The holders of each VIP, in the order of `VIPS`."""


def predicted(pair: Pair, nodes: list[Node]) -> tuple[set[Held], set[Held]]:
    """What may be seen after the start, and after the fault."""
    (world,) = build_worlds(nodes)
    (field,) = world.fields
    troubles, killed = troubles_of(pair)
    start, after = set(), set()
    for first in starts(field, ("a", "b")):
        start.add(tuple(holders_of(field, first.masters).get(ip_address(vip), ()) for vip in VIPS))
        kept = kept_addresses(field, first.masters, killed)
        change = change_of(field, first.masters, NO_TROUBLES, troubles, killed)
        for end in settle(field, condition_of(field, troubles), change):
            after.add(tuple(holders_of(field, end.masters, kept).get(ip_address(vip), ()) for vip in VIPS))
    return start, after


def starts(field: Field, names: tuple[str, ...]) -> list[Settled]:
    """How a start can end: together, or one node a little before the others, which matters with nopreempt."""
    found = list(settle(field, condition_of(field, NO_TROUBLES), Change()))
    for name in names:
        alone = Troubles(down=frozenset(names) - {name})
        for early in settle(field, condition_of(field, alone), Change()):
            change = change_of(field, early.masters, alone, NO_TROUBLES)
            found += settle(field, condition_of(field, NO_TROUBLES), change)
    return found


def troubles_of(pair: Pair) -> tuple[Troubles, frozenset[str]]:
    kind, node = pair.fault
    if kind in {"stop", "kill"}:
        return Troubles(down=frozenset({node})), frozenset({node} if kind == "kill" else ())
    if kind == "cable":
        return Troubles(links=frozenset({(node, "eth0")})), frozenset()
    failing = {"none": (), "check": (node,), "check on both": ("a", "b")}[kind]
    return Troubles(failing=frozenset((name, "script", "chk") for name in failing)), frozenset()


def break_it(pair: Pair, segment: Segment) -> None:
    kind, name = pair.fault
    node = segment.nodes[name]
    if kind == "stop":
        node.stop()
    elif kind == "kill":
        node.kill()
    elif kind == "cable":
        segment.carrier(name, "eth0", "down")
    elif kind == "check":
        (node.folder / "fine").unlink()
    elif kind == "check on both":
        for each in segment.nodes.values():
            (each.folder / "fine").unlink()


def differences(
    when: str, pairs: list[Pair], segments: list[Segment], wanted: list[set[Held]], longest: float
) -> list[str]:
    """Wait until the daemons rest, then say which pairs do something that was not predicted; doubtful ones twice."""
    wait(longest)
    wrong = list(range(len(pairs)))
    for pause in (0.0, 4.0):
        wait(pause if wrong else 0.0)
        seen = {index: tuple(segments[index].holders(vip) for vip in VIPS) for index in wrong}
        wrong = [index for index in wrong if seen[index] not in wanted[index]]
        if not wrong:
            return []
    return [
        f"{when}: seen {seen[index]}, predicted {wanted[index]}: {pairs[index]}\n{segments[index].nodes['a'].folder}"
        for index in wrong
    ]


def play(pairs: list[Pair], folder: Path) -> list[str]:
    """Predict, run and compare some pairs at once; the differences."""
    with Switch() as switch:
        segments, wanted = [], []
        for number, pair in enumerate(pairs):
            segment, nodes = switch.segment(), []
            for name, version in zip("ab", pair.versions, strict=True):
                place = folder / f"{number}" / name
                files = pair.files(name, place)
                install(place, files)
                nodes.append(build_node(name, NodeTree(place, name), Target(keepalived=Version.parse(version))))
                interfaces = {"eth0": (f"{ADDRESSES[name]}/24",)}
                segment.add(name, interfaces, place, DAEMONS[version], files["etc/nftables.conf"])
            segments.append(segment)
            wanted.append(predicted(pair, nodes))
        for segment in segments:
            for node in segment.nodes.values():
                node.start()
        slowest = max(max(pair.a.interval, pair.b.interval) for pair in pairs)
        found = differences("start", pairs, segments, [start for start, _ in wanted], 3 * slowest + 2.0)
        for pair, segment in zip(pairs, segments, strict=True):
            break_it(pair, segment)
        found += differences("fault", pairs, segments, [after for _, after in wanted], 3 * slowest + 3.0)
    return found


def test_real_daemons_do_what_is_predicted_for_random_pairs(tmp_path: Path) -> None:
    pairs = draw_pairs(COUNT, tuple(sorted(DAEMONS)))
    found = []
    for number in range(0, len(pairs), TOGETHER):
        found += play(pairs[number : number + TOGETHER], tmp_path / f"{number}")
    assert not found, "\n".join(found)

"""Random clusters: after the start, a fault and its repair, real daemons do what cfglint predicts."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path

import pytest

from cfglint.analysis.election_change import Kept, change_of, kept_addresses
from cfglint.analysis.election_condition import NO_TROUBLES, Troubles, condition_of
from cfglint.analysis.election_field import Field
from cfglint.analysis.election_outcome import holders_of
from cfglint.analysis.election_settle import Masters, settle
from cfglint.analysis.election_world import build_worlds
from cfglint.model.build_node import build_node
from cfglint.model.node import Node
from cfglint.model.version import Target, Version
from cfglint.tree import NodeTree
from tests.lab.clusters import Plan, draw_plans
from tests.lab.namespaces import Segment, Switch, daemons, install, wait
from tests.lab.test_random_pairs import starts
from tests.support import needs_namespaces

DAEMONS = daemons()
COUNT = int(os.environ.get("CFGLINT_LAB_CLUSTERS", "0"))
TOGETHER = 12
"""Clusters that run at the same time."""

pytestmark = [
    pytest.mark.lab,
    needs_namespaces,
    pytest.mark.skipif(not DAEMONS, reason="keepalived is not installed"),
    pytest.mark.skipif(not COUNT, reason="takes 20 s: set CFGLINT_LAB_CLUSTERS to the number of clusters"),
]

Held = tuple[tuple[str, ...], ...]


class Prediction:
    """One cluster in the simulator, step by step: what was seen tells which way a race went."""

    def __init__(self, plan: Plan, nodes: list[Node]) -> None:
        (world,) = build_worlds(nodes)
        (self.field,) = world.fields
        self.plan = plan
        self.troubles = NO_TROUBLES
        self.states = [(end.masters, {}) for end in starts(self.field, plan.names)]

    def expected(self) -> set[Held]:
        """What may be seen now."""
        return {held(self.plan, self.field, masters, kept) for masters, kept in self.states}

    def go_on(self, seen: Held, troubles: Troubles, killed: frozenset[str]) -> None:
        """From what was seen to what may follow from a change."""
        states = []
        for masters, kept in self.states:
            if held(self.plan, self.field, masters, kept) == seen:
                change = change_of(self.field, masters, self.troubles, troubles, killed)
                stays = kept_addresses(self.field, masters, killed)
                ends = settle(self.field, condition_of(self.field, troubles), change)
                states += [(end.masters, stays) for end in ends]
        self.states, self.troubles = states, troubles


def held(plan: Plan, field: Field, masters: Masters, kept: Kept) -> Held:
    found = holders_of(field, masters, kept)
    return tuple(found.get(ip_address(vip), ()) for vip in plan.vips)


def troubles_of(plan: Plan) -> tuple[Troubles, frozenset[str]]:
    kind, index = plan.fault
    name = plan.names[index]
    if kind in {"stop", "kill"}:
        return Troubles(down=frozenset({name})), frozenset({name} if kind == "kill" else ())
    if kind == "check":
        return Troubles(failing=frozenset({(name, "script", "chk")})), frozenset()
    return Troubles(links=frozenset({(name, kind)})), frozenset()


def break_it(plan: Plan, segment: Segment) -> None:
    kind, index = plan.fault
    node = segment.nodes[plan.names[index]]
    if kind == "stop":
        node.stop()
    elif kind == "kill":
        node.kill()
    elif kind == "check":
        (node.folder / "fine").unlink()
    else:
        segment.carrier(plan.names[index], kind, "down")


def repair_it(plan: Plan, segment: Segment) -> None:
    kind, index = plan.fault
    node = segment.nodes[plan.names[index]]
    if kind in {"stop", "kill"}:
        node.start()
    elif kind == "check":
        (node.folder / "fine").touch()
    else:
        segment.carrier(plan.names[index], kind, "up")


def differences(when: str, predictions: list[Prediction], segments: list[Segment]) -> tuple[list[str], list[Held]]:
    """Let the daemons rest, then say which clusters do something that was not predicted; doubtful ones get time."""
    seen: list[Held] = [() for _ in predictions]
    wrong = list(range(len(predictions)))
    for pause in (6.0, 6.0):
        wait(pause if wrong else 0.0)
        for index in wrong:
            seen[index] = tuple(segments[index].holders(vip) for vip in predictions[index].plan.vips)
        wrong = [index for index in wrong if seen[index] not in predictions[index].expected()]
    return [
        f"{when}: seen {seen[index]}, predicted {predictions[index].expected()}: {predictions[index].plan}\n"
        f"{segments[index].nodes['a'].folder}"
        for index in wrong
    ], seen


def play(plans: list[Plan], folder: Path) -> list[str]:
    """Predict, run and compare some clusters at once; the differences."""
    with Switch() as switch:
        segments, predictions = [], []
        for number, plan in enumerate(plans):
            segment, nodes = switch.segment(), []
            for index, name in enumerate(plan.names):
                place = folder / f"{number}" / name
                install(place, plan.files(index, place))
                version = plan.versions[index]
                nodes.append(build_node(name, NodeTree(place, name), Target(keepalived=Version.parse(version))))
                segment.add(name, plan.interfaces(index), place, DAEMONS[version])
            segments.append(segment)
            predictions.append(Prediction(plan, nodes))
        for segment in segments:
            for node in segment.nodes.values():
                node.start()
        found, seen = differences("start", predictions, segments)
        for prediction, segment, now in zip(predictions, segments, seen, strict=True):
            prediction.go_on(now, *troubles_of(prediction.plan))
            break_it(prediction.plan, segment)
        wrong, seen = differences("fault", predictions, segments)
        for prediction, segment, now in zip(predictions, segments, seen, strict=True):
            prediction.go_on(now, NO_TROUBLES, frozenset())
            repair_it(prediction.plan, segment)
        return found + wrong + differences("repair", predictions, segments)[0]


def test_real_daemons_do_what_is_predicted_for_random_clusters(tmp_path: Path) -> None:
    plans = draw_plans(COUNT, tuple(sorted(DAEMONS)))
    found = []
    for number in range(0, len(plans), TOGETHER):
        found += play(plans[number : number + TOGETHER], tmp_path / f"{number}")
    assert not found, "\n".join(found)

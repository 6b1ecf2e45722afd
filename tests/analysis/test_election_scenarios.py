"""Recorded elections of real daemons: what is predicted from the files must be what was observed."""

from __future__ import annotations

import pytest

from tests.analysis.election_scenarios import Comparison, comparisons
from tests.support import needs_shared, shared

pytestmark = [pytest.mark.shared, needs_shared]

ON_LOOPBACK = ("misc2-vip-static-32", "misc2-vip-static-32-arp")
"""The lab counted an address on a real server's loopback as held; it is not the election's."""


@pytest.fixture(scope="module")
def found() -> list[Comparison]:
    folder = shared("lab/elections")
    return list(comparisons(folder / "configs", folder / "outcomes.tsv", every_version=False))


def test_every_outcome_that_files_decide_is_predicted(found: list[Comparison]) -> None:
    wrong = [
        str(one)
        for one in found
        if one.verdict == "wrong" and one.static != "no" and not one.unread and one.scenario not in ON_LOOPBACK
    ]
    assert not wrong, "\n".join(wrong)


def test_only_races_are_undetermined(found: list[Comparison]) -> None:
    """Equal priorities, in whatever way they came about, and crossed priorities inside a sync group."""
    races = ("prio-", "tie4-", "sg-prio-cross", "sg4-prio-cross", "misc2-same-file", "nopreempt-same-prio")
    assert [one.scenario for one in found if one.verdict == "undetermined" and not one.scenario.startswith(races)] == []


def test_what_was_recorded_as_a_race_is_not_decided(found: list[Comparison]) -> None:
    decided = [str(one) for one in found if one.static == "undetermined" and one.verdict != "undetermined"]
    assert not decided, "\n".join(decided)

"""Drawing test inputs from a hypothesis strategy as plain values, so that many can run side by side."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

T = TypeVar("T", bound=Hashable)


def draw_distinct(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """So many different values: the last ones drawn, since the first are the simplest."""
    found: dict[T, None] = {}

    @settings(
        max_examples=count * 2,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: T) -> None:
        found[value] = None

    collect()
    return list(found)[-count:]

"""What a report is told besides the result: where it will be shown."""

from __future__ import annotations

from dataclasses import dataclass

PIPED_WIDTH = 100
"""Cells a line of prose takes where there is no terminal to ask."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a report is to look; formats that machines read take no notice of it.

    Attributes:
        width: cells a line of prose or code may take.
        colour: whether terminal colours are written.
    """

    width: int = PIPED_WIDTH
    colour: bool = False

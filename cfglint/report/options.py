"""What a report is told besides the result: where it will be shown."""

from __future__ import annotations

from dataclasses import dataclass

PIPED_WIDTH = 100
"""Cells a line of prose takes where there is no terminal to ask."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a report is to look; width and colour are for people, base and root for code hosts.

    Attributes:
        width: cells a line of prose or code may take.
        colour: whether terminal colours are written.
        base: the directory that the result's paths are relative to; empty when the paths are to stay as they are.
        root: the repository's root, which paths in formats for code hosts are relative to; empty likewise.
    """

    width: int = PIPED_WIDTH
    colour: bool = False
    base: str = ""
    root: str = ""

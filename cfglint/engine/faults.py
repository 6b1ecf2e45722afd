"""Faults of cfglint itself, in words that are fit for users: no traceback, and nothing of what was read."""

from __future__ import annotations

import traceback
from pathlib import PurePath


def describe_fault(error: BaseException) -> str:
    """The kind of error and the line of our own code, never its text: that may hold a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"internal fault: {type(error).__name__}{place}; please report it"

"""What a set of HAProxy branches means for one node: does it hold for the target, and how bad is it."""

from __future__ import annotations

from typing import Literal

from cfglint.model.version import HAPROXY_LTS, Version
from cfglint.syntax.haproxy_keywords import ALL, BRANCHES

_PARSED = tuple(Version.parse(text) for text in BRANCHES)
_LTS = 1 << BRANCHES.index(HAPROXY_LTS)

Grade = Literal["error", "warning", "info"]


def since(branch: str) -> int:
    """The set of a branch and all newer ones."""
    return ALL & ~((1 << BRANCHES.index(branch)) - 1)


def before(branch: str) -> int:
    """The set of all branches older than one."""
    return ALL & ~since(branch)


def branches_of(target: Version | None) -> int:
    """The branches that a target stands for.

    None means all of them. A version between two known branches stands for both, since it is not known which one it
    behaves like; one older or newer than all stands for the nearest.
    """
    if target is None:
        return ALL
    wanted = Version(target.parts[:2])
    if wanted in _PARSED:
        return 1 << _PARSED.index(wanted)
    older = [index for index, known in enumerate(_PARSED) if known < wanted]
    newer = [index for index, known in enumerate(_PARSED) if known > wanted]
    return sum(1 << index for index in {*older[-1:], *newer[:1]})


def grade(target: Version | None, fails: int, warns: int = 0) -> tuple[Grade, bool] | None:
    """How a daemon's refusal or warning counts.

    Args:
        target: the version asked for, or None for every supported one.
        fails: the branches whose own check fails.
        warns: the branches that only warn.

    Returns:
        Severity and whether the daemon's check certainly fails; None when it concerns no branch of the target.
    """
    asked = branches_of(target)
    if asked & ~fails == 0:
        return "error", True
    affected = (fails | warns) & asked
    if not affected:
        return None
    if target is None:
        return ("warning", False) if affected & _LTS else ("info", False)
    return ("warning", False) if affected == asked else ("info", False)


def describe(branches: int) -> str:
    """A set in words: ``from 2.6 on``, ``up to 2.8``, ``from 2.6 to 3.0``, ``2.4 and 3.0``; empty for all."""
    if branches & ALL == ALL:
        return ""
    indices = [index for index in range(len(BRANCHES)) if branches >> index & 1]
    if not indices:
        return "in no version"
    first, last = indices[0], indices[-1]
    if indices != list(range(first, last + 1)):
        return "in " + ", ".join(BRANCHES[index] for index in indices)
    if last == len(BRANCHES) - 1:
        return f"from {BRANCHES[first]} on"
    if first == 0:
        return f"up to {BRANCHES[last]}"
    return f"in {BRANCHES[first]}" if first == last else f"from {BRANCHES[first]} to {BRANCHES[last]}"

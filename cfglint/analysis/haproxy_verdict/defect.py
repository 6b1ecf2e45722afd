"""One reason why HAProxy refuses a configuration or warns about it, and in which versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cfglint.analysis.haproxy_versions import branches_of
from cfglint.model.version import Version
from cfglint.source import Span

Kind = Literal[
    "address",
    "argument-missing",
    "argument-unexpected",
    "certificate",
    "condition",
    "deprecated",
    "duplicate",
    "empty-argument",
    "expression",
    "hidden-headers",
    "http-in-tcp",
    "listen-address",
    "log-format",
    "misplaced",
    "mode",
    "name",
    "order",
    "reference",
    "removed",
    "timeout",
    "timeout-unit",
    "too-new",
    "unknown",
    "unverified",
    "value",
    "verify",
]
"""The kinds of mistakes: one rule each."""


@dataclass(frozen=True, slots=True)
class Defect:
    """One place that HAProxy refuses or warns about.

    Attributes:
        kind: what sort of mistake it is; the rule of that sort reports it.
        span: the words that are wrong.
        subject: the symbolic path below the node: section and name, keyword.
        message: what is wrong and what comes of it, without the versions.
        fails: the branches whose check ends with status 1 because of it (a set as in `haproxy_keywords`).
        warns: the branches that only warn.
        help: what to do; empty when the message says it.
        related: further places, with a few words each.
        since: the exact version from which on it fails, where that is known; else empty.
        until: an exact version: of its branch only older releases fail; else empty.
        mild: True when a warning of the daemon is worth no more than an info.
    """

    kind: Kind
    span: Span
    subject: tuple[str, ...]
    message: str
    fails: int
    warns: int = 0
    help: str = ""
    related: tuple[tuple[str, Span], ...] = ()
    mild: bool = False
    since: str = ""
    until: str = ""

    def fails_at(self, target: Version | None) -> int:
        """The branches whose check fails, seen from a target: the exact version decides where a branch changed.

        A target without a patch level means the newest release of its branch; None means the newest of each.
        """
        fails = self.fails
        if self.until:
            end = Version.parse(self.until)
            if target is None or len(target.parts) < len(end.parts) or target >= end:
                fails &= ~branches_of(Version(end.parts[:2]))
        if target is not None and self.since and target >= Version.parse(self.since):
            fails |= branches_of(target)
        return fails

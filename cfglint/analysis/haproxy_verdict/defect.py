"""One reason why HAProxy refuses a configuration or warns about it, and in which versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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

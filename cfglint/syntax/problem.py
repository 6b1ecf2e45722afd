"""What a reader could not read: reported with its place, while the rest is still parsed."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.source import Span


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """One place that does not read as its daemon's language.

    Attributes:
        span: the text that is wrong.
        kind: a stable word that rules select by, e.g. ``unmatched-quote``; each reader documents its own.
        message: what is wrong, in one sentence part without a final stop.
        expected: what would have been right there; empty when the message says it.
        lost: what the daemon loses because of it; empty when nothing more than the line.
        related: further places with a few words each, e.g. the brace that is left open.
        severity: ``error``, ``warning`` or ``info``.
        fails_check: the daemon (``haproxy``, ``keepalived``) whose own check fails because of it, or None.
    """

    span: Span
    kind: str
    message: str
    expected: str = ""
    lost: str = ""
    related: tuple[tuple[str, Span], ...] = ()
    severity: str = "error"
    fails_check: str | None = None

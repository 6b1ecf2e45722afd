"""meta/suppression-unknown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache

from cfglint.engine import Edit, Finding, Fix, rule
from cfglint.engine.suppress import Suppression


@lru_cache(maxsize=512)
def _nearest(name: str, known: frozenset[str]) -> list[str]:
    return difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)


@rule(severity="warning", sources=["cfglint's own comments: `cfglint: ignore[theme/name] reason`"])
def suppression_unknown(comment: Suppression) -> Iterator[Finding]:
    """A suppression comment names no rule that exists, or cannot be read.

    Why it hurts: it suppresses nothing, though its author believes that it does.

    When it stays silent: about names of rules and themes that exist, whether they ran or not.

    What to do: write the rule's name as the report prints it, between brackets; `cfglint rules` lists them all.
    """
    if not comment.names:
        yield Finding(
            at=comment.span,
            subject=(comment.source.path, comment.kind, "names"),
            message="this suppression names no rule, so it suppresses nothing",
            label="no name between brackets",
            help="write `cfglint: ignore[theme/name] reason`",
        )
    for entry in comment.names:
        if entry.name in comment.known:
            continue
        near = _nearest(entry.name, comment.known)
        fix = Fix(f"write {near[0]}", (Edit(entry.span, near[0]),), safe=True) if near else None
        yield Finding(
            at=entry.span,
            subject=(comment.source.path, comment.kind, entry.name),
            message=f"there is no rule or theme called {entry.name}, so nothing is suppressed",
            label=f"did you mean {near[0]}?" if near else "unknown",
            help="`cfglint rules` lists the names",
            fix=fix,
        )
    if comment.until_text and comment.until is None:
        yield Finding(
            at=comment.span,
            subject=(comment.source.path, comment.kind, "until"),
            message=f"{comment.until_text} is no date, so this suppression never ends",
            label="a date is written 2027-01-31",
            help="write the last day as YEAR-MONTH-DAY",
        )

"""meta/suppression-expired."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, rule
from cfglint.engine.suppress import Suppression


@rule(severity="warning", sources=["cfglint's own comments: `until DATE`"])
def suppression_expired(comment: Suppression) -> Iterator[Finding]:
    """A suppression comment has passed its date.

    Why it hurts: the exception was granted until that day; what it hid is reported again.

    When it stays silent: about comments without a date, and on the last day itself.

    What to do: repair what the comment excuses and delete it, or agree on a later date.
    """
    if comment.expired:
        names = ", ".join(entry.name for entry in comment.names) or "nothing"
        yield Finding(
            at=comment.span,
            subject=(comment.source.path, comment.kind, names, "until"),
            message=f"this suppression of {names} ended on {comment.until}, so its findings are reported again",
            label="expired",
            help="repair what it excuses and delete the comment, or set a later date",
        )

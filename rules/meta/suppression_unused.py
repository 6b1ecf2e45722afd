"""meta/suppression-unused."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Edit, Finding, Fix, rule
from cfglint.engine.suppress import Suppression
from cfglint.source import Span

_ABOUT_ITSELF = {"meta", "meta/suppression-unused"}
"""Names under which this rule's own findings are suppressed, so that it cannot judge them."""


@rule(severity="info", sources=["practice of linters: an unused suppression hides the next real finding"])
def suppression_unused(comment: Suppression) -> Iterator[Finding]:
    """A suppression comment suppresses nothing.

    Why it hurts: what it was written for is gone, and the next finding of that name at this place will be hidden from
    the person who should see it.

    When it stays silent: about names of rules that did not run (left out by --select or --ignore, or by the settings),
    about suppressions that have expired, and about unknown names; other rules report those.

    What to do: delete the comment, or the name in it; `cfglint check --fix` does it.
    """
    judged = [entry for entry in comment.names if entry.name in comment.ran and entry.name not in _ABOUT_ITSELF]
    unused = [entry for entry in judged if entry.name not in comment.used]
    if not unused or comment.expired:
        return
    if len(unused) == len(comment.names):
        names = " and ".join(entry.name for entry in unused)
        yield Finding(
            at=comment.span,
            subject=(comment.source.path, comment.kind, names),
            message=f"this comment suppresses {names}, but there is no such finding here",
            label="unused",
            help="delete the comment",
            fix=_removal(comment),
        )
        return
    for entry in unused:
        yield Finding(
            at=entry.span,
            subject=(comment.source.path, comment.kind, entry.name),
            message=f"this comment suppresses {entry.name}, but there is no such finding here",
            label="unused",
            help=f"delete {entry.name} from the comment",
        )


def _removal(comment: Suppression) -> Fix:
    """Take the comment out: with its line when it stands alone, else with the blanks before it."""
    span = comment.span
    line = comment.source.line(span.line)
    if comment.alone and line[span.end_column - 1 :].strip() in {"", "-->"}:
        whole = Span(span.path, span.line, 1, span.line + 1, 1)
        if span.line >= len(comment.source.lines):
            whole = Span(span.path, span.line, 1, span.line, len(line) + 1)
        return Fix("delete the comment", (Edit(whole, ""),), safe=True)
    kept = len(line[: span.column - 1].rstrip())
    return Fix("delete the comment", (Edit(comment.source.span(span.line, kept, span.end_column - 1), ""),), safe=True)

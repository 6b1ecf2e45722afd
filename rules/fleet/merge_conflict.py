"""The rule ``fleet/merge-conflict``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.node import NodeFile
from cfglint.source import Span

OURS = re.compile(r"<{7}(?: .*)?")
MIDDLE = re.compile(r"={7}")
THEIRS = re.compile(r">{7}(?: .*)?")
LABELS = {OURS: "a conflict begins", MIDDLE: "the other version begins", THEIRS: "the conflict ends"}
DAEMONS = ("keepalived", "haproxy")


def _marks(file: NodeFile) -> list[tuple[str, Span]]:
    """The marks of every whole conflict, in order."""
    found: list[tuple[str, Span]] = []
    begun: list[tuple[str, Span]] = []
    for number, line in enumerate(file.source.lines, 1):
        text = line.rstrip()
        if not text.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            continue
        step = (OURS, MIDDLE, THEIRS)[len(begun)]
        if not step.fullmatch(text):
            step, begun = OURS, []
            if not step.fullmatch(text):
                continue
        begun.append((LABELS[step], file.source.span(number, 0, len(text))))
        if step is THEIRS:
            found, begun = found + begun, []
    return found


@rule(
    severity="error",
    hides=("syntax",),
    sources=["keepalived -t 2.2.7 and 2.3.4 on such a file: `Unknown keyword '<<<<<<<'`; haproxy -c: unknown keyword"],
)
def merge_conflict(file: NodeFile) -> Iterator[Finding]:
    """A file still holds the marks of a merge that nobody finished.

    Why it hurts: HAProxy does not start. Keepalived ignores the marks and reads the lines of both versions, one after
    the other: of two priorities or states the last one counts, whichever side it came from.

    When it stays silent: for rows of `<`, `=` or `>` that are not the three lines of a conflict, in their order.

    What to do: keep one of the two versions, and take the marks out.
    """
    marks = _marks(file)
    if not marks or file.kind not in DAEMONS:
        return
    conflicts = len(marks) // len(LABELS)
    what = "a merge was not finished" if conflicts == 1 else f"{conflicts} conflicts of a merge are left"
    effect = (
        "HAProxy refuses the file"
        if file.kind == "haproxy"
        else "keepalived reads both versions, and of a setting that stands in both the last one counts"
    )
    (label, at), *rest = marks
    yield Finding(
        at=at,
        subject=(file.source.path, "merge"),
        message=f"{what}: {effect}",
        label=label,
        related=[Related(text, span) for text, span in rest],
        help="keep one of the two versions, and take out the lines of <, = and >",
        fails_check="haproxy" if file.kind == "haproxy" else "keepalived",
    )

"""The rule ``fleet/template-unrendered``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.node import NodeFile
from cfglint.syntax.template_marks import TemplateMark, template_marks


def _splits(file: NodeFile, mark: TemplateMark) -> bool:
    """Keepalived takes the mark's braces for blocks that nothing opens: it is outside double quotes."""
    before = file.source.line(mark.span.line)[: mark.span.column - 1]
    return mark.text.startswith(("{{", "{%", "${")) and before.count('"') % 2 == 0


@rule(
    severity="error",
    hides=("syntax",),
    sources=["keepalived and HAProxy read `{{`, `<%` and the like as ordinary text"],
)
def template_unrendered(file: NodeFile) -> Iterator[Finding | Unchecked]:
    """A file still holds the marks of a template engine.

    Why it hurts: the daemon takes the marks for values: it refuses the file, or runs with a wrong address or password.

    When it stays silent: for `${NAME}` and `$NAME`, which both daemons' languages have; inside comments; for braces
    that the language itself uses; for `__NAME__` in haproxy.cfg where no address is expected.

    What to do: check the rendered files, or render the template again: a variable was not set.
    """
    marks = template_marks(file.source, file.kind)
    if not marks:
        return
    first = marks[0]
    left = (
        f"{len(marks)} marks of a template are left, such as {first.text}"
        if len(marks) > 1
        else f"{first.text} is left"
    )
    yield Finding(
        at=first.span,
        subject=(file.source.path, "template"),
        message=(
            f"{left} in line {first.span.line}: this is a template, not a rendered file, and the daemon reads what is "
            "left as values"
        ),
        label=first.engine,
        related=[Related(mark.engine, mark.span) for mark in marks[1:]],
        help="check what your configuration management writes to the host, not the template",
        fails_check="keepalived" if file.kind == "keepalived" and any(_splits(file, mark) for mark in marks) else None,
    )

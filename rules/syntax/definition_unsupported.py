"""The rule ``syntax/definition-unsupported``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, holds, rest_of_block
from cfglint.engine import Finding, Related, Severity, rule
from cfglint.model.keepalived import KeepalivedConfig

SINCE = "2.4.0"
NEWER = re.compile(r"\$\{_ENV[ \t]+[^}]*\}|\$\{_RANDOM[ \t]+[^}]*\}(?=[^{]*\{)")
"""Forms that older releases do not replace; ``${_RANDOM MIN MAX}`` is one only on a line that opens a block."""


@rule(
    severity="warning",
    sources=["keepalived -t: `${_ENV NAME}` and `${_RANDOM MIN MAX}` work in 2.4.3 and split at their braces before"],
)
def definition_unsupported(config: KeepalivedConfig) -> Iterator[Finding]:
    """A standard definition takes arguments that older releases do not know.

    Why it hurts: before 2.4 keepalived leaves `${_ENV NAME}` and `${_RANDOM MIN MAX}` as they are, and then its braces
    open and close blocks: the rest of the instance is lost.

    When it stays silent: for 2.4 and later as the target; for the forms without arguments; for `${_RANDOM MIN MAX}` on
    a line that opens no block, which older releases replace, too.

    What to do: upgrade, or write the value by a `$NAME=` definition.
    """
    if holds(config.node, since=SINCE):
        return
    severity: Severity = "info" if config.node.target.keepalived is None else "error"
    for file in config.tree.files:
        for number, line in enumerate(file.lines, 1):
            found = NEWER.search(line.split("#")[0].split("!")[0]) if "${_" in line else None
            if found is None:
                continue
            place = file.span(number, found.start(), found.end())
            rest = rest_of_block(config, place)
            yield Finding(
                at=place,
                subject=(config.node.name, "definition", found[0]),
                severity=severity,
                message=(
                    f"{found[0]} on {config.node.name} works from keepalived 2.4 on: before, its braces open and close "
                    "blocks, and what follows is lost"
                ),
                label="from 2.4 on",
                related=[Related("these lines are lost before 2.4", rest)] if rest is not None else [],
                help="write the value by a $NAME= definition, or upgrade every node to 2.4",
                nodes=(config.node.name,),
                fails_check=fails_check(config.node, before=SINCE),
            )

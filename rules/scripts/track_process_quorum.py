"""The rule ``scripts/track-process-quorum``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open, name_of, statements
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block, Statement

LIMIT = 65535


def _number(line: Statement) -> int | None:
    """A number that the daemon takes; None for anything else, which is reported itself."""
    text = line.words[1].text if len(line.words) > 1 else ""
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= LIMIT else None


def _conflict(block: Block) -> tuple[Statement, Statement] | None:
    """The line that the daemon ignores, and the one before it that it does not agree with."""
    quorum, most = 1, LIMIT + 1
    given: dict[str, Statement] = {}
    for line in block.children:
        number = _number(line) if line.keyword in {"quorum", "quorum_max"} and not is_open(line) else None
        if number is None:
            continue
        if line.keyword == "quorum" and number > most and "quorum_max" in given:
            return line, given["quorum_max"]
        if line.keyword == "quorum_max" and (number or quorum > 1) and number < quorum and "quorum" in given:
            return line, given["quorum"]
        given[line.keyword] = line
        quorum, most = (number, most) if line.keyword == "quorum" else (quorum, number)
    return None


@rule(
    severity="warning",
    sources=["keepalived -t 2.2.7 and 2.3.4: `quorum_max is less than quorum`, `Quorum is greater than quorum_max`"],
)
def track_process_quorum(config: KeepalivedConfig) -> Iterator[Finding]:
    """A tracked process needs more instances than it may have.

    Why it hurts: keepalived ignores the second of the two lines, so the check is up or down at another number of
    processes than the file says.

    When it stays silent: for a quorum up to quorum_max, and for one of the two alone.

    What to do: write a quorum that is at most quorum_max.
    """
    for block in statements(config, "vrrp_track_process"):
        found = _conflict(block) if isinstance(block, Block) else None
        if found is None:
            continue
        line, other = found
        yield Finding(
            at=line.words[1].span,
            subject=(config.node.name, name_of(block), line.keyword),
            message=(
                f"{line.keyword} {line.words[1].text} of vrrp_track_process {name_of(block)} on {config.node.name} "
                f"does not fit {other.keyword} {other.words[1].text}: keepalived ignores this line"
            ),
            label="ignored",
            related=[Related(f"{other.keyword} here", other.span)],
            help="write a quorum that is at most quorum_max",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )

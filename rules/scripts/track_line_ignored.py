"""The rule ``scripts/track-line-ignored``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import VALUE, fails_check, is_open, name_of, statements, subject_of, within
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block, Statement
from cfglint.syntax.keepalived_arguments import WHOLE

KINDS = ("track_script", "track_interface", "track_file", "track_process", "track_bfd")
LIMIT = 254
REVERSE = frozenset({"reverse", "noreverse"})


def _fault(line: Statement, kind: str) -> tuple[int, str, str] | None:
    """The word, what is wrong with it, and what the daemon does."""
    words = [word.text for word in line.words]
    if len(words) > 1 and words[1] != "weight":
        return 1, f"{words[1]} is no option of a tracker", "ignores the whole line"
    if len(words) == 2:
        return 1, "weight has no value", "ignores the whole line"
    if len(words) < 3:
        return None
    if kind in {"track_file", "track_process"} and WHOLE.fullmatch(words[2]) and abs(int(words[2])) == LIMIT:
        return None
    number = int(words[2]) if WHOLE.fullmatch(words[2]) else None
    if number is None or abs(number) > LIMIT:
        return 2, f"weight {words[2]} is no number from -253 to 253", "uses the weight of the definition, or none"
    if abs(number) == LIMIT:
        return 2, f"weight {words[2]} is no number from -253 to 253", "uses the nearest number"
    reverse = {"reverse"} if kind == "track_interface" else REVERSE
    if len(words) > 3 and words[3] not in reverse:
        return 3, f"{words[3]} is no option of a weight", "ignores that word"
    return None


@rule(
    severity="warning",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `unknown track script option`, `weight without value specified`, `duplicate`"
    ],
)
def track_line_ignored(config: KeepalivedConfig) -> Iterator[Finding]:
    """A tracker's line does not read, or names something a second time.

    Why it hurts: keepalived ignores the line or its weight: the check is not tracked, or does not change the priority,
    and the VIPs stay where they are when it fails.

    When it stays silent: for `NAME` and `NAME weight NUMBER [reverse]` with a number from -253 to 253 (for files and
    processes 254).

    What to do: write the name alone, or `weight` and a number after it.
    """
    for tracker in ("vrrp_instance", "vrrp_sync_group"):
        for block in statements(config, tracker):
            for kind in KINDS:
                yield from _lines(config, block, kind)


def _lines(config: KeepalivedConfig, block: Statement, kind: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for line in within(block, kind, VALUE) if isinstance(block, Block) else ():
        if is_open(line):
            continue
        fault = _fault(line, kind)
        if fault is None and line.keyword in seen:
            fault = 0, f"{line.keyword} is listed before", "ignores the line"
        seen.add(line.keyword)
        if fault is None:
            continue
        index, what, follows = fault
        yield Finding(
            at=line.words[index].span,
            subject=(*subject_of(config.node, line), str(index)),
            message=f"{what} in {kind} of {name_of(block)} on {config.node.name}: keepalived {follows}",
            label="not read",
            help="write the name alone, or `weight` and a number from -253 to 253 after it",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
        )

"""The rule ``syntax/duplicate-keyword``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import (
    all_statements,
    fails_check,
    is_open,
    keyword_of,
    place_of,
    statements,
    subject_of,
)
from cfglint.engine import Finding, Related, Severity, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.syntax.keepalived import Block, Statement

REPEATED = frozenset({"digest", "key", "status_code", "name", "alpha", "misc_path", "lvs_sync_daemon"})
"""Keywords that may stand several times, or whose repetition means nothing."""

FIRST_COUNTS = frozenset({"notify", "quorum_up", "quorum_down"})
"""Scripts (and every ``notify_…``): the daemon ignores the second one with a message."""


FIRST_IN = frozenset(
    {
        ("track_file", "file"),
        ("track_file", "weight"),
        ("vrrp_track_file", "file"),
        ("vrrp_track_file", "weight"),
        ("vrrp_track_process", "process"),
        ("vrrp_track_process", "weight"),
        ("vrrp_instance", "lvs_sync_daemon_interface"),
    }
)
"""Other settings of which the daemon keeps the first, with a message."""


def _first_counts(keyword: str, block: Statement | None) -> bool:
    if keyword in FIRST_COUNTS or keyword.startswith("notify_"):
        return True
    return block is not None and (block.keyword, keyword) in FIRST_IN


def _is_default(statement: Statement) -> bool:
    """A tracked file's weight of 1 is what it has without the line, so a second weight may follow."""
    return statement.keyword == "weight" and [word.text for word in statement.words[1:2]] == ["1"]


def _is_exception(statement: Statement, earlier: Statement, conditional: set[tuple[str, int]]) -> bool:
    """True for a line behind ``@id`` below one for every node: the exception from a default, on purpose."""
    return [(line.span.path, line.span.line) in conditional for line in (earlier, statement)] == [False, True]


def _words(statement: Statement) -> list[str]:
    return [word.text for word in statement.words]


@rule(
    severity="warning",
    sources=[
        "keepalived's dump 2.2.7 and 2.4.3: `priority 150` and `priority 90` in one block is 90, without a message",
        "keepalived -t 2.0.20 to 2.4.3: `notify_master script already specified - ignoring`",
    ],
)
def duplicate_keyword(config: KeepalivedConfig) -> Iterator[Finding]:
    """A setting stands twice in one block (or in two global_defs), or a `vrrp_script` of one name twice in the file.

    Why it hurts: of two values the last one counts; of two notify scripts, two files or processes to track and two
    vrrp_script blocks the first, mostly without a word. Whoever edits the other line wonders why nothing changes.

    When it stays silent: for lines that are equal; for keywords that may be repeated, and blocks that add up, such as
    virtual_ipaddress; for `state`, which has a rule of its own; for lines that conditions choose between, and
    for an exception behind `@id` below the line for every node.

    What to do: keep one of the lines.
    """
    seen: dict[tuple[int, str], Statement] = {}
    conditional = {(entry.span.path, entry.span.line) for entry in config.tree.conditions}
    for path, statement in all_statements(config):
        keyword = keyword_of(path, config.node)
        if keyword is None or statement.parent is None or isinstance(statement, Block) or is_open(statement):
            continue
        if keyword.argument.shape == "flag" or statement.keyword in REPEATED or path == ("vrrp_instance", "state"):
            continue
        # All global_defs blocks are one: they are joined, and the last line of a keyword counts.
        key = (0 if path[:-1] == ("global_defs",) else id(statement.parent), statement.keyword)
        earlier = seen.get(key)
        first_counts = _first_counts(statement.keyword, statement.parent)
        first_counts = first_counts and not (earlier is not None and _is_default(earlier))
        seen[key] = earlier if earlier is not None and first_counts else statement
        if earlier is None or (_words(earlier) == _words(statement) and not first_counts):
            continue
        if first_counts or not _is_exception(statement, earlier, conditional):
            yield _finding(config, earlier, statement, first_counts=first_counts)
    yield from _scripts(config)
    yield from _authentications(config)
    yield from _groups(config)


def _groups(config: KeepalivedConfig) -> Iterator[Finding]:
    """Second lists of members: skipped, and with them the rest of the block."""
    first: dict[int, Statement] = {}
    for kind in ("vrrp_sync_group", "track_group"):
        for group in statements(config, kind, "group"):
            parent = group.parent
            if not isinstance(group, Block) or not group.children or parent is None or is_open(group):
                continue
            earlier = first.setdefault(id(parent), group)
            if earlier is group:
                continue
            end = parent.end
            yield Finding(
                at=group.words[0].span,
                subject=(*subject_of(config.node, group), "again"),
                severity="error",
                message=(
                    f"{place_of(group)} on {config.node.name} has two lists of members: keepalived reads the first, "
                    f"and skips the second together with what follows it in the block"
                ),
                label="skipped",
                related=[
                    Related("this one counts", earlier.words[0].span),
                    *([Related("no block is open here any more", end)] if end is not None else []),
                ],
                help="write all members in one list, each on a line of its own",
                nodes=(config.node.name,),
                fails_check=fails_check(config.node),
            )


def _authentications(config: KeepalivedConfig) -> Iterator[Finding]:
    """Second authentication blocks of an instance: the last one counts, silently."""
    first: dict[int, Statement] = {}
    for block in statements(config, "vrrp_instance", "authentication"):
        earlier = first.setdefault(id(block.parent), block)
        if earlier is block or is_open(block):
            continue
        yield Finding(
            at=earlier.words[0].span,
            subject=(*subject_of(config.node, block), "again"),
            message=f"{place_of(block)} on {config.node.name} has two authentication blocks: the last one counts",
            label="overridden",
            related=[Related("this one counts", block.words[0].span)],
            help="keep one of the two blocks",
            nodes=(config.node.name,),
        )


def _finding(config: KeepalivedConfig, earlier: Statement, statement: Statement, *, first_counts: bool) -> Finding:
    follows = "keepalived keeps the first and ignores this one" if first_counts else "the last one counts"
    return Finding(
        at=statement.span if first_counts else earlier.span,
        subject=(*subject_of(config.node, statement), "again"),
        message=f"{statement.keyword} stands twice in {place_of(statement)} on {config.node.name}: {follows}",
        label="ignored",
        related=[Related("this one counts", (earlier if first_counts else statement).span)],
        help="keep one of the two lines",
        nodes=(config.node.name,),
        fails_check=fails_check(config.node) if first_counts else None,
    )


def _scripts(config: KeepalivedConfig) -> Iterator[Finding]:
    """Second vrrp_script blocks of a name: the first is used, silently."""
    first = {script.name: script for script in config.scripts}
    for script in config.dropped_scripts:
        kept = first.get(script.name)
        if kept is None or script.command.value is None:
            continue
        severity: Severity = "warning"
        yield Finding(
            at=script.span,
            subject=(config.node.name, script.name, "vrrp_script", "again"),
            severity=severity,
            message=f"vrrp_script {script.name} is defined twice on {config.node.name}: keepalived uses the first",
            label="not used",
            related=[Related("this one is used", kept.span)],
            help="take one of the two out, or give it another name",
            nodes=(config.node.name,),
        )

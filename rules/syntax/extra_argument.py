"""The rule ``syntax/extra-argument``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cfglint.analysis.keepalived_statements import all_statements, holds, is_open, keyword_of, place_of, subject_of
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Statement
from cfglint.syntax.keepalived_keywords import Keyword, find_block

ONE_WORD = frozenset({"uint", "int", "seconds", "milliseconds", "one", "word", "interface"})
TAKES_MORE = frozenset(
    {"lb_kind", "lvs_method", "sorry_server_lvs_method", "process", "umask", "weight", "key", "init_file", "regex"}
)
"""Keywords of one value that have options behind it."""

NO_COMMENT = ("//", "--", "/*", ";")
"""What other languages begin a comment with: the words behind it do no harm."""

NEGATIVE = frozenset({"0", "no", "off", "false", "disable", "disabled", "none"})
BOOLEAN_LATER: Mapping[tuple[str, ...], str] = {("global_defs", "vrrp_strict"): "2.3.0"}
"""Words that switch something on, and the release from which on they read a value."""


def _negation(
    config: KeepalivedConfig, path: tuple[str, ...], keyword: Keyword, statement: Statement
) -> Iterator[Finding]:
    """``nopreempt off`` switches nopreempt on."""
    since = BOOLEAN_LATER.get(path)
    if (keyword.argument.shape != "flag") if since is None else holds(config.node, before=since) is False:
        return
    word = statement.words[1]
    when = f"before {since[:-2]} " if since is not None and holds(config.node, before=since) is None else ""
    yield Finding(
        at=word.span,
        subject=(*subject_of(config.node, statement), "extra"),
        message=(
            f"{statement.keyword} in {place_of(statement)} on {config.node.name} reads no value: {when}the line "
            f"switches it on, and {word.text} behind it changes nothing"
        ),
        label="not read: it is on",
        help=f"take the line out: without it {statement.keyword} is off",
        nodes=(config.node.name,),
    )


@rule(
    severity="warning",
    sources=[
        "keepalived's dump 2.2.7 and 2.4.3: `priority 150 200` is 150, `router_id load balancer` is `load`",
        "keepalived's dump 2.2.7: `nopreempt 0`, `enable_script_security 0`, `vrrp_strict off` are on",
    ],
)
def extra_argument(config: KeepalivedConfig) -> Iterator[Finding]:
    """A line of keepalived.conf has more words than its keyword reads.

    Why it hurts: keepalived takes the first value and ignores the rest without a word: a name is cut at its first
    blank, and of two numbers the second has no effect.

    When it stays silent: for keywords that take several words or options; for a second statement on the line, which is
    reported itself; for values in double quotes; behind `#` and `!`. Words behind `//`, which were meant as a comment,
    are only an info. Behind a word that only switches something on, for everything but `off`, `no`, `0` and the like.

    What to do: put a value with blanks in double quotes, or take the rest out; a comment needs `#` or `!`. What only
    switches something on is off without its line.
    """
    for path, statement in all_statements(config):
        keyword = keyword_of(path, config.node)
        if keyword is None or keyword.opens_block or is_open(statement):
            continue
        if len(statement.words) == 2 and statement.words[1].text.lower() in NEGATIVE:
            yield from _negation(config, path, keyword, statement)
        if keyword.argument.shape not in ONE_WORD:
            continue
        if len(statement.words) < 3 or statement.keyword in TAKES_MORE:
            continue
        block = find_block(path[:-1])
        if block is not None and any(word.text in block.children for word in statement.words[2:]):
            continue
        first, last = statement.words[2].span, statement.words[-1].span
        rest = Span(first.path, first.line, first.column, last.end_line, last.end_column)
        shown = "the first word" if "pass" in statement.keyword else statement.words[1].text
        yield Finding(
            at=rest,
            subject=(*subject_of(config.node, statement), "extra"),
            severity="info" if statement.words[2].text.startswith(NO_COMMENT) else "warning",
            message=(
                f"{statement.keyword} in {place_of(statement)} on {config.node.name} reads one value: keepalived uses "
                f"{shown} and ignores the rest of the line"
            ),
            label="ignored",
            help="put a value with blanks in double quotes, or take the rest out; a comment needs # in front",
            nodes=(config.node.name,),
        )

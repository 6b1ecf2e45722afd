"""The rule ``syntax/extra-argument``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import all_statements, is_open, keyword_of, place_of, subject_of
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived_keywords import find_block

ONE_WORD = frozenset({"uint", "int", "seconds", "milliseconds", "one", "word", "interface"})
TAKES_MORE = frozenset(
    {"lb_kind", "lvs_method", "sorry_server_lvs_method", "process", "umask", "weight", "key", "init_file", "regex"}
)
"""Keywords of one value that have options behind it."""

NO_COMMENT = ("//", "--", "/*", ";")
"""What other languages begin a comment with: the words behind it do no harm."""


@rule(
    severity="warning",
    sources=["keepalived's dump 2.2.7 and 2.4.3: `priority 150 200` is 150, `router_id load balancer` is `load`"],
)
def extra_argument(config: KeepalivedConfig) -> Iterator[Finding]:
    """A line of keepalived.conf has more words than its keyword reads.

    Why it hurts: keepalived takes the first value and ignores the rest without a word: a name is cut at its first
    blank, and of two numbers the second has no effect.

    When it stays silent: for keywords that take several words or options; for a second statement on the line, which is
    reported itself; for values in double quotes; behind `#` and `!`. Words behind `//`, which were meant as a comment,
    are only an info.

    What to do: put a value with blanks in double quotes, or take the rest out; a comment needs `#` or `!`.
    """
    for path, statement in all_statements(config):
        keyword = keyword_of(path, config.node)
        if keyword is None or keyword.opens_block or keyword.argument.shape not in ONE_WORD or is_open(statement):
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

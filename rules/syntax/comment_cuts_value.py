"""The rule ``syntax/comment-cuts-value``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_comments import cut_by_comment
from cfglint.analysis.keepalived_statements import all_statements, is_open, keyword_of, place_of, subject_of
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig

FREE_TEXT = frozenset({"word", "words", "script", "user", "single", "host"})
"""What an argument may hold so that nobody notices when it is cut."""


@rule(
    severity="warning",
    sources=["keepalived's dump 2.0.20, 2.2.7 and 2.4.3: `#` and `!` end a word in the middle, without a message"],
)
def comment_cuts_value(config: KeepalivedConfig) -> Iterator[Finding]:
    """An unquoted `#` or `!` ends a name, path or other text in the middle.

    Why it hurts: keepalived runs with the shorter value: a script with another path, a router_id or a name that is not
    the one written. It says nothing.

    When it stays silent: for values in double quotes; for numbers, addresses and fixed words, where a comment glued to
    the value does no harm; for a `#` with a blank behind it, which is meant as a comment; for passwords, which have a
    rule of their own.

    What to do: put the value in double quotes, or a blank before the comment.
    """
    for path, statement in all_statements(config):
        keyword = keyword_of(path, config.node)
        if keyword is None or keyword.argument.shape not in FREE_TEXT or is_open(statement) or len(statement.words) < 2:
            continue
        if statement.keyword == "auth_pass":
            continue
        lost = cut_by_comment(config, statement)
        if lost is None or lost.end_column - lost.column < 2 or _is_comment(config, lost.path, lost.line, lost.column):
            continue
        word = statement.words[-1]
        yield Finding(
            at=word.span,
            subject=(*subject_of(config.node, statement), "comment"),
            message=(
                f"{statement.keyword} in {place_of(statement)} on {config.node.name} ends at the comment character: "
                f"keepalived uses {word.text}"
            ),
            label="the value ends here",
            related=[Related("the rest is a comment", lost)],
            help="put the value in double quotes, or a blank before the comment",
            nodes=(config.node.name,),
        )


def _is_comment(config: KeepalivedConfig, path: str, line: int, column: int) -> bool:
    """A blank or a second comment character behind the first: it is meant as a comment."""
    return config.tree.file_at[path].line(line)[column : column + 1] in {"", " ", "\t", "#", "!"}

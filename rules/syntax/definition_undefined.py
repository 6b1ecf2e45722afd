"""The rule ``syntax/definition-undefined``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cfglint.analysis.keepalived_statements import all_statements, fails_check, keyword_of, place_of, rest_of_block
from cfglint.engine import Finding, Related, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.source import Span
from cfglint.syntax.keepalived import Statement, Word
from cfglint.syntax.keepalived_arguments import argument_fault

PLAIN = re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*")
BRACED = re.compile(r"\$\{[A-Za-z][A-Za-z0-9_]*\}")
GLUED = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
SCRIPTS = frozenset({"script", "quoted"})

MAX_LOST = 10
"""Blocks whose lost lines one finding shows."""


@dataclass
class _Use:
    """The first use of a name, the places of the others, the lines they lose, if the check fails, and what follows."""

    statement: Statement
    word: Word
    others: list[Span] = field(default_factory=list)
    lost: list[Span] = field(default_factory=list)
    fails: bool = False
    follows: str = ""


def _names(word: Word) -> list[str]:
    return [word.text] if PLAIN.fullmatch(word.text) else BRACED.findall(word.text)


def _uses(config: KeepalivedConfig) -> dict[str, _Use]:
    uses: dict[str, _Use] = {}
    for path, statement in all_statements(config):
        if "$" not in statement.text:
            continue
        keyword = keyword_of(path, config.node)
        if (keyword is not None and keyword.kind in SCRIPTS) or "pass" in statement.keyword:
            continue
        words = [word.text for word in statement.words]
        for index, word in enumerate(statement.words):
            for name in _names(word):
                use = uses.setdefault(name, _Use(statement, word))
                if use.word is not word:
                    use.others.append(word.span)
                fault = argument_fault(keyword.argument, words) if keyword is not None else None
                if fault is not None and fault.word == index and keyword is not None and keyword.default:
                    use.follows = f", which is no value for {statement.keyword}: it becomes {keyword.default}"
                split = name.startswith("${") and not word.quoted
                rest = rest_of_block(config, word.span) if split and len(use.lost) < MAX_LOST else None
                if rest is not None and not any(rest.end_line == known.end_line for known in use.lost):
                    use.lost.append(rest)
                use.fails = use.fails or split or index == 0 or (fault is not None and fault.word == index)
    return uses


def _glued(config: KeepalivedConfig) -> Iterator[Finding]:
    """`$NAME` with more text behind it is not replaced, though the name is defined."""
    names = {found.name for found in config.tree.definitions if found.lines and not found.standard}
    for path, statement in all_statements(config) if names else ():
        keyword = keyword_of(path, config.node)
        if (keyword is not None and keyword.kind in SCRIPTS) or "pass" in statement.keyword:
            continue
        for word in statement.words:
            found = GLUED.search(word.text)
            if found is None or PLAIN.fullmatch(word.text):
                continue
            beginnings = (found[1][:length] for length in range(len(found[1]), 0, -1))
            name = next((beginning for beginning in beginnings if beginning in names), None)
            if name is None:
                continue
            yield Finding(
                at=word.span,
                subject=(config.node.name, "definition", word.text),
                severity="warning",
                message=(
                    f"${name} in {place_of(statement)} on {config.node.name} has text right behind it, so keepalived "
                    f"does "
                    f"not replace it and uses {word.text} as it is"
                ),
                label="not replaced",
                help=f"write ${{{name}}} in its place",
                nodes=(config.node.name,),
            )


@rule(
    severity="error",
    sources=["keepalived -t 2.0.20 to 2.4.3: an undefined `$NAME` stays as it is, `${NAME}` splits at its braces"],
)
def definition_undefined(config: KeepalivedConfig) -> Iterator[Finding]:
    """A `$NAME` or `${NAME}` of keepalived.conf is not defined above its use.

    Why it hurts: keepalived leaves the text as it is. `$NAME` becomes the value: a priority turns into 100, an
    interface does not exist, a VIP is skipped. The braces of `${NAME}` open and close a block, and what follows in the
    instance is lost. A definition further down comes too late.

    When it stays silent: for names that a `$NAME=` line above defines, and the standard ones; inside scripts, where `$`
    is the script's own; in passwords, where it is a character like any other.

    What to do: define the name above its first use, without a blank before the `=`; where an environment variable was
    meant, 2.4 has `${_ENV NAME}`; where a tool should have replaced it, check the file that it writes.
    """
    yield from _glued(config)
    later = {found.name: found.lines[0][1] for found in config.tree.definitions if found.lines and not found.standard}
    for name, use in _uses(config).items():
        place = later.get(name.strip("${}"))
        what = "is defined only further down" if place is not None else "is not defined"
        more = f" and {len(use.others)} more" if use.others else ""
        related = [Related("defined here, too late", place)] if place is not None else []
        yield Finding(
            at=use.word.span,
            subject=(config.node.name, "definition", name),
            message=(
                f"{name} in {place_of(use.statement)}{more} on {config.node.name} {what}: keepalived takes the text "
                f"{name} itself{use.follows}"
            ),
            label=what,
            related=[
                *related,
                *(Related("its braces lose these lines", span) for span in use.lost),
                *(Related("used here, too", span) for span in use.others[:3]),
            ],
            help=f"write ${name.strip('${}')}=VALUE above the first use, without a blank before the =",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node) if use.fails else None,
        )

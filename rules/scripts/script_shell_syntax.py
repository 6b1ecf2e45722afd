"""The rule ``scripts/script-shell-syntax``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.analysis.keepalived_scripts import ScriptUse, script_uses
from cfglint.engine import Finding, rule
from cfglint.model.keepalived import KeepalivedConfig

OPERATORS = frozenset({"|", "||", "&", "&&", ";", "<", ">", ">>", "!"})
REDIRECTION = re.compile(r"(?:[0-9]|&)?>{1,2}(?:&[0-9]|[^>=]\S*)?")
SUBSTITUTION = re.compile(r"\$\(|`|\$[?#@*!]")
INPUT = re.compile(r"[0-9]?<{1,3}[/$\w.\"']\S*[^>\s]")
GLUED = re.compile(r"[^;\\];|[^|]\|\||&&")
WORDS_OF_THE_SHELL = frozenset(
    {"[[", "((", "{", "(", "!", "if", "for", "while", "until", "case", "exit", "cd", "source", ".", "export", "ulimit"}
)
"""What only a shell knows as a command: no file of that name is in the search path."""


def _shell_word(use: ScriptUse) -> str:
    """The first argument that only a shell would understand; empty when there is none."""
    for word in use.arguments:
        if word in OPERATORS or REDIRECTION.fullmatch(word) or INPUT.fullmatch(word) or SUBSTITUTION.search(word):
            return word
        if GLUED.search(word) and (word.endswith(";") or "&&" in word or "||" in word):
            return word
    return use.program if use.program in WORDS_OF_THE_SHELL else ""


def _follows(use: ScriptUse, word: str) -> str:
    """What comes of it."""
    if use.program in WORDS_OF_THE_SHELL or use.program == word:
        lost = "the check is disabled and never fails" if use.kind == "check" else "nothing is run"
        return f"there is no program {use.program}, so {lost}"
    return f"{use.program} gets it and the words after it as arguments, and only the status of {use.program} counts"


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7 and 2.4.3, run: `/usr/bin/false || /usr/bin/true` counts as failing, `sh -c '…'` works",
        "keepalived 2.2.7, run: `[[ -f … ]]` and `</dev/tcp/…`: `Disabling track script … since not found/accessible`",
    ],
)
def script_shell_syntax(config: KeepalivedConfig) -> Iterator[Finding]:
    """A script line uses shell syntax, and no shell reads it.

    Why it hurts: keepalived starts the program itself and hands every further word over as an argument. A check that
    ends in `|| exit 1` or pipes into grep says what its first program says about odd arguments: it never fails, or
    always does, so VIPs stay on a broken node or leave a good one.

    When it stays silent: for `sh -c '…'` and the like; for such characters inside a longer word, as in a URL or a
    pattern.

    What to do: put the commands into a script of their own, or write `/bin/sh -c '…'` in double quotes.
    """
    for use in script_uses(config):
        word = "" if use.through_shell else _shell_word(use)
        if not word:
            continue
        yield Finding(
            at=use.span,
            subject=(config.node.name, use.name, use.keyword),
            message=(
                f"{use.keyword} of {use.owner} on {config.node.name} contains {word}, and keepalived runs it without a "
                f"shell: {_follows(use, word)}"
            ),
            label="no shell reads this",
            help="put the commands into a script file, or write \"/usr/bin/sh -c '…'\"",
            nodes=(config.node.name,),
        )

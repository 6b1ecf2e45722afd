"""With which commands a shell script can end, so that its exit status is known without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cfglint.source import SourceFile
from cfglint.syntax.shell_commands import TOKEN

OPENERS = frozenset({"if", "case", "while", "until", "for", "select", "{", "("})
CLOSERS = frozenset({"fi", "esac", "done", "}", ")"})
ENDS_STATEMENT = frozenset({"\n", ";", "&", ";;"})
BREAKS_CHAIN = frozenset({"{", "}", "(", ")", "&&"})
"""Words after which the status of a statement's last command is not all that counts."""

HARMLESS = frozenset({"echo", "printf", "true", ":"})
"""Commands that succeed whatever happens."""

MAY_END_ELSEWHERE = re.compile(
    r"\b(?:exec|trap|source|eval|kill|errexit|pipefail|nounset|return)\b|(?:^|[\s;])\.\s|:\?|\bset\s+[-+]\w|^#!.*\s-\w",
    re.MULTILINE,
)
"""What can give a script another status than that of the command that it seems to end with."""

MAX_TOKENS = 20_000
MAX_DEPTH = 50


def always_succeeds(source: SourceFile) -> bool:
    """True when a shell script has no way to an exit status other than 0, though it looks at something.

    False also where that is not sure, and for a placeholder that is nothing but ``exit 0``.
    """
    if MAY_END_ELSEWHERE.search("\n".join(_without_comments(source))):
        return False
    tokens = _tokens(source)
    if not tokens or len(tokens) > MAX_TOKENS or not _exits_with_0_only(tokens):
        return False
    return _succeeds(tokens, 0) and any(statement[0] not in HARMLESS | {"exit"} for statement in _statements(tokens))


def _without_comments(source: SourceFile) -> Iterator[str]:
    for number, text in enumerate(source.lines, 1):
        if number == 1 and text.startswith("#!"):
            yield text
        else:
            yield "".join(part[0] for part in TOKEN.finditer(text) if part.lastgroup != "comment")


def _tokens(source: SourceFile) -> list[str]:
    """The words and operators of a script, each line's end as a newline; empty where a line is not understood."""
    found: list[str] = []
    joined = False
    for text in source.lines:
        line = text.rstrip("\r\n")
        continued = line.endswith("\\") and not line.endswith("\\\\")
        for part in TOKEN.finditer(line[:-1] if continued else line):
            if part.lastgroup == "other" or part[0].startswith("<<"):
                return []
            if part.lastgroup in {"word", "operator"}:
                found.append(part[0])
        if not continued:
            found.append("\n")
        joined = continued
    return [] if joined else found


def _exits_with_0_only(tokens: list[str]) -> bool:
    following = [*tokens[1:], "\n"]
    return all(after == "0" for word, after in zip(tokens, following, strict=True) if word == "exit")


def _succeeds(tokens: list[str], depth: int) -> bool:
    """Whether a list of commands ends with status 0 on every way through it."""
    statements = _statements(tokens)
    if not statements or depth > MAX_DEPTH:
        return False
    last = statements[-1]
    if last[0] == "if":
        bodies = _branches(last)
        return bool(bodies) and all(_succeeds(body, depth + 1) for body in bodies)
    if last[0] in OPENERS or not (BREAKS_CHAIN | ENDS_STATEMENT).isdisjoint(last):
        return False
    for operator in ("||", "|"):
        while operator in last:
            last = last[last.index(operator) + 1 :]
    return bool(last) and (last[0] in HARMLESS or last == ["exit", "0"])


def _statements(tokens: list[str]) -> list[list[str]]:
    """The statements of a list of commands; what stands inside a compound one stays in it."""
    found: list[list[str]] = [[]]
    depth = 0
    for word in tokens:
        at_start = not found[-1] or found[-1][-1] in ENDS_STATEMENT | {"then", "else", "do", "&&", "||", "|", "{", "("}
        if word in {"{", "("} or (word in OPENERS and at_start):
            depth += 1
        elif word in {"}", ")"} or (word in CLOSERS and at_start):
            depth -= 1
        if word in ENDS_STATEMENT and depth <= 0:
            if found[-1]:
                found.append([])
        else:
            found[-1].append(word)
    return [statement for statement in found if statement]


def _branches(statement: list[str]) -> list[list[str]]:
    """The bodies of an ``if``; empty where something follows its end, or it is not understood."""
    if statement[-1] != "fi":
        return []
    bodies: list[list[str]] = []
    depth, inside = 0, False
    for place, word in enumerate(statement):
        starts = place == 0 or statement[place - 1] in ENDS_STATEMENT | {"then", "else", "do"}
        if starts and word in OPENERS:
            depth += 1
        elif starts and word in CLOSERS:
            depth -= 1
        if depth == 1 and starts and word in {"then", "elif", "else"}:
            inside = word != "elif"
            if inside:
                bodies.append([])
        elif inside and depth >= 1:
            bodies[-1].append(word)
    return bodies

r"""Shell scripts as far as they are plain commands: words, redirections, pipes, here-documents.

Nothing is run. What a shell would have to work out (a variable that is not assigned once, literally; a command
substitution; a glob) is an unknown word; commands below ``if``, ``case``, loops, functions, ``&&`` and ``||`` are
conditional: nobody knows whether they run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span

TOKEN = re.compile(
    r"""(?P<space>[ \t]+)
      | (?P<comment>(?<![^\s;&|(])\#.*)
      | (?P<operator>&>>|&>|[0-9]?>>|[0-9]?>&[0-9-]?|[0-9]?>\|?|<<<|<<-?|<|\|\||&&|;;|[|&;(){}](?=\s|$)|[|&;()])
      | (?P<word>(?:\\.|'[^']*'|"(?:[^"\\]|\\.)*"|\$\([^()]{0,999}\)|\$\{[^}]{0,99}\}|`[^`]{0,999}`|[^\s\\'"|&;()<>`])+)
      | (?P<other>.)
    """,
    re.VERBOSE,
)
PIECE = re.compile(
    r"\\(?P<escaped>.)|'(?P<single>[^']*)'|\"(?P<double>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\\'\"]+)|(?P<odd>.)"
)
VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
OPENERS = frozenset({"if", "case", "while", "until", "for", "select"})
CLOSERS = frozenset({"fi", "esac", "done"})
KEYWORDS = OPENERS | CLOSERS | {"then", "else", "elif", "do", "!", "time"}
MAX_LINES = 50_000


@dataclass(frozen=True, slots=True)
class Redirection:
    """One redirection: ``>``, ``>>``, ``<<`` …, and where to; None when that is not known."""

    operator: str
    target: str | None
    span: Span


@dataclass(eq=False)
class ShellCommand:
    """One simple command.

    Attributes:
        words: the program and its arguments without quotes, without ``sudo``; None for a word that is not known.
        as_root: ``sudo`` stands before it.
        span: from its first to its last word.
        sudo_span: the word ``sudo``, or None.
        redirections: in order.
        conditional: nobody knows whether it runs.
        pipes_to: the command that reads what it prints, or None.
        body: the lines of its here-document, with the number of the first; None without one.
    """

    words: list[str | None]
    as_root: bool
    span: Span
    sudo_span: Span | None
    conditional: bool
    redirections: list[Redirection] = field(default_factory=list)
    pipes_to: ShellCommand | None = None
    body: tuple[int, list[str]] | None = None

    @property
    def program(self) -> str:
        """The program's name without its folder; empty when it is not known."""
        return (self.words[0] or "").rsplit("/", 1)[-1] if self.words else ""


@dataclass(eq=False)
class _Token:
    kind: str
    text: str
    span: Span


class _Reader:
    """Reads one script, line by line."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.depth = 0
        self.open_parentheses = 0
        self.variables: dict[str, str | None] = {}
        self.number = 0

    def commands(self) -> Iterator[ShellCommand]:
        last = min(len(self.source.lines), MAX_LINES)
        while self.number < last:
            tokens = self._logical_line()
            found = list(self._line_commands(tokens))
            for command in found:
                for redirection in command.redirections:
                    if redirection.operator in {"<<", "<<-"} and redirection.target is not None:
                        command.body = self._here_document(redirection.target, last)
            yield from found

    def _logical_line(self) -> list[_Token]:
        tokens: list[_Token] = []
        while self.number < len(self.source.lines):
            self.number += 1
            text = self.source.line(self.number)
            joined = text.endswith("\\") and not text.endswith("\\\\")
            for found in TOKEN.finditer(text[:-1] if joined else text):
                kind = found.lastgroup or "other"
                if kind not in {"space", "comment"}:
                    tokens.append(_Token(kind, found[0], self.source.span(self.number, found.start(), found.end())))
            if not joined:
                break
        return tokens

    def _here_document(self, end: str, last: int) -> tuple[int, list[str]]:
        first = self.number + 1
        lines: list[str] = []
        while self.number < last:
            self.number += 1
            text = self.source.line(self.number)
            if text.lstrip("\t") == end:
                break
            lines.append(text)
        return first, lines

    def _line_commands(self, tokens: list[_Token]) -> Iterator[ShellCommand]:
        pending: list[_Token] = []
        previous: ShellCommand | None = None
        chained = piped = False
        for token in [*tokens, _Token("operator", "\n", self.source.whole)]:
            if token.kind != "operator" or token.text[-1] in "<>-0123456789":
                pending.append(token)
                continue
            if token.text in {"(", ")", "{", "}"}:
                self._group(token.text, pending)
                if token.text == ")":
                    pending = []
                continue
            command = self._command(pending, conditional=chained)
            pending = []
            if command is not None:
                if piped and previous is not None:
                    previous.pipes_to = command
                yield command
                previous = command
            chained = token.text in {"&&", "||"} or (chained and token.text == "|")
            piped = token.text == "|"

    def _group(self, text: str, pending: list[_Token]) -> None:
        if text == "{" and pending and pending[-1].text in {"(", ")"}:
            return
        if text == "(":
            self.open_parentheses += 1
        elif text == ")":
            if not self.open_parentheses:
                return  # the end of a pattern of case
            self.open_parentheses -= 1
        self.depth += 1 if text in {"(", "{"} else -1 if self.depth else 0

    def _command(self, tokens: list[_Token], *, conditional: bool) -> ShellCommand | None:
        words, redirections = self._split(tokens)
        if not self._take_keywords(words):
            return None
        while words:
            assigned = ASSIGNMENT.fullmatch(words[0].text)
            if assigned is None:
                break
            if len(words) == 1:
                self._assign(assigned[1], assigned[2], conditional=conditional)
            words.pop(0)
        sudo = _take_sudo(words)
        if not words:
            return None
        first, end = sudo or words[0], words[-1]
        span = Span(self.source.path, first.span.line, first.span.column, end.span.end_line, end.span.end_column)
        return ShellCommand(
            [self._text(word.text) for word in words],
            sudo is not None,
            span,
            sudo.span if sudo is not None else None,
            conditional or self.depth > 0,
            redirections,
        )

    def _split(self, tokens: list[_Token]) -> tuple[list[_Token], list[Redirection]]:
        words: list[_Token] = []
        redirections: list[Redirection] = []
        rest = iter(tokens)
        for token in rest:
            if token.kind != "operator":
                words.append(token)
            elif not re.fullmatch(r"[0-9]?>&[0-9-]", token.text):
                target = next(rest, None)
                if target is not None:
                    redirections.append(Redirection(token.text, self._text(target.text), target.span))
        return words, redirections

    def _take_keywords(self, words: list[_Token]) -> bool:
        """Take leading keywords off and count the blocks they open and close; False when no command follows."""
        while words and words[0].text in KEYWORDS:
            word = words.pop(0).text
            if word in OPENERS:
                self.depth += 1
            elif word in CLOSERS:
                self.depth = max(0, self.depth - 1)
            if word in {"for", "case", "select"}:
                return False
        return bool(words)

    def _assign(self, name: str, value: str, *, conditional: bool) -> None:
        known = name not in self.variables and not conditional and self.depth == 0
        self.variables[name] = self._text(value) if known else None

    def _text(self, written: str) -> str | None:
        """A word without its quotes, variables put in; None when it takes a shell to tell."""
        parts: list[str] = []
        for piece in PIECE.finditer(written):
            if piece["single"] is not None or piece["escaped"] is not None:
                parts.append(piece["single"] if piece["single"] is not None else piece["escaped"])
                continue
            text = piece["double"] if piece["double"] is not None else piece["bare"]
            if text is None:
                return None
            if piece["bare"] is not None and re.search(r"[*?]|\[.*\]", text):
                return None
            expanded = self._expand(text)
            if expanded is None:
                return None
            parts.append(re.sub(r'\\(["\\$`])', r"\1", expanded) if piece["double"] is not None else expanded)
        return "".join(parts)

    def _expand(self, text: str) -> str | None:
        names = [found[1] or found[2] for found in VARIABLE.finditer(text)]
        if any(self.variables.get(name) is None for name in names):
            return None
        text = VARIABLE.sub(lambda found: self.variables.get(found[1] or found[2]) or "", text)
        return None if re.search(r"(?<!\\)[$`]", text) else text


def _take_sudo(words: list[_Token]) -> _Token | None:
    """Take ``sudo`` and its options off the words."""
    if not words or words[0].text != "sudo":
        return None
    sudo = words.pop(0)
    while words and (words[0].text.startswith("-") or ASSIGNMENT.fullmatch(words[0].text)):
        if words.pop(0).text in {"-u", "-g", "-C", "-p"} and words:
            words.pop(0)
    return sudo


def read_shell_commands(source: SourceFile) -> list[ShellCommand]:
    """The simple commands of a script, in order."""
    return list(_Reader(source).commands())

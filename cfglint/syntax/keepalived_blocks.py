"""keepalived.conf, step three: from logical lines to blocks, exactly as the daemon nests them.

The daemon knows which words open a block. A ``{`` after any other word is ignored, so the ``}`` that belongs to it
closes the block around it, and the rest of that block is lost. The builder follows the daemon, keeps count of what the
author meant, and makes one problem of each such misreading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cfglint.source import BOM, Span
from cfglint.syntax.keepalived_keywords import Keyword, Release, keyword_tree, places_of, similar_keywords
from cfglint.syntax.keepalived_nodes import Block, Statement, words_of
from cfglint.syntax.keepalived_text import Text, Via
from cfglint.syntax.problem import SyntaxProblem

_LVS = frozenset({"virtual_server", "virtual_server_group", "SSL"})
_SHARED = frozenset({"global_defs", "track_file", "vrrp_track_file", "bfd_instance"})
_ONE_WORD = frozenset({"flag", "bool", "uint", "int", "seconds", "milliseconds", "one", "word"})
_MARKED = "a byte order mark stands before this word, so the daemon does not know it"
_MAX_SUGGESTIONS = 500
_BOOLEANS = frozenset({"true", "on", "yes", "false", "off", "no"})


@dataclass(slots=True)
class _Open:
    """A block that is being read.

    Attributes:
        block: its node.
        entry: its keyword's entry in the table.
        needs_brace: its ``{`` has not come yet.
    """

    block: Block
    entry: Keyword
    needs_brace: bool = True


@dataclass(slots=True)
class _Misreading:
    """From the word that confused the nesting to the place where author and daemon agree again.

    Attributes:
        root: the line before the ignored ``{``.
        known: the daemon knows the root's keyword there.
        parents: the blocks that were open, outermost first.
        inside: how deep the author was when it began; deeper lines belong to the root.
        swallowed: a block without its ``{`` took the ``}`` of the block around it.
        left: the root's body is over.
        inner: keywords of lines in the root's body.
        outer: keywords of lines after it, which the enclosing block loses.
    """

    root: Statement
    known: bool
    parents: list[Block]
    inside: int
    swallowed: bool = False
    left: bool = False
    inner: list[str] = field(default_factory=list)
    outer: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _EarlyClose:
    """Lines after a ``}`` at the top level that would belong to the block it closed."""

    opened: _Open
    unknown: list[Statement]
    depth: int = 0


@dataclass(eq=False)
class Built:
    """What the builder made.

    Attributes:
        children: the top level, in order.
        unknown: lines at the top level whose keyword the daemon does not know there.
        problems: in the order found.
        confused: some nesting is not what the author meant.
        lost: why whole blocks of the top level are missing, with their places.
    """

    children: list[Statement] = field(default_factory=list)
    unknown: list[Statement] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)
    confused: bool = False
    lost: list[tuple[str, Span]] = field(default_factory=list)


def build_blocks(pieces: list[Text], release: Release) -> Built:
    """Nest logical lines as the daemon of a release does.

    Each of the daemon's processes skips the blocks of the others by counting braces, so a misspelt block in a
    ``virtual_server`` does no harm to VRRP. Where nesting is confused, both readings are made and put together.
    """
    built = _Builder(release, frozenset()).build(pieces)
    if not built.confused:
        return built
    top = keyword_tree().children
    vrrp = _Builder(release, _LVS).build(pieces)
    lvs = _Builder(release, frozenset(top) - _LVS - _SHARED).build(pieces)
    # What one process skips comes from the other's reading; what is reported, from the reading of everything.
    built.children = [child for child in vrrp.children if child.keyword not in _LVS]
    built.children += [child for child in lvs.children if child.keyword in _LVS]
    built.unknown = vrrp.unknown
    built.lost = list(dict.fromkeys([*built.lost, *vrrp.lost, *lvs.lost]))
    return built


class _Builder:
    def __init__(self, release: Release, skipped: frozenset[str]) -> None:
        self.built = Built()
        self._release = release
        self._skipped = skipped
        self._stack: list[_Open] = []
        self._meant = 0  # how deep the author is; the daemon's depth is len(self._stack)
        self._misreading: _Misreading | None = None
        self._early: _EarlyClose | None = None
        self._last: tuple[Statement, bool] | None = None
        self._skipping = -1
        self._last_span = Span("")
        self._suggestions: dict[tuple[tuple[str, ...], str], tuple[str, bool]] = {}

    def build(self, pieces: Iterable[Text]) -> Built:
        for piece in pieces:
            if self._skipping >= 0 and self._skip(piece.text):
                continue
            if piece.text == "{":
                self._open_brace()
            elif piece.text == "}":
                self._close_brace(piece)
            else:
                self._line(piece)
        self._finish()
        return self.built

    def _skip(self, text: str) -> bool:
        """Pass over a block of another process, counting braces; True while inside."""
        if text == "{":
            self._skipping += 1
        elif self._skipping == 0:
            # The word had no block after all.
            self._skipping = -1
            return False
        elif text == "}":
            self._skipping -= 1
            if self._skipping == 0:
                self._skipping = -1
        return True

    # Lines.

    def _line(self, piece: Text) -> None:
        words = words_of(piece)
        if not words:
            return
        statement = Statement(words, piece)
        if self._stack:
            top = self._stack[-1]
            if top.needs_brace:
                top.needs_brace = False
                self._missing_open(top)
            statement.parent = top.block
            if top.entry.kind == "values":
                top.block.children.append(statement)
                self._count(statement)
                self._last = (statement, False)
                return
            children = top.entry.children
            body = top.block.children
        else:
            children = keyword_tree().children
            body = self.built.children
        entry = children.get(words[0].text)
        if entry is None or not (not entry.since or entry.known_in(self._release)):
            self._unknown(statement)
            return
        if not self._stack:
            self._end_early_close()
            self._last_span = words[0].span
            if entry.name in self._skipped:
                self._skipping = 0 if entry.opens_block else -1
                return
        self._count(statement)
        self._last = (statement, True)
        if entry.opens_block:
            block = Block(words, piece, statement.parent)
            body.append(block)
            self._stack.append(_Open(block, entry))
            self._meant += 1
            return
        body.append(statement)
        if len(words) > 1:
            self._second_statement(statement, entry, children)

    def _count(self, statement: Statement) -> None:
        """Note a line as lost to its author's block while the nesting is confused."""
        misreading = self._misreading
        if misreading is None:
            return
        if not misreading.left and self._meant > misreading.inside:
            misreading.inner.append(statement.keyword)
        elif self._meant <= misreading.inside:
            misreading.outer.append(statement.keyword)

    def _unknown(self, statement: Statement) -> None:
        (self._stack[-1].block.unknown if self._stack else self.built.unknown).append(statement)
        self._last = (statement, False)
        if self._misreading is not None:
            self._count(statement)
            return
        early = self._early
        if (
            not self._stack
            and early is not None
            and (early.unknown or statement.keyword in early.opened.entry.children)
        ):
            early.unknown.append(statement)
            return
        self._end_early_close()
        self.built.problems.append(self._unknown_keyword(statement))

    def _second_statement(self, statement: Statement, entry: Keyword, siblings: object) -> None:
        if entry.kind != "keyword" or entry.argument.shape not in _ONE_WORD:
            return
        words = statement.words
        shape = entry.argument.shape
        start = 1 if shape == "flag" or (shape == "bool" and words[1].text not in _BOOLEANS) else 2
        for index in range(start, len(words)):
            word = words[index]
            if not word.quoted and word.text in siblings and word.text != words[index - 1].text:  # type: ignore[operator]
                span = Span(word.span.path, word.span.line, word.span.column, word.span.line, words[-1].span.end_column)
                self._problem(
                    span,
                    "second-statement",
                    f"a line holds one statement: the daemon reads {words[0].text} and ignores the rest of the line",
                    expected=f"{word.text} on a line of its own",
                    lost=f"{word.text} is not set",
                    related=statement.via,
                )
                return

    # Braces.

    def _open_brace(self) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and top.needs_brace:
            top.needs_brace = False
            return
        self._meant += 1
        if self._early is not None and self._early.unknown and not self._stack and self._misreading is None:
            self._early.depth += 1
            return
        if self._misreading is None and self._last is not None:
            statement, known = self._last
            parents = [opened.block for opened in self._stack]
            self._misreading = _Misreading(statement, known, parents, self._meant - 1)
            self._drop_unknown(statement)
        self.built.confused = self.built.confused or bool(self._stack)

    def _drop_unknown(self, statement: Statement) -> None:
        """The root of a misreading gets one problem of its own."""
        if self.built.problems and self.built.problems[-1].span == statement.words[0].span:
            self.built.problems.pop()

    def _close_brace(self, piece: Text) -> None:
        if self._stack:
            opened = self._stack.pop()
            opened.block.end = piece.span()
            self._meant -= 1
            self._last = None
            if opened.needs_brace:
                self._swallow(opened)
                return
            if not self._stack:
                self._early = _EarlyClose(opened, []) if self._misreading is None else None
            self._agree()
            return
        if self._misreading is not None:
            self._meant -= 1
            self._agree()
        elif self._early is not None and self._early.depth:
            self._early.depth -= 1
            self._meant -= 1
        else:
            self._extra_close(piece)

    def _swallow(self, opened: _Open) -> None:
        """A ``}`` came where the ``{`` of a block should be: the daemon takes it for the block's end."""
        if self._misreading is None and self._stack:
            self._meant -= 1
            self.built.confused = True
            parents = [outer.block for outer in self._stack]
            self._misreading = _Misreading(
                opened.block, known=True, parents=parents, inside=self._meant, swallowed=True, left=True
            )
        elif self._misreading is None:
            self._missing_open(opened)
        self._agree()

    def _agree(self) -> None:
        """End a misreading once author and daemon are equally deep."""
        misreading = self._misreading
        if misreading is None:
            return
        misreading.left = misreading.left or self._meant <= misreading.inside
        if self._meant == len(self._stack):
            self._report_misreading(misreading)
            self._misreading = None

    # What is reported.

    def _report_misreading(self, misreading: _Misreading) -> None:
        root = misreading.root
        parent = misreading.parents[-1] if misreading.parents else None
        word = root.words[0]
        name = word.text
        path = tuple(block.keyword for block in misreading.parents)
        top = keyword_tree().children.get(name)
        reason = f"{name} is not read as a block here, and its closing brace closes what is around it"
        kind, expected = "unknown-block", ""
        if misreading.swallowed:
            kind, expected = "missing-open", "a block in braces"
            message = (
                f"{name} has no {{ after it, so the daemon takes the }} of {_title(misreading.parents[-1])} for its own"
            )
            reason = f"{name} without a block took its closing brace"
        elif misreading.known:
            kind = "unexpected-brace"
            message = f"{name} takes no block: the daemon ignores the " + "{"
        elif parent is not None and top is not None and top.opens_block:
            kind = "missing-close"
            word = parent.words[0]
            message = f"{_title(parent)} is not closed before {_title(root)}"
            expected = "a } before it"
            reason = f"its closing brace is missing, so lines of {_title(root)} were read into it"
        else:
            message = f"the daemon knows no block {name}" + (f" in {parent.keyword}" if parent is not None else "")
            similar = [near for near in similar_keywords(path, name, self._release) if self._opens(path, near)]
            expected = similar[0] if similar else self._belongs(name)
            if name.startswith(BOM):
                message, expected = _MARKED, name.removeprefix(BOM)
        for block in misreading.parents:
            block.damaged = block.damaged or reason
        if parent is None:
            self.built.lost.append((f"{_title(root)} is no block that the daemon knows", word.span))
        related = ((f"{_title(root)} begins here", root.words[0].span),) if kind == "missing-close" else ()
        lost = self._lost_text(misreading, parent, kind)
        self._problem(word.span, kind, message, expected=expected, lost=lost, related=related + root.via)

    @staticmethod
    def _lost_text(misreading: _Misreading, parent: Block | None, kind: str) -> str:
        inner, outer = misreading.inner, misreading.outer
        if misreading.swallowed:
            return f"{_listed(outer)} below it" if outer else ""
        if kind == "missing-close" and parent is not None:
            return f"its lines are read into {_title(parent)}, where they override what was set"
        parts = []
        if inner:
            parts.append(f"its lines ({_listed(inner)})")
        if outer and parent is not None:
            parts.append(f"everything after it in {_title(misreading.parents[0])} ({_listed(outer)})")
        if not parts:
            return ""
        closes = f"; its }} closes {_title(parent)}" if parent is not None else ""
        return f"{' and '.join(parts)} {'is' if len(parts) == 1 and not inner else 'are'} lost{closes}"

    def _opens(self, path: tuple[str, ...], name: str) -> bool:
        return any(entry.opens_block and entry.path == path for entry in places_of(name))

    @staticmethod
    def _belongs(name: str) -> str:
        places = ["/".join(entry.path) or "the top level" for entry in places_of(name)]
        return f"{name} in {places[0]}" if places else ""

    def _unknown_keyword(self, statement: Statement) -> SyntaxProblem:
        word = statement.words[0]
        path: list[str] = []
        block = statement.parent
        while block is not None:
            path.insert(0, block.keyword)
            block = block.parent
        where = f" in {path[-1]}" if path else " at the top level"
        expected, misspelt = self._suggestion(tuple(path), word.text)
        marked = word.text.startswith(BOM)
        message = _MARKED if marked else f"the daemon knows no {word.text}{where} and ignores the line"
        # A misspelt word loses a setting that was meant; any other line is one that never had an effect.
        severity = "error" if marked or misspelt else "warning"
        return SyntaxProblem(
            word.span, "unknown-keyword", message, expected, "", statement.via, severity, fails_check="keepalived"
        )

    def _suggestion(self, path: tuple[str, ...], name: str) -> tuple[str, bool]:
        """What an unknown word may have meant, and whether it resembles a word of its own block.

        Looked up once a word, and only for so many of them.
        """
        known = self._suggestions.get((path, name))
        if known is None:
            similar: list[str] = []
            if len(self._suggestions) < _MAX_SUGGESTIONS:
                similar = similar_keywords(path, name, self._release)
            known = (" or ".join(similar) if similar else self._belongs(name), bool(similar))
            self._suggestions[path, name] = known
        return known

    def _missing_open(self, opened: _Open) -> None:
        block = opened.block
        self._problem(
            block.words[0].span,
            "missing-open",
            f"{_title(block)} has no {{ after it",
            expected="a { at the end of this line",
            lost="one of the daemon's processes reads the lines below as its body, another as unknown keywords",
            related=block.via,
        )

    def _extra_close(self, piece: Text) -> None:
        early, self._early = self._early, None
        if early is not None and early.unknown and early.opened.block.end is not None:
            block = early.opened.block
            block.damaged = block.damaged or "a } too many closes it early"
            names = [statement.keyword for statement in early.unknown]
            self._problem(
                early.opened.block.end,
                "extra-close",
                f"this }} closes {_title(block)}, and lines of it still follow",
                lost=f"{_listed(names)} below it are outside of any block and ignored",
                related=(("the } that is too many in the end", piece.span()), *piece.via),
            )
            self.built.confused = True
            return
        if early is not None:
            self._early = early
            self._end_early_close()
        self._problem(piece.span(), "extra-close", "a } too many: no block is open here", related=piece.via)
        self.built.confused = True

    def _end_early_close(self) -> None:
        """What followed a block at the top level was no part of it: each line is unknown for itself."""
        early, self._early = self._early, None
        if early is not None:
            self.built.problems += [self._unknown_keyword(statement) for statement in early.unknown]
            self._meant -= early.depth

    def _finish(self) -> None:
        self._end_early_close()
        if self._misreading is not None:
            missing_close = self._meant > len(self._stack)
            self._report_misreading(self._misreading)
            if self._misreading.swallowed or (missing_close and self.built.problems[-1].kind == "missing-close"):
                return
        if self._skipping > 0:
            self.built.lost.append(("a block above is not closed, so nothing after it is read", self._last_span))
        for opened in self._stack:
            block = opened.block
            block.damaged = block.damaged or "its closing brace is missing"
            self.built.confused = True
        if self._stack:
            block = self._stack[-1].block
            self._problem(
                block.words[0].span,
                "missing-close",
                f"{_title(block)} is not closed: a }} is missing before the end of the file",
                expected="a } at its end",
                related=block.via,
            )

    def _problem(
        self,
        span: Span,
        kind: str,
        message: str,
        *,
        expected: str = "",
        lost: str = "",
        related: Via = (),
    ) -> None:
        fails = None if kind == "second-statement" else "keepalived"
        self.built.problems.append(SyntaxProblem(span, kind, message, expected, lost, related, fails_check=fails))


def _title(statement: Statement) -> str:
    """A block as people name it: ``vrrp_instance VI_1``."""
    name = f" {statement.words[1].text}" if len(statement.words) > 1 else ""
    return statement.keyword + name


def _listed(names: list[str]) -> str:
    """Some names and how many more."""
    unique = list(dict.fromkeys(names))
    shown = ", ".join(unique[:3])
    return shown if len(unique) <= 3 else f"{shown} and {len(unique) - 3} more"

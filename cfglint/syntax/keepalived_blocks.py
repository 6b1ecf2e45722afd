"""keepalived.conf, step three: from logical lines to blocks, exactly as the daemon nests them.

The daemon knows which words open a block. A ``{`` after any other word is ignored, so the ``}`` that belongs to it
closes the block around it, and the rest of that block is lost. The builder follows the daemon, keeps count of what the
author meant, and makes one problem of each such misreading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cfglint.source import BOM, Span
from cfglint.syntax.keepalived_conditions import DroppedHeader
from cfglint.syntax.keepalived_keywords import Keyword, Release, find_block, keyword_tree
from cfglint.syntax.keepalived_misreadings import Misreading, Reporter, path_of, reason, similar_blocks, title
from cfglint.syntax.keepalived_nodes import Block, Statement, words_of
from cfglint.syntax.keepalived_text import Text
from cfglint.syntax.problem import SyntaxProblem

_LVS = frozenset({"virtual_server", "virtual_server_group", "SSL"})
_SHARED = frozenset({"global_defs", "track_file", "vrrp_track_file", "bfd_instance"})
_NAMED = frozenset({"vrrp_instance", "vrrp_sync_group"})
_ONE_WORD = frozenset({"flag", "bool", "uint", "int", "seconds", "milliseconds", "one", "word"})
_QUOTED = frozenset({"script", "quoted"})
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
class _EarlyClose:
    """Lines after a ``}`` at the top level that would belong to the block it closed.

    Attributes:
        opened: the block.
        unknown: the lines.
        depth: how many ``{`` of theirs are open.
        braces: there were any.
        end: the last ``}`` of theirs.
    """

    opened: _Open
    unknown: list[Statement]
    depth: int = 0
    braces: bool = False
    end: Span | None = None


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


def build_blocks(pieces: list[Text], release: Release, dropped: Mapping[int, DroppedHeader]) -> Built:
    """Nest logical lines as the daemon of a release does.

    Args:
        pieces: the logical lines.
        release: the daemon's.
        dropped: for the `id` of a line, the block's first line that a condition dropped right above it.

    Each of the daemon's processes skips the blocks of the others by counting braces, so a misspelt block in a
    ``virtual_server`` does no harm to VRRP. Where nesting is confused, both readings are made and put together.
    """
    built = _Builder(release, frozenset(), dropped).build(pieces)
    if not built.confused:
        return built
    top = keyword_tree().children
    vrrp = _Builder(release, _LVS, dropped).build(pieces)
    lvs = _Builder(release, frozenset(top) - _LVS - _SHARED, dropped).build(pieces)
    # What one process skips comes from the other's reading; what is reported, from the reading of everything.
    built.children = [child for child in vrrp.children if child.keyword not in _LVS]
    built.children += [child for child in lvs.children if child.keyword in _LVS]
    built.unknown = vrrp.unknown
    built.lost = list(dict.fromkeys([*built.lost, *vrrp.lost, *lvs.lost]))
    return built


class _Builder:
    def __init__(
        self,
        release: Release,
        skipped: frozenset[str],
        dropped: Mapping[int, DroppedHeader],
        *,
        check_names: bool = True,
    ) -> None:
        self.built = Built()
        self._release = release
        self._skipped = skipped
        self._dropped = dropped
        self._stack: list[_Open] = []
        self._meant = 0  # how deep the author is; the daemon's depth is len(self._stack)
        self._misreading: Misreading | None = None
        self._early: _EarlyClose | None = None
        self._last: tuple[Statement, bool] | None = None
        self._skipping = -1
        self._last_span = Span("")
        self._strays: list[Statement] = []
        self._skipped_pieces: list[Text] = []
        self._check_names = check_names
        self._names: set[tuple[str, str]] = set()
        self._report = Reporter(release)

    def build(self, pieces: Iterable[Text]) -> Built:
        piece: Text | None = None
        for piece in pieces:
            if self._skipping >= 0 and self._skip(piece):
                continue
            if piece.text == "{":
                self._open_brace(piece)
            elif piece.text == "}":
                self._close_brace(piece)
            else:
                self._line(piece)
        self._finish(piece)
        return self.built

    def _refusal(self, block: Block) -> str:
        """Why the daemon skips a whole block of the top level; empty when it reads it."""
        if block.keyword not in _NAMED or not self._check_names:
            return ""
        if len(block.words) != 2:
            return "it has no name" if len(block.words) < 2 else "it has more words than a name"
        name = (block.keyword, block.words[1].text)
        if name in self._names:
            return "a block of this name stands above"
        self._names.add(name)
        return ""

    def _skip(self, piece: Text) -> bool:
        """Pass over a block that this process does not read, counting braces; True while inside."""
        if piece.text == "{":
            self._skipping += 1
        elif self._skipping == 0:
            # The word had no block after all.
            self._skipping = -1
            self._keep_skipped()
            return False
        elif piece.text == "}":
            self._skipping -= 1
        if self._skipped_pieces:
            self._skipped_pieces.append(piece)
        if self._skipping == 0:
            self._skipping = -1
            self._keep_skipped()
        return True

    def _keep_skipped(self) -> None:
        """Put a refused block into the tree, so that it can be looked at; nothing in it is reported."""
        pieces, self._skipped_pieces = self._skipped_pieces, []
        if pieces and isinstance(self._last, tuple) and isinstance(self._last[0], Block):
            inner = _Builder(self._release, frozenset(), self._dropped, check_names=False).build(pieces)
            for child in inner.children[:1]:
                if isinstance(child, Block):
                    child.skipped = self._last[0].skipped
                    self.built.children.append(child)
            self._last = None

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
                self._report.missing_open(top.block)
            statement.parent = top.block
            if top.entry.kind == "values":
                self._value_line(statement, top)
                return
            children = top.entry.children
            body = top.block.children
        else:
            children = keyword_tree().children
            body = self.built.children
        entry = children.get(words[0].text)
        if self._dropped and id(piece) in self._dropped and (entry is None or not entry.opens_block):
            self._orphan(self._dropped[id(piece)], children)
        if entry is None or (entry.since and not entry.known_in(self._release)):
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
            self._open_block(statement, entry, body)
            return
        body.append(statement)
        self._note_what_is_lost(statement, entry, children)

    def _orphan(self, header: DroppedHeader, siblings: Mapping[str, Keyword]) -> None:
        """The body of a block whose first line a condition dropped begins here."""
        words = words_of(header.text)
        entry = siblings.get(words[0].text) if words else None
        if entry is None or not entry.opens_block or self._misreading is not None:
            return
        self._end_early_close()
        parents = [opened.block for opened in self._stack]
        root = Statement(words, header.text, parents[-1] if parents else None)
        self._misreading = Misreading(
            root, known=False, parents=parents, inside=self._meant, condition=header.condition
        )
        self._meant += 1
        self.built.confused = self.built.confused or bool(self._stack)

    def _open_block(self, header: Statement, entry: Keyword, body: list[Statement]) -> None:
        block = Block(header.words, header.piece, header.parent)
        block.skipped = "" if self._stack else self._refusal(block)
        self._last = (block, True)
        if block.skipped:
            self._skipped_pieces = [header.piece]
            self._skipping = 0
            return
        body.append(block)
        self._stack.append(_Open(block, entry))
        self._meant += 1

    def _value_line(self, statement: Statement, top: _Open) -> None:
        """A line of a value block; where one gives itself away as a line of the block around it, remember that."""
        self._count(statement)
        self._last = (statement, False)
        block, outer = top.block, top.block.parent
        if self._misreading is not None and block in self._misreading.parents:
            block.unknown.append(statement)
            return
        block.children.append(statement)
        if outer is None or len(statement.words) < 2 or (self._strays and self._strays[-1].parent is block):
            return
        around = find_block(path_of(outer))
        entry = around.children.get(statement.keyword) if around is not None else None
        if entry is not None and entry.kind == "keyword":
            self._strays.append(statement)

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
        meant = self._report.unknown_keyword(statement)
        if meant and statement.parent is not None:
            statement.parent.meant.append(meant)

    def _note_what_is_lost(self, statement: Statement, entry: Keyword, siblings: Mapping[str, Keyword]) -> None:
        """A value that is missing or does not end, or a second statement on the line."""
        if entry.kind in _QUOTED and "'" in statement.piece.text:
            self._report.unmatched_quote(statement)
        if len(statement.words) > 1:
            self._second_statement(statement, entry, siblings)
        elif statement.parent is not None and entry.argument.missing != "fine":
            statement.parent.meant.append(entry.name)

    def _second_statement(self, statement: Statement, entry: Keyword, siblings: Mapping[str, Keyword]) -> None:
        if entry.kind != "keyword" or entry.argument.shape not in _ONE_WORD:
            return
        words = statement.words
        shape = entry.argument.shape
        start = 1 if shape == "flag" or (shape == "bool" and words[1].text not in _BOOLEANS) else 2
        lost = [
            index
            for index in range(start, len(words))
            if not words[index].quoted and words[index].text in siblings and words[index].text != words[index - 1].text
        ]
        if lost:
            self._report.second_statement(statement, lost)
            if statement.parent is not None:
                statement.parent.meant += [words[index].text for index in lost]

    # Braces.

    def _open_brace(self, piece: Text) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and top.needs_brace:
            top.needs_brace = False
            return
        self._meant += 1
        if self._early is not None and self._early.unknown and not self._stack and self._misreading is None:
            self._early.depth += 1
            self._early.braces = True
            return
        if self._misreading is None:
            statement, known = self._last or (Statement(words_of(piece), piece), False)
            parents = [opened.block for opened in self._stack]
            self._misreading = Misreading(statement, known, parents, self._meant - 1)
            self._report.drop(statement)
            if top is not None and top.entry.kind == "values" and statement.parent is top.block:
                self._cut_values(statement)
        self.built.confused = self.built.confused or bool(self._stack)

    @staticmethod
    def _cut_values(stray: Statement) -> None:
        """From a line on that is no part of a value block, its lines are none of its values."""
        block = stray.parent
        if block is not None and stray in block.children:
            index = block.children.index(stray)
            block.unknown += block.children[index:]
            del block.children[index:]

    def _close_brace(self, piece: Text) -> None:
        if self._stack:
            opened = self._stack.pop()
            opened.block.end = piece.span()
            if opened.block.meant:
                self._report.settle(opened.block)
            self._meant -= 1
            self._last = None
            if opened.needs_brace:
                self._swallow(opened, piece)
                return
            if not self._stack:
                self._early = _EarlyClose(opened, []) if self._misreading is None else None
            self._agree(piece)
            return
        if self._misreading is not None:
            self._meant -= 1
            self._agree(piece)
        elif self._early is not None and self._early.depth:
            self._early.depth -= 1
            self._early.end = piece.span()
            self._meant -= 1
        else:
            self._extra_close(piece)

    def _swallow(self, opened: _Open, piece: Text) -> None:
        """A ``}`` came where the ``{`` of a block should be: the daemon takes it for the block's end."""
        if self._misreading is None and self._stack:
            self._meant -= 1
            self.built.confused = True
            parents = [outer.block for outer in self._stack]
            self._misreading = Misreading(
                opened.block, known=True, parents=parents, inside=self._meant, swallowed=True, left=True
            )
        elif self._misreading is None:
            self._report.missing_open(opened.block)
        self._agree(piece)

    def _agree(self, piece: Text) -> None:
        """End a misreading once author and daemon are equally deep."""
        misreading = self._misreading
        if misreading is None:
            return
        misreading.left = misreading.left or self._meant <= misreading.inside
        if self._meant == len(self._stack):
            self._end_misreading(misreading, piece)
            self._misreading = None

    def _end_misreading(self, misreading: Misreading, last: Text | None) -> None:
        self._report.misreading(misreading, last.span() if last is not None else None)
        for block in misreading.parents:
            block.damaged = block.damaged or reason(misreading)
        if not misreading.parents and self._hides_block(misreading):
            why = f"{title(misreading.root)} is no block that the daemon knows"
            self.built.lost.append((why, misreading.root.words[0].span))

    def _hides_block(self, misreading: Misreading) -> bool:
        """Whether the lines may have been meant as a block of the top level; a misplaced track_script is none."""
        name = misreading.root.keyword.removeprefix(BOM)
        if name == "{" or misreading.known or similar_blocks((), name, self._release):
            return True
        return any(line in block.children for block in keyword_tree().children.values() for line in misreading.inner)

    def _extra_close(self, piece: Text) -> None:
        self.built.confused = True
        if self._early is not None and self._early.unknown:
            self._end_early_close(piece)
        else:
            self._early = None
            self._report.add(piece.span(), "extra-close", "a } too many: no block is open here", related=piece.via)

    def _end_early_close(self, surplus: Text | None = None) -> None:
        """What follows a block at the top level: the rest of it, if braces are among it; else lines without a block.

        Args:
            surplus: the ``}`` that has no block left to close, if that is why it ends.
        """
        early, self._early = self._early, None
        if early is None:
            return
        self._meant -= early.depth
        block = early.opened.block
        if early.unknown and surplus is not None:
            block.damaged = block.damaged or "a } too many closes it early"
            self._report.early_close(block, early.unknown, surplus.span())
            return
        if early.unknown and early.braces:
            # The braces are even, so nothing tells whether the block closes too early or these lines are misplaced.
            block.damaged = block.damaged or "lines of such a block stand after it"
            self._report.stray_block(block, early.unknown, early.end)
            return
        for statement in early.unknown:
            self._report.unknown_keyword(statement)

    def _finish(self, last: Text | None) -> None:
        self._end_early_close()
        misreading = self._misreading
        if misreading is not None:
            self._end_misreading(misreading, last)
        if self._skipping > 0:
            self.built.lost.append(("a block above is not closed, so nothing after it is read", self._last_span))
            if self._skipped_pieces and self._last is not None and isinstance(self._last[0], Block):
                self._report.missing_close(self._last[0])
                self._keep_skipped()
        for opened in self._stack:
            opened.block.damaged = opened.block.damaged or "its closing brace is missing"
            self.built.confused = True
        said = misreading is not None and (misreading.swallowed or self._report.problems[-1].kind == "missing-close")
        if self._stack and not said:
            self._report_unclosed(self._stack[-1].block)
        self._report.finish(last.span() if last is not None else None)
        self.built.problems = self._report.problems

    def _report_unclosed(self, block: Block) -> None:
        """The end of the file closes a block: the fault is its own, or that of a list in it that swallowed lines."""
        stray = self._strays[-1] if self._strays else None
        inner = stray.parent if stray is not None else None
        if inner is None or inner.parent is not block:
            self._report.missing_close(block)
            return
        self._report.missing_close(inner, stray)
        inner.damaged = inner.damaged or "its closing brace is missing"
        if stray is not None:
            self._cut_values(stray)

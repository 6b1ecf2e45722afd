"""keepalived.conf, step two: from physical lines to the logical lines that the daemon of one node sees.

The order within a line is the daemon's: comment, multi-line definition, ``@id`` condition, definition, ``~SEQ`` and
``~LST``, substitution (then again comment and condition), include, braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span
from cfglint.syntax.keepalived_conditions import Condition, DroppedHeader
from cfglint.syntax.keepalived_definitions import MAX_LINE, Definition, Definitions, Repetition, read_repetition
from cfglint.syntax.keepalived_include import INCLUDE, Included, find_included, relative_path
from cfglint.syntax.keepalived_lines import LineTree, PhysicalLine, read_lines
from cfglint.syntax.keepalived_text import BLANKS, Text, Via, decomment, hide_templates, hide_undefined
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree

MAX_REPEATED = 20_000
"""Logical lines that definitions and repetitions may add before the reader gives up on them."""

MAX_INCLUDED = 400_000
"""Lines that included files may add."""

MAX_FILES = 5_000
"""Files that includes may open; the daemon runs out of file descriptors long before."""

# A line that no step before the braces touches, with at most one brace, at its end.
_BORING = re.compile(r'[^!#"\\@$~{}]*[{}]?[ \t]*')
_TEMPLATE_MARK = re.compile(r"\{[{%#]|<%")
_CONDITION = re.compile(r"@(\^?)([^ \t]*)(?:[ \t]+(.*))?", re.DOTALL)


@dataclass(eq=False)
class Expansion:
    """What reading a configuration for one node found besides its lines.

    Attributes:
        files: the line tree of every file read, the main one first.
        problems: what does not read.
        conditions: every ``@id`` line.
        placeholders: template expressions that nobody rendered.
        definitions: every ``$NAME`` definition as it stands at the end.
        incomplete: each reason why lines are missing that the daemon has, with its place.
        included: paths below the node's root of the files read by includes.
        dropped: for the `id` of a logical line, the block's first line that a condition dropped right above it.
    """

    files: list[LineTree] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    placeholders: list[Span] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    incomplete: list[tuple[str, Span]] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    dropped: dict[int, DroppedHeader] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    """A file being read."""

    tree: LineTree
    relative: str
    lines: Iterator[PhysicalLine]
    via: Via


class Expander:
    """Reads one configuration for one node; iterate over `lines` once, then look at `found`."""

    def __init__(
        self, source: SourceFile, tree: NodeTree, config_id: str, unsure: str, release: tuple[int, ...]
    ) -> None:
        """Start at the main file.

        Args:
            source: the main file.
            tree: the node's directory, for includes.
            config_id: the node's id for ``@id`` lines.
            unsure: why that id is not certain; everything a condition decides is then marked; empty when it is.
            release: the daemon's release, e.g. ``(2, 2, 7)``.
        """
        self.found = Expansion()
        self._tree = tree
        self._config_id = config_id
        self._unsure = unsure
        self._release = release
        self._definitions = Definitions(config_id, release)
        self._main = relative_path(tree, source.path)
        self._frames: list[_Frame] = []
        self._residue: Text | None = None
        self._repetitions: list[Repetition] = []
        self._pending: list[tuple[list[Text], int]] = []
        self._growing: Definition | None = None
        self._chunks: list[Text] = []
        self._depth = 0
        self._repeated = 0
        self._lines_included = 0
        self._dropped: DroppedHeader | None = None
        self._open(source, self._main, ())

    def lines(self) -> Iterator[Text]:
        """The logical lines in the daemon's order: ``{``, ``}``, or words without a brace outside quotes."""
        while True:
            piece = self._next_piece()
            if piece is None:
                break
            if not piece.text:
                continue
            text = piece.text
            if piece.places is None and _BORING.fullmatch(text) and not text.startswith("include"):
                if self._dropped is not None:
                    # Cut a brace off first, as is done for any other line.
                    yield self._after_dropped(self._split_brace(piece))
                    continue
                if len(text) > 1 and text[-1] in "{}":
                    yield piece.cut(0, len(text[:-1].rstrip(BLANKS)))
                    piece = piece.cut(len(text) - 1, len(text))
                yield piece
                continue
            prepared = self._prepare(piece)
            if prepared is None or not prepared.text or self._include(prepared):
                continue
            piece = self._split_brace(prepared)
            yield piece if self._dropped is None else self._after_dropped(piece)
        self.found.definitions = self._definitions.all()

    def _after_dropped(self, piece: Text) -> Text:
        if self._dropped is not None:
            self.found.dropped[id(piece)] = self._dropped
            self._dropped = None
        return piece

    # What is read next: the rest of a line, a repetition, a multi-line definition, a file.

    def _next_piece(self) -> Text | None:
        if self._residue is not None:
            piece, self._residue = self._residue, None
            return piece
        while len(self._repetitions) > self._depth:
            repetition = self._repetitions[-1]
            step = repetition.next_step()
            if step is None or not self._may_expand(repetition.text):
                self._repetitions.pop()
                continue
            for name, value in step:
                self._definitions.set_plain(name, value, repetition.place, repetition.text.unsure)
            return repetition.text
        if self._pending:
            texts, depth = self._pending[-1]
            piece = texts.pop(0)
            if not texts:
                self._pending.pop()
                self._depth = depth
            return piece if self._may_expand(piece) else self._next_piece()
        return self._next_physical()

    def _next_physical(self) -> Text | None:
        while self._frames:
            if self._chunks:
                return self._chunks.pop(0)
            frame = self._frames[-1]
            line = next(frame.lines, None)
            if line is None:
                self._frames.pop()
                self._growing = self._growing if self._frames else None
                continue
            piece = self._clean(line, frame)
            if piece is None:
                continue
            if self._growing is None:
                return piece
            if not self._definitions.add_line(self._growing, piece):
                self._growing = None
        return None

    def _clean(self, line: PhysicalLine, frame: _Frame) -> Text | None:
        """A physical line without comment and blanks around it; None when nothing is left of it."""
        if len(line.text) > MAX_LINE // 4 and self._cut_long(line, frame):
            return None
        # From 2.2.0 on the daemon's processes read a copy in which a comment is an empty line, which ends a definition.
        if line.kind == "blank" or (line.kind == "comment" and not line.text.endswith("\\")):
            if line.kind == "blank" or self._release >= (2, 2):
                self._growing = None
            return None
        text = line.text.rstrip("\r")
        boring = _BORING.fullmatch(text) is not None
        # Nothing but blanks at its ends is to be taken off most lines.
        bare = text.lstrip(BLANKS) if boring else text
        shift = len(text) - len(bare)
        piece = Text(bare.rstrip(BLANKS) if boring else text, frame.tree.source, line.number, shift, None, frame.via)
        if frame.via and not self._may_include(piece):
            self._frames.pop()
            return None
        if not boring:
            piece = self._decomment(piece)
        if not piece.text and self._release >= (2, 2):
            self._growing = None
        return piece if piece.text else None

    def _decomment(self, piece: Text) -> Text:
        if _TEMPLATE_MARK.search(piece.text):
            piece, spans = hide_templates(piece)
            self.found.placeholders += spans
        escaped = "\\#" in piece.text or "\\!" in piece.text
        piece, odd_quote = decomment(piece)
        if escaped and self._release >= (2, 2):
            piece, _ = decomment(piece)
        if odd_quote:
            quote = piece.text.rfind('"')
            self._problem(
                piece.span(max(quote, 0)),
                "unmatched-quote",
                'a double quote without its partner: the daemon drops the rest of the line from this "',
                expected='a second "',
                fails=True,
                via=piece.via,
            )
        return piece

    # What a line is.

    def _prepare(self, piece: Text) -> Text | None:
        """Conditions, definitions, repetitions and substitution; None when the line is used up."""
        for _ in range(50):
            if piece.text.startswith("@"):
                kept = self._condition(piece)
                if kept is None:
                    return None
                piece = kept
            if self._is_used_up(piece):
                return None
            if piece.text.startswith("~") or "$" not in piece.text:
                break
            replaced, used = self._definitions.replace(piece)
            if not used:
                break
            for definition in used:
                self._push_lines(definition, replaced)
            piece, _ = decomment(replaced)
            if not piece.text.startswith("@") and "$" not in piece.text:
                break
        if "${" in piece.text:
            piece, spans = hide_undefined(piece)
            self.found.placeholders += spans
        return piece

    def _is_used_up(self, piece: Text) -> bool:
        """Take a definition or a repetition; True when the line was one."""
        if piece.text.startswith("$") and (definition := self._definitions.read(piece)) is not None:
            self._growing = definition if definition.multiline else None
            return True
        if piece.text.startswith(("~SEQ", "~LST")):
            self._repeat(piece)
            return True
        return False

    def _condition(self, piece: Text) -> Text | None:
        match = _CONDITION.fullmatch(piece.text)
        if match is None:
            return None
        named = match[2]
        keyword = (match[3] or "").split(maxsplit=1)[:1]
        rest = match[3] or ""
        opens = rest.endswith("{") and "}" not in rest
        condition = Condition(named, bool(match[1]), piece.span(0, match.end(2)), "".join(keyword), opens)
        self.found.conditions.append(condition)
        if match[3] is None or (named == self._config_id) == bool(match[1]):
            if opens:
                self._dropped = DroppedHeader(condition, piece.cut(match.start(3), len(piece.text) - 1).strip())
            return None
        kept = piece.cut(match.start(3), len(piece.text))
        kept.unsure = kept.unsure or self._unsure
        return kept

    def _repeat(self, piece: Text) -> None:
        repetition = read_repetition(piece, self._definitions)
        if repetition is None:
            self._problem(
                piece.span(),
                "bad-repetition",
                f"the daemon cannot read this {piece.text[:4]} and drops the line",
                expected="~SEQ(name, start, step, end) text or ~LST(name, value, …) text",
                fails=True,
                via=piece.via,
            )
            return
        self._repetitions.append(repetition)

    def _push_lines(self, definition: Definition, use: Text) -> None:
        """Queue the further lines of a multi-line definition; they count as written where it is used."""
        if not definition.multiline:
            return
        texts = []
        for text, span in definition.lines[1:]:
            via = (*use.via, (f"${definition.name} is defined here", span))
            place = use.places[-1] if use.places else (use.shift, use.shift + len(use.text))
            texts.append(Text(text, use.source, use.line, use.shift, (place,) * len(text), via, use.unsure))
        if texts:
            self._pending.append((texts, self._depth))
            self._depth = len(self._repetitions)

    def _split_brace(self, piece: Text) -> Text:
        """Cut at the first brace outside double quotes; the rest is read as a line of its own."""
        text = piece.text
        if text[0] in "{}":
            rest = piece.cut(1, len(text)).strip()
            self._residue = rest if rest.text else None
            return piece.cut(0, 1)
        position = 0
        while position < len(text) and text[position] not in "{}":
            if text[position] == '"':
                position = text.find('"', position + 1)
                if position < 0:
                    return piece
            position += 1
        if position >= len(text):
            return piece
        self._residue = piece.cut(position, len(text)).strip()
        return piece.cut(0, position).strip()

    # Includes.

    def _include(self, piece: Text) -> bool:
        match = INCLUDE.fullmatch(piece.text) if piece.text.startswith("include") else None
        if match is None or (match[1] and self._release < (2, 2)):
            return False
        frame = self._frames[-1] if self._frames else None
        pattern = match[2].strip()
        span = piece.span(match.start(2))
        if piece.hidden or piece.unsure or not pattern:
            self.found.incomplete.append((piece.unsure or "the name of an included file is not known", span))
            return True
        including = frame.relative if frame is not None else self._main
        included = find_included(self._tree, including, self._main, pattern)
        self._report_missing(match[1], pattern, included, span, piece.via)
        if included.missing and match[1] in {"b", "a"}:
            return True
        via = (*piece.via, ("included from here", span))
        opened: list[_Frame] = []
        for relative in included.files:
            frame = self._frame(relative, via, span)
            if frame is not None:
                opened.append(frame)
        self._frames += reversed(opened)
        return True

    def _frame(self, relative: str, via: Via, span: Span) -> _Frame | None:
        if any(frame.relative == relative for frame in self._frames):
            self._problem(
                span,
                "include-cycle",
                f"{relative} includes itself: the daemon opens it again and again until it runs out of files",
                fails=True,
                via=via[:-1],
            )
            return None
        if len(self.found.files) >= MAX_FILES:
            self.found.incomplete.append((f"more than {MAX_FILES} files are included", span))
            return None
        source = self._tree.read(relative)
        if source is None:
            self.found.incomplete.append((f"{relative} cannot be read", span))
            return None
        self.found.included.append(relative)
        return self._open(source, relative, via, push=False)

    def _open(self, source: SourceFile, relative: str, via: Via, *, push: bool = True) -> _Frame:
        tree = read_lines(source)
        self.found.files.append(tree)
        frame = _Frame(tree, relative, iter(tree.lines), via)
        if push:
            self._frames.append(frame)
        return frame

    def _report_missing(self, letter: str, pattern: str, included: Included, span: Span, via: Via) -> None:
        missing, files = included.missing, included.files
        if included.outside and not files:
            self.found.incomplete.append((f"{pattern} is not in the given files: {included.outside}", span))
        elif missing:
            fatal = letter in {"b", "a"} or (letter in {"m", "w"} and not files)
            quoted = " (quotes belong to the name here: the daemon takes none off)" if '"' in pattern else ""
            self._problem(
                span,
                "include-missing",
                f"{', '.join(missing[:3])} does not exist{quoted}: the daemon reads on without it",
                fails=fatal,
                via=via,
                severity="error" if fatal else "warning",
            )
        elif not files and letter in {"w", "a"}:
            message = f"no file fits {pattern}, and include{letter} asks for one"
            self._problem(span, "include-missing", message, fails=True, via=via)

    # Limits and problems.

    def _may_expand(self, piece: Text) -> bool:
        self._repeated += 1
        return self._within(self._repeated, MAX_REPEATED, "definitions and repetitions", piece)

    def _may_include(self, piece: Text) -> bool:
        self._lines_included += 1
        return self._within(self._lines_included, MAX_INCLUDED, "included files", piece)

    def _within(self, count: int, limit: int, what: str, piece: Text) -> bool:
        if count == limit:
            why = f"{what} make more than {limit} lines; the rest of them is not read"
            self._problem(piece.span(), "too-much", why)
            self.found.incomplete.append((why, piece.span()))
        return count < limit

    def _cut_long(self, line: PhysicalLine, frame: _Frame) -> bool:
        """Cut a line that is longer than the daemon's buffer, as the daemon does; True when it was."""
        raw = line.text.encode("utf-8", "surrogateescape")
        if len(raw) <= MAX_LINE:
            return False
        chunks = [
            raw[start : start + MAX_LINE].decode("utf-8", "surrogateescape") for start in range(0, len(raw), MAX_LINE)
        ]
        shift = 0
        for number, chunk in enumerate(chunks):
            if number or self._release < (2, 4):
                piece = Text(chunk, frame.tree.source, line.number, shift, via=frame.via)
                self._chunks.append(self._decomment(piece))
            shift += len(chunk)
        message = f"this line has {len(raw)} bytes, and the daemon takes at most {MAX_LINE}"
        lost = "it reads the rest as a line of its own, even where a comment is cut"
        span = frame.tree.source.span(line.number, len(chunks[0]), len(line.text))
        self._problem(span, "line-too-long", message, lost=lost, fails=True, via=frame.via)
        return True

    def _problem(
        self,
        span: Span,
        kind: str,
        message: str,
        *,
        expected: str = "",
        lost: str = "",
        via: Via = (),
        fails: bool = False,
        severity: str = "error",
    ) -> None:
        daemon = "keepalived" if fails else None
        self.found.problems.append(SyntaxProblem(span, kind, message, expected, lost, via, severity, daemon))

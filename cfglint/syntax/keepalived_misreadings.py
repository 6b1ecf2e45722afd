"""What the block builder reports: one problem for each misreading of keepalived.conf, saying what is lost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cfglint.source import BOM, Span
from cfglint.syntax.keepalived_conditions import Condition
from cfglint.syntax.keepalived_keywords import Release, find_block, places_of, similar_keywords
from cfglint.syntax.keepalived_nodes import Block, Statement
from cfglint.syntax.keepalived_text import Via, has_open_quote
from cfglint.syntax.problem import SyntaxProblem

_MARKED = "a byte order mark stands before this word, so the daemon does not know it"
_MAX_SUGGESTIONS = 500
_LONGEST = 60

NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "vrrp_instance": (("interface",), ("virtual_router_id",)),
    "authentication": (("auth_pass",),),
    "vrrp_script": (("script",),),
    "track_file": (("file",),),
    "vrrp_track_file": (("file",),),
    "vrrp_track_process": (("process",),),
    "bfd_instance": (("neighbor_ip", "neighbour_ip"),),
    "virtual_server": (("lb_algo", "lvs_sched"), ("lb_kind", "lvs_method"), ("protocol",)),
    "MISC_CHECK": (("misc_path",),),
}
"""What the daemon reports as missing at the end of a block."""


@dataclass(slots=True)
class Misreading:
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
        condition: the root was dropped by this ``@id``, and its body was not.
    """

    root: Statement
    known: bool
    parents: list[Block]
    inside: int
    swallowed: bool = False
    left: bool = False
    inner: list[str] = field(default_factory=list)
    outer: list[str] = field(default_factory=list)
    condition: Condition | None = None


class Reporter:
    """Makes the problems of one reading; `problems` holds them in the order found."""

    def __init__(self, release: Release) -> None:
        self.problems: list[SyntaxProblem] = []
        self._release = release
        self._without_open: dict[Block, int] = {}
        self._unclosed: dict[Block, int] = {}
        self._costs: dict[Block, list[tuple[int, list[str]]]] = {}
        self._suggestions: dict[tuple[tuple[str, ...], str], tuple[str, bool]] = {}

    def add(
        self,
        span: Span,
        kind: str,
        message: str,
        *,
        expected: str = "",
        lost: str = "",
        related: Via = (),
        severity: str = "error",
    ) -> None:
        """Add one problem; all but a second statement on a line make the daemon's own check fail."""
        fails = None if kind == "second-statement" else "keepalived"
        self.problems.append(SyntaxProblem(span, kind, message, expected, lost, related, severity, fails))

    def drop(self, statement: Statement) -> None:
        """Take back the last problem if it is about a statement that turns out to be the root of a misreading."""
        if self.problems and self.problems[-1].span == statement.words[0].span:
            self.problems.pop()
            costs = self._costs.get(statement.parent) if statement.parent is not None else None
            if costs and costs[-1][0] == len(self.problems):
                costs.pop()

    def unknown_keyword(self, statement: Statement) -> str:
        """A line whose first word the daemon does not know in its block; returns the keyword it resembles, or empty."""
        word = statement.words[0]
        path = path_of(statement.parent)
        where = f" in {path[-1]}" if path else " at the top level"
        message = f"the daemon knows no {_short(word.text)}{where} and ignores the line"
        expected, misspelt = self._suggestion(path, word.text.removeprefix(BOM))
        if word.text.startswith(BOM):
            message, misspelt = _MARKED, True
        # A misspelt word loses a setting that was meant; any other line is one that never had an effect.
        # Of the global settings only those of VRRP decide who holds a VIP.
        harmless = path == ("global_defs",) and not expected.startswith("vrrp_") and not word.text.startswith(BOM)
        severity = "error" if misspelt and not harmless else "warning"
        related = statement.via
        meant = expected.split(" or ")[0] if misspelt else ""
        if meant:
            self._note(statement.parent, [meant])
        self.add(word.span, "unknown-keyword", message, expected=expected, related=related, severity=severity)
        return meant

    def second_statement(self, statement: Statement, lost: list[int]) -> None:
        """A line that goes on with other keywords, at the words' indexes."""
        words = [statement.words[index].text for index in lost]
        self._note(statement.parent, words)
        self.add(
            statement.span_from(lost[0]),
            "second-statement",
            f"a line holds one statement: the daemon reads {statement.keyword} and ignores the rest of the line",
            expected=f"{words[0]} on a line of its own",
            lost=f"{_listed(words)} {'is' if len(words) == 1 else 'are'} not set",
            related=statement.via,
        )

    def unmatched_quote(self, statement: Statement) -> None:
        """A script or expression with a single quote that does not end; double ones are seen with the whole line."""
        if statement.text.count('"') % 2 or not has_open_quote(statement.text):
            return
        self.add(
            statement.span_from(min(1, len(statement.words) - 1)),
            "unmatched-quote",
            f"{statement.keyword} has a single quote without its partner: the daemon drops the line, or crashes on it",
            expected="a second '",
            related=statement.via,
        )

    def _note(self, block: Block | None, keywords: list[str]) -> None:
        """Remember that the next problem costs a block some keywords, until its end tells whether others give them."""
        if block is not None:
            self._costs.setdefault(block, []).append((len(self.problems), keywords))

    def settle(self, block: Block) -> None:
        """At a block's end: say which of its lost lines leave it without something that the daemon misses there."""
        given = {child.keyword for child in block.children if len(child.words) > 1}
        needed = {word for words in NEEDED.get(block.keyword, ()) if not given.intersection(words) for word in words}
        for index, keywords in self._costs.pop(block, ()):
            missing = [keyword for keyword in keywords if keyword in needed]
            if not missing:
                continue
            problem = self.problems[index]
            related = (*problem.related, (f"left without {missing[0]}", block.words[-1].span))
            self.problems[index] = replace(
                problem,
                lost=problem.lost or f"{title(block)} is left without {missing[0]}",
                related=related,
                fails_check="keepalived",
            )

    def missing_open(self, block: Block) -> None:
        """A block without its ``{``; that its ``}`` is missing, too, is then not said again."""
        self._without_open[block] = len(self.problems)
        self.add(
            block.words[0].span,
            "missing-open",
            f"{title(block)} has no {{ after it",
            expected="a { at the end of this line",
            lost="one of the daemon's processes reads the lines below as its body, another as unknown keywords",
            related=block.via,
        )

    def missing_close(self, block: Block, before: Statement | None = None) -> None:
        """A block without its ``}``.

        Args:
            block: the block.
            before: the first line that is no part of it, if one gives itself away; else the end of the file closes it.
        """
        missing = f"a }} is missing before {title(before)}" if before else "a } is missing before the end of the file"
        related = ((f"{title(before)} is no part of it", before.words[0].span),) if before else ()
        self._unclosed[block] = len(self.problems)
        self.add(
            block.words[0].span,
            "missing-close",
            f"{title(block)} is not closed: {missing}",
            expected="a } at its end",
            related=related + block.via,
        )

    def early_close(self, block: Block, unknown: list[Statement], surplus: Span) -> None:
        """A block that is closed before its last lines."""
        self.add(
            block.end or block.words[0].span,
            "extra-close",
            f"this }} closes {title(block)}, and lines of it still follow",
            lost=f"{_listed([line.keyword for line in unknown])} below it are outside of any block and ignored",
            related=(
                *lost_lines(unknown[0].words[0].span, surplus, including=True),
                ("the } that is too many in the end", surplus),
            ),
        )

    def stray_block(self, block: Block, unknown: list[Statement], end: Span | None) -> None:
        """A block that stands at the top level, after the block that could hold it; its last ``}`` is the end."""
        first, rest = unknown[0], [line.keyword for line in unknown[1:]]
        self.add(
            first.words[0].span,
            "unknown-block",
            f"{_short(first.keyword)} stands outside of any block, and the daemon knows none of that name there",
            expected=f"{_short(first.keyword)} inside {title(block)}",
            lost=f"its lines ({_listed(rest)}) are lost" if rest else "the line is lost",
            related=(
                *lost_lines(first.words[0].span, end),
                (f"{title(block)} ends here", block.end or block.words[0].span),
                *first.via,
            ),
        )

    def finish(self, last: Span | None) -> None:
        """Say of blocks without their braces which lines are read in another way, once their ends are known.

        Args:
            last: the last line of all; None when there is none.
        """
        ends = {index: block.end for block, index in self._without_open.items()}
        ends.update(dict.fromkeys(self._unclosed.values(), None))
        for index, end in ends.items():
            problem = self.problems[index]
            related = (*problem.related, *lost_lines(problem.span, end or last))
            self.problems[index] = replace(problem, related=related)

    def misreading(self, misreading: Misreading, last: Span | None) -> None:
        """One problem for everything that followed from an ignored brace.

        Args:
            misreading: what is misread.
            last: the last line that is misread; None when there is none.
        """
        count = len(self.problems)
        self._misreading(misreading)
        for index in range(count, len(self.problems)):
            problem = self.problems[index]
            root = misreading.root.words[0].span
            lost = lost_lines(root, last, including=problem.span.line != root.line)
            self.problems[index] = replace(problem, related=(*problem.related, *lost))

    def _misreading(self, misreading: Misreading) -> None:
        root = misreading.root
        if misreading.condition is not None:
            self._orphaned(misreading, misreading.condition)
        elif misreading.swallowed:
            self._swallowed(misreading)
        elif root.keyword == "{":
            self.add(root.span, "unexpected-brace", "a { too many: no word before it opens a block", related=root.via)
        elif misreading.known:
            message = f"{_short(root.keyword)} takes no block: the daemon ignores the {{"
            if isinstance(root, Block):
                message = f"a second {{ after {title(root)}: the daemon ignores it"
            lost = _lost(misreading)
            self.add(root.words[0].span, "unexpected-brace", message, lost=lost, related=root.via)
        elif (unclosed := _unclosed(misreading)) is not None:
            if unclosed in self._without_open:
                return
            self.add(
                unclosed.words[0].span,
                "missing-close",
                f"{title(unclosed)} is not closed before {title(root)}",
                expected="a } before it",
                lost=f"the lines of {title(root)} are read as part of {title(unclosed)}, or not at all",
                related=((f"{title(root)} begins here", root.words[0].span), *root.via),
            )
        else:
            self._unknown_block(misreading)

    def _orphaned(self, misreading: Misreading, condition: Condition) -> None:
        root = misreading.root
        written = f"@{'^' if condition.negated else ''}{condition.config_id}"
        self.add(
            condition.span,
            "orphaned-body",
            f"{written} drops the line {title(root)} {{ here, and no more than that line",
            expected=f"{written} on every line of the block",
            lost=_lost(misreading),
            related=root.via,
        )

    def _swallowed(self, misreading: Misreading) -> None:
        root = misreading.root
        around = title(misreading.parents[-1])
        self.add(
            root.words[0].span,
            "missing-open",
            f"{root.keyword} has no {{ after it, so the daemon takes the }} of {around} for its own",
            expected="a block in braces",
            lost=f"{_listed(misreading.outer)} below it" if misreading.outer else "",
            related=root.via,
        )

    def _unknown_block(self, misreading: Misreading) -> None:
        root, parents = misreading.root, misreading.parents
        name = root.keyword
        path = tuple(block.keyword for block in parents)
        message = f"the daemon knows no block {_short(name)}" + (f" in {path[-1]}" if path else "")
        similar = similar_blocks(path, name, self._release)
        expected = similar[0] if similar else _belongs(name)
        if name.startswith(BOM):
            message, expected = _MARKED, name.removeprefix(BOM)
        lost = _lost(misreading)
        self.add(root.words[0].span, "unknown-block", message, expected=expected, lost=lost, related=root.via)

    def _suggestion(self, path: tuple[str, ...], name: str) -> tuple[str, bool]:
        """What an unknown word may have meant, and whether it resembles a word of its own block.

        Looked up once a word, and only for so many of them.
        """
        known = self._suggestions.get((path, name))
        if known is None:
            similar: list[str] = []
            if len(self._suggestions) < _MAX_SUGGESTIONS:
                similar = similar_keywords(path, name, self._release)
            known = (" or ".join(similar) if similar else _belongs(name), bool(similar))
            self._suggestions[path, name] = known
        return known


def lost_lines(root: Span, last: Span | None, *, including: bool = False) -> Via:
    """A related place: the lines that are misread because of a word; none if there are none.

    Args:
        root: the word.
        last: the last line that is misread.
        including: the word's own line is among them; else they begin with the next one.
    """
    first = root.line if including else root.line + 1
    if last is None or last.path != root.path or last.line < first:
        return ()
    span = Span(root.path, first, 1, last.line, last.end_column)
    return (("these lines are lost with it, or read as something else", span),)


def title(statement: Statement) -> str:
    """A block as people name it: ``vrrp_instance VI_1``."""
    return " ".join(_short(word.text) for word in statement.words[:2])


def _short(text: str) -> str:
    """A word as messages show it: a thousand characters help nobody."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def reason(misreading: Misreading) -> str:
    """Why the blocks around a misreading are not what their author wrote."""
    name = misreading.root.keyword
    if misreading.swallowed:
        return f"{name} without a block took its closing brace"
    return f"{name} is not read as a block here, and its closing brace closes what is around it"


def _unclosed(misreading: Misreading) -> Block | None:
    """The block that lacks its ``}``, if the root opens a block where some outer block, or the top level, has it."""
    name = misreading.root.keyword
    parents = misreading.parents
    for depth in range(len(parents) - 1, -1, -1):
        outer = find_block([block.keyword for block in parents[:depth]])
        entry = outer.children.get(name) if outer is not None else None
        if entry is not None and entry.opens_block:
            return parents[depth]
    return None


def path_of(block: Block | None) -> tuple[str, ...]:
    """A block's keywords from the top level down, its own last."""
    path: list[str] = []
    while block is not None:
        path.insert(0, block.keyword)
        block = block.parent
    return tuple(path)


def similar_blocks(path: tuple[str, ...], name: str, release: Release) -> list[str]:
    """Blocks of a block, or of the top level, whose name resembles an unknown one."""
    return [near for near in similar_keywords(path, name, release) if _opens(path, near)]


def _opens(path: tuple[str, ...], name: str) -> bool:
    return any(entry.opens_block and entry.path == path for entry in places_of(name))


def _belongs(name: str) -> str:
    places = ["/".join(entry.path) or "the top level" for entry in places_of(name)]
    return f"{name} in {places[0]}" if places else ""


def _lost(misreading: Misreading) -> str:
    inner, outer, parents = misreading.inner, misreading.outer, misreading.parents
    parts = []
    if inner:
        parts.append(f"its lines ({_listed(inner)})")
    if outer and parents:
        parts.append(f"everything after it in {title(parents[0])} ({_listed(outer)})")
    if not parts:
        return ""
    closes = f"; its }} closes {title(parents[-1])}" if parents else ""
    return f"{' and '.join(parts)} {'are' if inner else 'is'} lost{closes}"


def _listed(names: list[str]) -> str:
    """Some names and how many more."""
    unique = list(dict.fromkeys(_short(name) for name in names))
    shown = ", ".join(unique[:3])
    return shown if len(unique) <= 3 else f"{shown} and {len(unique) - 3} more"

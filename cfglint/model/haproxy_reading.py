"""Which lines of HAProxy's files count, and in which section.

``.if`` blocks are decided where the target and known variables tell; lines in undecided ones are marked.

Kinds of problems: ``outside-section``, ``condition-structure`` (``.else`` without ``.if`` and the like),
``bad-predicate``, ``unknown-dot-word`` and ``alert``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cfglint.model.haproxy import HaproxyConfig
from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.haproxy_predicates import Truth, UnknownPredicateError, UnreadableExpressionError, evaluate
from cfglint.model.haproxy_variables import Environment, Value
from cfglint.model.value import Unknown
from cfglint.model.version import Version
from cfglint.source import BOM, Span
from cfglint.syntax.haproxy import Directive, HaproxyTree
from cfglint.syntax.haproxy_tree import Word
from cfglint.syntax.problem import SyntaxProblem

MAX_DEPTH = 99
"""How deep ``.if`` may be nested; HAProxy 2.6.12 refuses the hundredth."""

_ENVIRONMENT = frozenset({"setenv", "presetenv", "unsetenv", "resetenv"})
_MESSAGES = frozenset({".notice", ".warning", ".diag"})


@dataclass(slots=True)
class _Block:
    """One open ``.if``: how its lines count now, whether an earlier branch was taken, and what stands around it."""

    span: Span
    state: Literal["read", "maybe", "skipped"]
    taken: Truth
    parent_skipped: bool
    parent_conditional: bool
    has_else: bool = False

    def enter(self, value: Truth) -> None:
        """Start a branch whose expression has a value."""
        if self.parent_skipped or self.taken is True or value is False:
            self.state = "skipped"
            return
        self.state = "read" if value is True and self.taken is False else "maybe"
        # Whatever the earlier branches were: behind a true one nothing counts any more.
        self.taken = True if value is True else None


class LineReader:
    """Goes through files in the daemon's order and collects what counts."""

    def __init__(self, config: HaproxyConfig, target: Version | None, environment: Environment) -> None:
        self.config = config
        self.target = target
        self.environment = environment
        self.section: ConfigSection | None = None
        self.blocks: list[_Block] = []
        self.skipping = False
        self.conditional = False

    def read(self, tree: HaproxyTree) -> None:
        """Read one file; a section does not continue into the next one."""
        self.section = None
        self.blocks = []
        self._settle()
        headers = {id(section.header) for section in tree.sections}
        for directive in tree.lines:
            if isinstance(directive, str):
                continue
            keyword = directive.texts[0]
            if keyword[:1] == ".":
                self._dot_line(directive, keyword)
            elif not self.skipping:
                if id(directive) in headers:
                    self._open(directive)
                else:
                    self._line(directive)
        if self.blocks:
            # The innermost one only: where one .endif is missing, all around it lack theirs too.
            span = self.blocks[-1].span
            self._problem("condition-structure", span, "this .if has no .endif in its file", ".endif")

    def _line(self, directive: Directive) -> None:
        section = self.section
        if section is None:
            self._outside(directive)
            return
        values = self.environment.values(directive)
        if "" in values:
            values = values[: values.index("")]  # an empty word ends the line, for every version that accepts it
            if not values:
                return
        section.lines.append(ConfigLine(directive, values, section, conditional=self.conditional))
        if section.kind == "global" and values[0] in _ENVIRONMENT:
            self.environment.apply(values, certain=not self.conditional)

    def _open(self, directive: Directive) -> None:
        values = self.environment.values(directive)
        section = ConfigSection(directive, values, self.config, conditional=self.conditional)
        if self.conditional and self.section is not None:
            self.section.incomplete = self._doubt()
        self.section = section
        self.config.sections.append(section)

    def _doubt(self) -> Unknown:
        span = self.blocks[-1].span if self.blocks else None
        return Unknown("an .if around some lines cannot be decided from the files", span)

    def _outside(self, directive: Directive) -> None:
        word = directive.words[0]
        text = word.text
        if self.conditional or text.startswith(BOM):
            return  # it may not count, or its cause is told already
        self._problem(
            "outside-section",
            word.span,
            f"{text} stands before the first section of the file"
            if len(self.config.trees) == 1
            else f"{text} stands before the first section of this file, and no section continues from another file",
            "a line that opens a section, such as global, defaults or frontend NAME",
        )

    def _dot_line(self, directive: Directive, keyword: str) -> None:
        if keyword == ".if":
            self._if(directive)
        elif keyword in {".elif", ".else", ".endif"}:
            self._branch(directive, keyword)
        elif self.skipping:
            return
        elif keyword == ".alert":
            if not self.conditional:
                text = " ".join(directive.texts[1:])
                self._problem("alert", directive.span, f"HAProxy stops here on purpose: {text}")
        elif keyword not in _MESSAGES:
            self._problem(
                "unknown-dot-word",
                directive.words[0].span,
                f"{keyword} is none of the words that start with a dot",
                ".if, .elif, .else, .endif, .notice, .warning, .alert or .diag",
            )

    def _if(self, directive: Directive) -> None:
        if len(self.blocks) == MAX_DEPTH:
            self._problem("condition-structure", directive.span, f".if is nested deeper than {MAX_DEPTH} levels")
        block = _Block(
            directive.span, "read", taken=False, parent_skipped=self.skipping, parent_conditional=self.conditional
        )
        block.enter(None if block.parent_skipped else self._evaluate(directive))
        self.blocks.append(block)
        self._settle()

    def _branch(self, directive: Directive, keyword: str) -> None:
        if not self.blocks:
            self._problem("condition-structure", directive.span, f"{keyword} has no .if before it", ".if")
            return
        block = self.blocks[-1]
        if keyword == ".endif":
            self.blocks.pop()
        elif block.has_else:
            self._problem("condition-structure", directive.span, f"{keyword} stands behind the .else of its .if")
        elif keyword == ".else":
            block.has_else = True
            block.enter(True)  # noqa: FBT003 (an .else is true where nothing before it was)
        else:
            skip = block.parent_skipped or block.taken is True
            block.enter(False if skip else self._evaluate(directive))
        self._settle()

    def _evaluate(self, directive: Directive) -> Truth:
        values: Sequence[Value] = self.environment.values(directive)[1:]
        hidden = any(isinstance(value, Unknown) for value in values)
        # Where a variable hides an argument, the predicate's name can be judged all the same.
        text = " ".join(
            _without_variables(word) if isinstance(value, Unknown) else str(value)
            for word, value in zip(directive.words[1:], values, strict=False)
        )
        try:
            value = evaluate(text, self.target, self.environment.is_defined)
        except UnreadableExpressionError as error:
            if hidden and not isinstance(error, UnknownPredicateError):
                return None
            span = directive.span_of(1, -1)
            self._problem("bad-predicate", span, f"HAProxy cannot read this condition: {error}")
            return None
        return None if hidden else value

    def _settle(self) -> None:
        was_conditional = self.conditional
        block = self.blocks[-1] if self.blocks else None
        self.skipping = block is not None and (block.parent_skipped or block.state == "skipped")
        self.conditional = block is not None and (block.parent_conditional or block.state == "maybe")
        if self.conditional and not was_conditional and self.section is not None:
            self.section.incomplete = self.section.incomplete or self._doubt()

    def _problem(self, kind: str, span: Span, message: str, expected: str = "") -> None:
        certain = not self.conditional or kind == "condition-structure"
        self.config.problems.append(
            SyntaxProblem(span, kind, message, expected, fails_check="haproxy" if certain else None)
        )


def _without_variables(word: Word) -> str:
    """A word with a letter in place of each variable."""
    parts, at = [], 0
    for reference in word.references:
        parts += [word.text[at : reference.start], "x"]
        at = reference.end
    return "".join([*parts, word.text[at:]])

"""A rule: one function whose first parameter's type is its scope, with metadata that is checked when it loads."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from cfglint.engine.finding import SEVERITIES, Finding, Severity, Unchecked

Check = Callable[[Any], Iterator[Finding | Unchecked]]

ATTRIBUTE = "__cfglint_rule__"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class RuleDefinitionError(Exception):
    """A rule's metadata is wrong; the message says which rule and what."""


@dataclass(frozen=True, slots=True)
class RuleMetadata:
    """What the decorator was given."""

    severity: Severity
    yields_to: tuple[str, ...]
    sources: tuple[str, ...]
    on: tuple[str, ...]
    hides: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Rule:
    """One loaded rule.

    Attributes:
        name: ``theme/name``, from its file's place.
        scope: the type of the objects it looks at.
        check: the function.
        metadata: severity, the rules it yields to, sources, subscribed keywords.
        docstring: as written: the first line says what is wrong.
    """

    name: str
    scope: type
    check: Check
    metadata: RuleMetadata
    docstring: str

    @property
    def theme(self) -> str:
        """The folder it stands in."""
        return self.name.split("/")[0]

    @property
    def summary(self) -> str:
        """What is wrong, in one line."""
        return self.docstring.strip().splitlines()[0]

    @property
    def docs(self) -> str:
        """Its docstring without the indentation."""
        return inspect.cleandoc(self.docstring)


F = typing.TypeVar("F", bound=Check)


def rule(
    *,
    severity: Severity,
    yields_to: Sequence[str] = (),
    sources: Sequence[str],
    on: Sequence[str] = (),
    hides: Sequence[str] = (),
) -> Callable[[F], F]:
    """Make a function a rule.

    Args:
        severity: what its findings are unless one says otherwise.
        yields_to: rules whose finding about the same subject, or a part of it, makes this one redundant.
        sources: what the rule rests on: an RFC, a manual page, an observation.
        on: for directive scopes, the keywords to be called for.
        hides: themes whose findings in the same file are consequences of this rule's, and left out; so are all other
            findings on the lines that it points to.
    """

    def mark(function: F) -> F:
        setattr(function, ATTRIBUTE, RuleMetadata(severity, tuple(yields_to), tuple(sources), tuple(on), tuple(hides)))
        return function

    return mark


def load_rule(name: str, function: Check) -> Rule:
    """Check a rule's metadata and wrap it.

    Raises:
        RuleDefinitionError: a wrong name, severity, docstring or annotation.
    """
    metadata: RuleMetadata = getattr(function, ATTRIBUTE)
    theme, _, short = name.partition("/")
    if not NAME.fullmatch(theme) or not NAME.fullmatch(short):
        raise RuleDefinitionError(f"{name}: a rule's file and folder are lower-case words joined by underscores")
    if metadata.severity not in SEVERITIES:
        raise RuleDefinitionError(f"{name}: severity {metadata.severity!r} is none of {', '.join(SEVERITIES)}")
    if not metadata.sources:
        raise RuleDefinitionError(f"{name}: sources are missing: what does the rule rest on?")
    docs = function.__doc__ or ""
    for part in ("Why it hurts", "When it stays silent", "What to do"):
        if part not in docs:
            raise RuleDefinitionError(f"{name}: the docstring lacks {part!r}")
    return Rule(name, _scope(name, function), function, metadata, docs)


def _scope(name: str, function: Check) -> type:
    if not isinstance(function, FunctionType) or function.__code__.co_argcount != 1:
        raise RuleDefinitionError(f"{name}: a rule is a function of one parameter, the object it looks at")
    # Looked up by name: resolving every annotation of every rule would cost a quarter of a small check.
    annotation = function.__annotations__.get(function.__code__.co_varnames[0])
    scope = function.__globals__.get(annotation) if isinstance(annotation, str) else annotation
    if not isinstance(scope, type):
        raise RuleDefinitionError(f"{name}: the parameter's type must be a model class")
    return scope

"""Findings: what a rule reports, and what it could not check."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cfglint.source import Span

Severity = Literal["error", "warning", "info"]
Daemon = Literal["haproxy", "keepalived"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From worst to mildest."""


def at_least(severity: Severity, threshold: Severity) -> bool:
    """True when a severity is as bad as a threshold, or worse."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(threshold)


@dataclass(frozen=True, slots=True)
class Related:
    """A further place that a finding is about.

    Attributes:
        message: a few words on what stands there, e.g. ``42 here``.
        span: the place.
    """

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement of text: the characters of ``span`` become ``text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair of a finding.

    Attributes:
        title: what it does, in the imperative.
        edits: replacements, in any of the files involved.
        safe: True when it may be applied unattended: nothing changes at run time, or the file did not load before.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect.

    Attributes:
        at: the primary place; for something missing, the node's directory.
        message: what is wrong and what will happen, with the nodes and the value on each side.
        subject: the symbolic path (cluster or node, instance or proxy, field) that identity rests on; no line numbers.
        label: a few words under the caret of the primary place.
        severity: the rule's own when None.
        related: further places, the peer's line above all.
        help: what to do.
        nodes: names of the nodes involved.
        fails_check: the daemon whose own check fails because of this very finding, or None.
        fix: a repair, or None.
        rule: the rule's name; the engine writes it.
    """

    at: Span
    message: str
    subject: tuple[str, ...]
    label: str = ""
    severity: Severity | None = None
    related: Sequence[Related] = ()
    help: str | None = None
    nodes: Sequence[str] = ()
    fails_check: Daemon | None = None
    fix: Fix | None = None
    rule: str = ""

    @property
    def level(self) -> Severity:
        """The severity, once the engine has settled it."""
        return self.severity or "error"

    @property
    def fingerprint(self) -> str:
        """A stable name: rule, file and symbolic path, never a line number."""
        return self.fingerprint_at(self.at.path)

    def fingerprint_at(self, path: str) -> str:
        """The same with the file named in another way, e.g. relative to a repository."""
        text = "\0".join((self.rule, posixpath.normpath(path), *self.subject))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, order=True)
class Unchecked:
    """Something that was not looked at, and why: never silently taken as fine.

    Attributes:
        node: the node's name; a cluster's where it concerns several; empty when it concerns none.
        what: what was not checked.
        why: the reason.
        rule: the rule that could not decide; the engine writes it; empty when no rule was involved.
    """

    node: str
    what: str
    why: str
    rule: str = ""

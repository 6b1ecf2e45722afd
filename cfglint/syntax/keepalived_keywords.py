"""The words of keepalived.conf: which exist in which block and release, what they take, and which open blocks.

The data is ``grammars/keepalived_keywords.tsv``, the project's own table, held against real daemons by
``tools/probe_keepalived.py``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Literal

from cfglint.syntax.data import data_text

Kind = Literal["keyword", "block", "values", "script", "quoted"]
Release = tuple[int, ...]
"""A keepalived release as numbers, e.g. ``(2, 2, 7)``."""
Missing = Literal["fatal", "message", "fine"]


@dataclass(frozen=True, slots=True)
class Argument:
    """What a keyword takes.

    Attributes:
        shape: ``flag`` (nothing is read), ``none`` (a block without a name), ``bool``, ``uint``, ``int``, ``seconds``,
            ``milliseconds``, ``one``, ``word``, ``words``, ``address``, ``script``, ``user``, or for value blocks what
            their lines hold.
        low: smallest number; None without a limit.
        high: largest number; None without a limit.
        choices: the words allowed, for ``one``.
        missing: what happens without it: ``fatal``: the daemon reads no further · ``message`` · ``fine``.
    """

    shape: str
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[str, ...] = ()
    missing: Missing = "fatal"


@dataclass(frozen=True, eq=False)
class Keyword:
    """One keyword in one block.

    Attributes:
        path: the blocks it stands in, outermost first, without itself.
        name: the word.
        kind: ``keyword`` · ``block``: opens a body of keywords · ``values``: opens a body of value lines · ``script``
            or ``quoted``: its line is read by the second tokenizer.
        argument: what it takes.
        since: the first release that knows it; empty when 2.0.20 does.
        default: what the daemon uses without it; empty when there is none to name.
        instead: what to write in its place, for a deprecated word; else empty.
        children: the words of its body.
        later: how a later release reads the same word, if it differs.
    """

    path: tuple[str, ...]
    name: str
    kind: Kind
    argument: Argument
    since: Release = ()
    default: str = ""
    instead: str = ""
    children: dict[str, Keyword] = field(default_factory=dict, repr=False)
    later: list[Keyword] = field(default_factory=list, repr=False)

    @property
    def opens_block(self) -> bool:
        """True when a ``{`` belongs to it."""
        return self.kind in {"block", "values"}

    def known_in(self, release: Release | None) -> bool:
        """True when a release knows the word; None asks for any supported release."""
        return release is None or release >= self.since

    def in_release(self, release: Release | None) -> Keyword:
        """The entry as a release reads it; None asks for the newest."""
        fitting = [entry for entry in self.later if entry.known_in(release)]
        return fitting[-1] if fitting else self


@cache
def keyword_tree() -> Keyword:
    """The whole tree: a block without a name whose children are the top level's words."""
    text = data_text("keepalived_keywords.tsv")
    root = Keyword((), "", "block", Argument("none"))
    sets: dict[str, list[str]] = {}
    rows: list[tuple[tuple[str, ...], list[str]]] = []
    for line in text.splitlines():
        cells = line.split("\t")
        if line.startswith("#"):
            continue
        if line.startswith("@") and len(cells) == 2:
            sets[cells[0]] = cells[1].split(",")
            continue
        blocks = sets.get(cells[0], [cells[0]])
        rows += [(() if block == "-" else tuple(block.split("/")), cells) for block in blocks]
    # Blocks come before what they hold, whatever the order of the file.
    known: dict[tuple[str, ...], dict[str, Keyword]] = {(): {}}
    for path, cells in sorted(rows, key=lambda row: len(row[0])):
        word = _keyword(path, cells)
        if word.name in known[path]:
            known[path][word.name].later.append(word)
            continue
        known[path][word.name] = word
        if word.opens_block:
            known[(*path, word.name)] = word.children
    root.children.update(known[()])
    return root


def find_keyword(path: Sequence[str], name: str) -> Keyword | None:
    """The keyword of a block.

    Args:
        path: the enclosing blocks, outermost first; empty for the top level.
        name: the word.
    """
    block = find_block(path)
    return block.children.get(name) if block is not None else None


def find_block(path: Sequence[str]) -> Keyword | None:
    """The block with a path, the whole tree for an empty one, or None."""
    block = keyword_tree()
    for part in path:
        child = block.children.get(part)
        if child is None:
            return None
        block = child
    return block


def similar_keywords(path: Sequence[str], name: str, release: Release | None) -> list[str]:
    """Words of a block that resemble an unknown one, nearest first, at most three."""
    block = find_block(path)
    if block is None:
        return []
    words = {word.lower(): word for word, entry in block.children.items() if entry.known_in(release)}
    return [words[near] for near in difflib.get_close_matches(name.lower(), words, n=3, cutoff=0.75)]


@cache
def places_of(name: str) -> tuple[Keyword, ...]:
    """Every block's entry for a word, in the table's order: where a misplaced word would belong."""
    return tuple(entry for entry in all_keywords() if entry.name == name)


def all_keywords() -> Iterator[Keyword]:
    """Every keyword, parents before children."""
    pending = list(keyword_tree().children.values())
    while pending:
        entry = pending.pop(0)
        yield entry
        pending.extend(entry.children.values())


def _keyword(path: tuple[str, ...], cells: list[str]) -> Keyword:
    _, name, kind, argument, since, default, instead = [*cells, "", "", ""][:7]
    return Keyword(path, name, _kind(kind), _argument(argument), _release(since), default, instead, {}, [])


def _kind(text: str) -> Kind:
    kinds: dict[str, Kind] = {
        "keyword": "keyword", "block": "block", "values": "values", "script": "script", "quoted": "quoted",
    }  # fmt: skip
    return kinds[text]


def _release(text: str) -> Release:
    return tuple(int(part) for part in text.split(".")) if text else ()


def _argument(text: str) -> Argument:
    marks: dict[str, Missing] = {"?": "fine", "!": "message"}
    missing = marks.get(text[-1:], "fatal")
    shape, _, rest = text.rstrip("?!").partition(" ")
    if shape == "one":
        return Argument(shape, choices=tuple(rest.split("|")), missing=missing)
    if ".." in rest:
        low, _, high = rest.partition("..")
        return Argument(shape, Decimal(low) if low else None, Decimal(high) if high else None, missing=missing)
    return Argument(text.rstrip("?!"), missing="fine" if shape == "bool" else missing)

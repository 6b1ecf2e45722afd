"""Which files an include of keepalived.conf names, inside the node's directory only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from cfglint.tree import NodeTree

_WILDCARD = re.compile(r"[*?\[]")
_MAX_ALTERNATIVES = 200
_HOME = "/etc/keepalived/"

INCLUDE = re.compile(r"include([rmwba]?)[ \t\r\f\v]+(.*)", re.DOTALL)
"""An include line: the letter that says what must be there, and the pattern; nothing in quotes is special."""


@dataclass(frozen=True, slots=True)
class Included:
    """What an include pattern leads to.

    Attributes:
        files: paths below the node's root, in the daemon's order.
        missing: brace alternatives without a wildcard that do not exist.
        outside: why a missing file may exist on the host although it is not in the given files; empty when it cannot.
    """

    files: list[str]
    missing: list[str]
    outside: str


def relative_path(tree: NodeTree, shown: str) -> str:
    """A file's path below the node's root, from the way it is shown to users."""
    prefix = tree.shown_path("")
    return shown[len(prefix) :] if prefix and shown.startswith(prefix) else shown.removeprefix("./")


def find_included(tree: NodeTree, including: str, main: str, pattern: str) -> Included:
    """Look up an include pattern.

    Args:
        tree: the node's directory.
        including: path below the node's root of the file that holds the include; relative patterns start there.
        main: path of the configuration's main file, which tells whether the node's directory is shaped like a root.
        pattern: as written: a glob pattern with brace alternatives.
    """
    files: list[str] = []
    missing: list[str] = []
    outside = "only some of the node's files were given" if tree.only is not None else ""
    for alternative in _alternatives(pattern):
        places = _places(tree, including, main, alternative)
        found = next((matches for place in places if (matches := _matches(tree, place))), [])
        files += found
        if not found:
            if not _WILDCARD.search(alternative):
                missing.append(alternative)
            if alternative.startswith("/") and not _rooted(main) and not outside:
                outside = "the node's directory is not shaped like a root"
    return Included(files, missing, outside)


def _rooted(main: str) -> bool:
    return main.startswith("etc/")


def _places(tree: NodeTree, including: str, main: str, pattern: str) -> list[str]:
    """Where a pattern may lead, below the node's root, most likely place first."""
    del tree
    if not pattern.startswith("/"):
        return [str(PurePosixPath(including).parent / pattern)]
    places = [pattern.lstrip("/")]
    if not _rooted(main) and pattern.startswith(_HOME):
        # A flat directory holds what lies in /etc/keepalived on the host.
        places.append(str(PurePosixPath(main).parent / pattern.removeprefix(_HOME)))
    return places


def _matches(tree: NodeTree, pattern: str) -> list[str]:
    if not _WILDCARD.search(pattern):
        plain = _normal(pattern.replace("\\", ""))
        return [plain] if tree.exists(plain) else []
    folder, _, name = pattern.rpartition("/")
    if not _WILDCARD.search(folder):
        names = tree.files(_normal(folder) or ".", "*")
        return [path for path in names if _fits(path.rpartition("/")[2], name)]
    parts = _normal(pattern).split("/")
    return [
        path for path in tree.walk() if len(pieces := path.split("/")) == len(parts) and all(map(_fits, pieces, parts))
    ]


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern.replace("[^", "[!")) and (pattern.startswith(".") or not name.startswith("."))


def _normal(path: str) -> str:
    """Without ``.`` and empty parts; ``..`` stays, since the node's tree decides where it may lead."""
    return "/".join(part for part in path.split("/") if part not in {"", "."})


def _alternatives(pattern: str) -> list[str]:
    """A pattern with its brace alternatives written out, as the C library does; a lone brace stays."""
    done: list[str] = []
    pending = [pattern]
    while pending and len(done) + len(pending) < _MAX_ALTERNATIVES:
        current = pending.pop(0)
        inner = re.search(r"\{([^{}]*)\}", current)
        if inner is None or inner[0] == "{}":
            done.append(current)
            continue
        pending = [current[: inner.start()] + part + current[inner.end() :] for part in inner[1].split(",")] + pending
    return done + pending

"""A node's directory: every read goes through it, and none leaves it.

A node directory is a host's files: shaped like its root (``etc/keepalived/keepalived.conf``), or flat
(``keepalived.conf``). Links are followed only while they stay inside; an absolute link means the node's own root. The
one exception is a relative link into another directory that the user gave: two nodes may share a file that way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Literal

from cfglint.source import SourceFile, UnreadableFileError

MAX_LINKS = 20
"""Links followed for one path before it counts as a loop; the kernel allows 40."""


_Kind = Literal["file", "folder", "link", "other"]


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """Something in the given paths that could not be read.

    Attributes:
        path: as shown to users.
        why: the cause, in a few words.
    """

    path: str
    why: str


@dataclass(eq=False)
class NodeTree:
    """Safe access to one node's files.

    Attributes:
        root: the directory on disk (of a single file: its parent).
        shown: how users named it; paths are shown as ``shown/relative``.
        only: when not None, the only files (relative) that belong to the node: it was given as files.
        problems: what could not be read, in the order found.
        given: the directories (resolved) that the user gave, which relative links may lead into.
        overlay: bytes that stand for files on disk, by resolved path.
    """

    root: Path
    shown: str
    only: frozenset[str] | None = None
    problems: list[ReadProblem] = field(default_factory=list)
    given: tuple[Path, ...] = ()
    overlay: Mapping[Path, bytes] = field(default_factory=dict, repr=False)
    _cache: dict[str, SourceFile | None] = field(default_factory=dict, repr=False)
    _listings: dict[str, dict[str, _Kind] | None] = field(default_factory=dict, repr=False)

    def shown_path(self, relative: str) -> str:
        """How a file of this node is named to users."""
        if self.shown in {"", "."}:
            return relative if self.shown == "" else f"./{relative}"
        return f"{self.shown.rstrip('/')}/{relative}"

    def locate(self, relative: str) -> Path | None:
        """The place on disk of a node's path, or None when it does not exist or leads outside.

        Args:
            relative: a path below the node's root; a leading ``/`` means that root.
        """
        kind = self._kind(relative)
        if kind is None:
            return None
        if kind != "link":
            return self.root / relative.strip("/")
        place = self._resolve(relative)
        try:
            return place if place is not None and place.exists() else None
        except (OSError, ValueError):
            # A name longer than the file system allows names nothing.
            return None

    def read(self, relative: str) -> SourceFile | None:
        """A file's text; None when it does not exist or cannot be read (then `problems` says why)."""
        key = str(PurePosixPath(relative.lstrip("/")))
        if key not in self._cache:
            self._cache[key] = self._read(key)
        return self._cache[key]

    def read_so_far(self) -> list[tuple[str, SourceFile]]:
        """Every file that was read, with its path below the node, in the order of reading."""
        return [(relative, source) for relative, source in self._cache.items() if source is not None]

    def files(self, folder: str, pattern: str = "*") -> list[str]:
        """Names (relative to the node) of the regular files of a folder that fit a pattern, sorted by name.

        As for a shell and for the daemons, ``*.cfg`` does not fit a hidden file; ``*`` alone means every file.
        """
        place = self.locate(folder)
        if place is None or not place.is_dir():
            return []
        try:
            names = sorted(entry.name for entry in place.iterdir())
        except OSError as error:
            self._note(folder, f"cannot be listed: {(error.strerror or 'unknown cause').lower()}")
            return []
        prefix = folder.strip("/")
        names = [name for name in names if fnmatch(name, pattern)]
        if pattern != "*" and not pattern.startswith("."):
            names = [name for name in names if not name.startswith(".")]
        found = [f"{prefix}/{name}" if prefix not in {"", "."} else name for name in names]
        return [name for name in found if self._belongs(name) and self._is_file(name)]

    def masks(self, folder: str) -> set[str]:
        """Names in a folder that link to ``/dev/null``: how systemd's folders switch a file of another folder off."""
        place = self.locate(folder)
        if place is None or not place.is_dir():
            return set()
        try:
            return {
                entry.name
                for entry in place.iterdir()
                if entry.is_symlink() and entry.readlink().as_posix().lstrip("./") == "dev/null"
            }
        except OSError:
            return set()

    def links_and_files(self, folder: str) -> list[str]:
        """Names of everything in a folder, links that lead nowhere included (systemd's ``.wants`` hold such)."""
        place = self.locate(folder)
        if self.only is not None or place is None or not place.is_dir():
            return []
        try:
            return sorted(entry.name for entry in place.iterdir())
        except OSError:
            return []

    def exists(self, relative: str) -> bool:
        """True when the node has such a file or directory (a directory may stand where a file was expected)."""
        return self._belongs(relative.lstrip("/")) and self.locate(relative) is not None

    def walk(self, limit: int = 20_000) -> Iterator[str]:
        """All regular files of the node, relative, sorted; at most ``limit``; linked directories are not entered."""
        count = 0
        for folder, folders, names in os.walk(self.root, followlinks=False):
            folders.sort()
            for name in sorted(names):
                relative = (Path(folder) / name).relative_to(self.root).as_posix()
                if not self._belongs(relative):
                    continue
                count += 1
                if count > limit:
                    return
                yield relative

    def _belongs(self, relative: str) -> bool:
        return self.only is None or relative in self.only

    def _is_file(self, relative: str) -> bool:
        kind = self._kind(relative)
        if kind != "link":
            return kind == "file"
        place = self.locate(relative)
        return place is not None and place.is_file()

    def _kind(self, relative: str) -> _Kind | None:
        """What a path is, told from listings that are made once; None when nothing of its name is there.

        ``link`` when a link, an odd path or an unlistable folder is involved, and only `_resolve` can tell.
        """
        folder = ""
        kind: _Kind = "folder"
        if relative.strip("/") in {"", "."}:
            return kind
        for part in relative.strip("/").split("/"):
            if part in {"", ".", ".."}:
                return "link"
            listing = self._listing(folder)
            if listing is None:
                return "link"
            found = listing.get(part)
            if found is None or found == "link":
                return found
            kind = found
            folder = f"{folder}/{part}" if folder else part
        return kind

    def _listing(self, folder: str) -> dict[str, _Kind] | None:
        """Names and kinds of what stands in a folder without links in its path; None when it cannot be listed."""
        if folder not in self._listings:
            try:
                with os.scandir(self.root / folder) as entries:
                    self._listings[folder] = {entry.name: _kind_of(entry) for entry in entries}
            except NotADirectoryError:
                self._listings[folder] = {}
            except OSError:
                self._listings[folder] = None
        return self._listings[folder]

    def _note(self, relative: str, why: str) -> None:
        problem = ReadProblem(self.shown_path(relative), why)
        if problem not in self.problems:
            self.problems.append(problem)

    def _read(self, relative: str) -> SourceFile | None:
        if not self._belongs(relative):
            return None
        place = self._resolve(relative)
        if place is None or not os.path.lexists(place):
            return None
        try:
            if self.overlay and place.resolve() in self.overlay:
                return SourceFile.from_bytes(self.shown_path(relative), self.overlay[place.resolve()])
            return SourceFile.read(place, self.shown_path(relative))
        except UnreadableFileError as error:
            self._note(relative, error.why)
            return None

    def _elsewhere(self, relative: str) -> Path | None:
        """The end of a link that leaves the node, if it is in another directory that the user gave."""
        try:
            place = (self.root / relative.lstrip("/")).resolve()
        except (OSError, RuntimeError):
            place = None
        if place is not None and any(place.is_relative_to(folder) for folder in self.given):
            return place
        self._note(relative, "leads out of the node's directory")
        return None

    def _resolve(self, relative: str) -> Path | None:
        """Follow links by hand, so that none leads out of the node."""
        pending = [part for part in PurePosixPath(relative).parts if part != "/"]
        done: list[str] = []
        links = 0
        while pending:
            part = pending.pop(0)
            if part in {"", "."}:
                continue
            if part == "..":
                if not done:
                    return self._elsewhere(relative)
                done.pop()
                continue
            place = self.root.joinpath(*done, part)
            try:
                target = place.readlink().as_posix()
            except (OSError, ValueError):
                done.append(part)
                continue
            links += 1
            if links > MAX_LINKS:
                self._note(relative, "is a loop of symbolic links")
                return None
            if target.startswith("/"):
                done = []
            pending = [*PurePosixPath(target.lstrip("/")).parts, *pending]
        return self.root.joinpath(*done)


def _kind_of(entry: os.DirEntry[str]) -> _Kind:
    if entry.is_symlink():
        return "link"
    if entry.is_dir():
        return "folder"
    return "file" if entry.is_file() else "other"

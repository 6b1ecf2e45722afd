"""Checking text from standard input in the place of one file, with the peers from disk."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from cfglint.source import MAX_BYTES

STDIN = "-"


@dataclass(frozen=True)
class Given:
    """What is to be checked.

    Attributes:
        paths: without ``-``.
        overlay: texts that stand for files on disk, by resolved path.
        shown: how to name directories (resolved) that only stand in for others.
    """

    paths: tuple[str, ...]
    overlay: Mapping[Path, bytes] = field(default_factory=dict)
    shown: Mapping[Path, str] = field(default_factory=dict)


@contextmanager
def standard_input(paths: tuple[str, ...], name: str | None) -> Iterator[Given]:
    """Replace ``-`` among the paths.

    Args:
        paths: as given; ``-`` stands for the node that ``name`` belongs to.
        name: the file that standard input stands for; it need not exist.

    Yields:
        what is to be checked.

    Raises:
        click.UsageError: ``-`` without a name, or a name without ``-``.
    """
    if STDIN not in paths:
        if name is not None:
            raise click.UsageError("--stdin-filename goes with - among the paths")
        yield Given(paths)
        return
    if name is None:
        raise click.UsageError("- needs --stdin-filename, which says what file of which node the text stands for")
    text = sys.stdin.buffer.read(MAX_BYTES + 1)
    file = Path(name)
    if file.is_file():
        others = tuple(path for path in paths if path != STDIN)
        yield Given((_node_of(file).as_posix(), *others), {file.resolve(): text})
        return
    with tempfile.TemporaryDirectory(prefix="cfglint-") as folder:
        stand_in = Path(folder, file.parent.name or "stdin", file.name)
        stand_in.parent.mkdir()
        stand_in.write_bytes(text)
        given = tuple(stand_in.as_posix() if path == STDIN else path for path in paths)
        real = "" if file.parent == Path() else file.parent.as_posix()
        yield Given(given, shown={stand_in.parent.resolve(): real})


def _node_of(file: Path) -> Path:
    """The node directory a file is in: what holds its ``etc``, else its own folder."""
    parents = file.parents
    etc = next((folder for folder in reversed(parents) if folder.name == "etc"), None)
    return etc.parent if etc is not None else file.parent

"""Where a host's files are: below a copy of its root, below a copy of ``/etc``, or flat in the node's directory."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.tree import NodeTree


def places(folder: str) -> tuple[str, ...]:
    """The folders of a node that can stand for one folder of the host.

    Args:
        folder: the host's folder without the first ``/``, e.g. ``etc/sysctl.d``.

    Returns:
        That folder; for one below ``etc`` also the same without ``etc``.
    """
    return (folder, folder.removeprefix("etc/")) if folder.startswith("etc/") else (folder,)


def all_places(folders: tuple[str, ...]) -> tuple[str, ...]:
    """The folders of a node that can stand for several folders of the host, in their order."""
    return tuple(place for folder in folders for place in places(folder))


def first_file(tree: NodeTree, path: str, *flat: str) -> str | None:
    """The node's path of one of the host's files, or None.

    Args:
        tree: the node.
        path: the host's path without the first ``/``.
        flat: names it can have in a flat directory.
    """
    return next((place for place in (*places(path), *flat) if tree.exists(place)), None)


def files_in(tree: NodeTree, folder: str, pattern: str) -> Iterator[str]:
    """The node's paths of the files of one of the host's folders that fit a pattern, by name, each name once."""
    seen: set[str] = set()
    for place in places(folder):
        for found in tree.files(place, pattern):
            name = found.rsplit("/", 1)[-1]
            if name not in seen:
                seen.add(name)
                yield found

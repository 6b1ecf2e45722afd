"""The users and groups that a host's own files name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cfglint.tree import NodeTree

REMOTE = re.compile(r"^\s*(passwd|group):.*\b(?:ldap|sss|winbind|nis|nisplus|extrausers|hesiod)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class HostUsers:
    """What etc/passwd and etc/group of a node tell.

    Attributes:
        users: the names in etc/passwd; None where the file is not there, or other sources may have more.
        groups: likewise of etc/group.
    """

    users: frozenset[str] | None
    groups: frozenset[str] | None


def read_host_users(tree: NodeTree) -> HostUsers:
    """Read a node's user database."""
    switch = tree.read("etc/nsswitch.conf")
    remote = {found[1] for found in REMOTE.finditer(switch.text)} if switch is not None else set()
    return HostUsers(
        None if "passwd" in remote else _names(tree, "etc/passwd"),
        None if "group" in remote else _names(tree, "etc/group"),
    )


def _names(tree: NodeTree, place: str) -> frozenset[str] | None:
    source = tree.read(place)
    if source is None:
        return None
    names = frozenset(line.partition(":")[0] for line in source.lines if ":" in line)
    # A line that starts with + takes in users of NIS.
    return None if any(name.startswith("+") for name in names) or not names else names

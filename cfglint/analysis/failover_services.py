"""Which of a node's checks notice that haproxy is gone."""

from __future__ import annotations

import re

from cfglint.model.node import Node
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpScript

Check = tuple[str, str]
"""Kind and name of something tracked."""

HAPROXY = re.compile(r"haproxy", re.IGNORECASE)
SYSTEM_FOLDERS = ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/")
"""Programs here are the system's own: their files say nothing about haproxy, their arguments do."""


def notices_haproxy(node: Node) -> tuple[set[Check], set[Check]]:
    """The checks that surely fail when haproxy is gone, and those of which the files do not tell.

    A check that names haproxy, in its command or in the script it runs, is taken to fail; so is a tracked process of
    that name. A script that is not among the node's files may look at anything.
    """
    if node.keepalived is None:
        return set(), set()
    surely: set[Check] = set()
    perhaps: set[Check] = set()
    for script in node.keepalived.scripts:
        answer = _names_haproxy(script, node)
        if answer is None:
            perhaps.add(("script", script.name))
        elif answer:
            surely.add(("script", script.name))
    for process in node.keepalived.track_processes:
        if any(HAPROXY.search(word) for word in process.process):
            surely.add(("process", process.name))
    return surely, perhaps


def _names_haproxy(script: VrrpScript, node: Node) -> bool | None:
    command = script.command.value
    if command is None or isinstance(command, Unknown):
        return None
    if HAPROXY.search(command):
        return True
    answers = [_file_names_haproxy(word, node) for word in script.arguments if word.startswith("/")]
    if any(answers):
        return True
    return None if None in answers else False


def _file_names_haproxy(path: str, node: Node) -> bool | None:
    if path.startswith(SYSTEM_FOLDERS):
        return False
    for relative in (path.lstrip("/"), path.removeprefix("/etc/"), path.rsplit("/", 1)[-1]):
        source = node.tree.read(relative) if node.tree.exists(relative) else None
        if source is not None:
            return bool(HAPROXY.search(source.text))
    return None

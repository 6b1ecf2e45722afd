"""``ipset save`` text: ``create`` and ``add`` lines, as /etc/ipset.conf and /etc/iptables/ipsets hold them."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.source import SourceFile, Span

MAX_ELEMENTS = 200_000
"""Members read of one set; a larger one is not judged."""


@dataclass(eq=False)
class IpsetBlock:
    """One set.

    Attributes:
        name: as created.
        kind: its type, e.g. ``hash:net``.
        options: the words after the type.
        entries: members as written, with the words after them.
        span: the create line.
        overflow: it has more than `MAX_ELEMENTS` members, and the rest was not read.
    """

    name: str
    kind: str
    options: tuple[str, ...]
    span: Span
    entries: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    overflow: bool = False


def read_ipset_save(source: SourceFile) -> dict[str, IpsetBlock]:
    """The sets of a file by name; lines of other commands are left out."""
    sets: dict[str, IpsetBlock] = {}
    for number, line in enumerate(source.lines, 1):
        words = line.split()
        if len(words) >= 3 and words[0] in {"create", "-N", "--create"}:
            sets[words[1]] = IpsetBlock(words[1], words[2], tuple(words[3:]), source.line_span(number))
        elif len(words) >= 3 and words[0] in {"add", "-A", "--add"} and words[1] in sets:
            block = sets[words[1]]
            if len(block.entries) >= MAX_ELEMENTS:
                block.overflow = True
            else:
                block.entries.append((words[2], tuple(words[3:])))
        elif len(words) >= 3 and words[0] in {"del", "-D", "--del"} and words[1] in sets:
            block = sets[words[1]]
            block.entries = [entry for entry in block.entries if entry[0] != words[2]]
    return sets

"""Read recorded verdicts of ``keepalived -t``: a table with a row a file, made by daemons that are not at hand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keepalived_daemon import Verdict, messages_of

SEPARATOR = " || "


@dataclass(frozen=True)
class Recorded:
    """One run of one file.

    Attributes:
        file: its name in the table's folder.
        version: the daemon's.
        verdict: the status and the messages.
        messages_known: the messages were recorded, not only the status.
    """

    file: str
    version: str
    verdict: Verdict
    messages_known: bool


def read_verdicts(table: Path) -> Iterator[Recorded]:
    """The runs of a table of one of two shapes.

    A row a file: columns ``file``, ``exit_VERSION`` and ``messages_VERSION``; ``same_messages_as_VERSION`` may list the
    versions whose messages are those of another one. A row a run: ``file``, ``version``, ``exit`` and ``messages``,
    each message behind a word and a colon, with ``FILE`` for the file's name; of rows with an ``env``, those with the
    interfaces (``ifs``).
    """
    with table.open(newline="", encoding="utf-8", errors="surrogateescape") as text:
        for row in csv.DictReader(text, delimiter="\t"):
            if "version" in row:
                yield from _run(row)
                continue
            for column, status in row.items():
                if column.startswith("exit_"):
                    version = column.removeprefix("exit_")
                    messages = _messages(row, version)
                    found = tuple(dict.fromkeys(messages_of(messages or [], row["file"])))
                    yield Recorded(row["file"], version, Verdict(int(status), found), messages is not None)


def _run(row: dict[str, str]) -> Iterator[Recorded]:
    if row.get("env", "ifs") == "ifs" and row["exit"].lstrip("-").isdecimal():
        lines = [message.partition(": ")[2] for message in row["messages"].split(SEPARATOR) if message]
        found = tuple(dict.fromkeys(messages_of(lines, "FILE")))
        yield Recorded(row["file"], row["version"], Verdict(int(row["exit"]), found), messages_known=True)


def _messages(row: dict[str, str], version: str) -> list[str] | None:
    own = row.get(f"messages_{version}")
    for column, versions in row.items():
        if own is None and column.startswith("same_messages_as_") and version in versions.split(","):
            own = row[f"messages_{column.removeprefix('same_messages_as_')}"]
    return own.split(SEPARATOR) if own is not None else None

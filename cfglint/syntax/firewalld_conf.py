"""``KEY=VALUE`` files without sections: firewalld.conf, ufw.conf, /etc/default/ufw."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class KeyValue:
    """One assignment; quotes around the value are left out."""

    key: str
    value: str
    span: Span


def read_key_values(source: SourceFile) -> dict[str, KeyValue]:
    """The assignments of a file, the last of each key; lines that are none are skipped, as the programs do."""
    found: dict[str, KeyValue] = {}
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        key, equals, value = text.partition("=")
        if not equals or text.startswith(("#", ";")):
            continue
        key, value = key.strip(), value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found[key] = KeyValue(key, value, source.line_span(number))
    return found

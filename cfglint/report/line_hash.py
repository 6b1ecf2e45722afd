"""The fingerprint by which GitHub recognises an alert again after its line has moved.

It is the one that GitHub's upload action computes when a file has none (``primaryLocationLineHash``): over the first
100 characters from the line's start on, blanks and tabs left out, line ends as LF, as a number to the base 37 modulo
2**64, in hexadecimal, with the number of the occurrence. With it in the file, plain uploads get stable alerts too.
"""

from __future__ import annotations

import re
from collections import Counter

from cfglint.source import SourceFile

_WINDOW = 100
_BASE = 37
_END = "\uffff"


def line_hashes(source: SourceFile, lines: set[int]) -> dict[int, str]:
    """The fingerprints of some lines (from 1) of a file."""
    text = source.text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    rows = re.split("\r\n|\r|\n", text)
    packed = [row.replace(" ", "").replace("\t", "") + "\n" for row in rows]
    packed[-1] = packed[-1][:-1] + _END
    stream = "".join(packed)
    seen: Counter[str] = Counter()
    found: dict[int, str] = {}
    start = 0
    for number, row in enumerate(packed, 1):
        window = stream[start : start + _WINDOW]
        seen[window] += 1
        if number in lines:
            found[number] = f"{_number(window):x}:{seen[window]}"
        start += len(row)
    return found


def _number(window: str) -> int:
    units = window.encode("utf-16-le", "surrogatepass")
    total = 0
    for index in range(_WINDOW):
        unit = int.from_bytes(units[2 * index : 2 * index + 2], "little")
        total = (total * _BASE + unit) % (1 << 64)
    return total

"""Secrets never leave: masks them on any line that is printed, and in any sentence of a report.

What the models mark as secret is added by the caller as further regions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cfglint.model.value import MASK
from cfglint.report.secret_patterns import Region, secret_regions, secret_texts
from cfglint.source import SourceFile

_SHORTEST = 6
"""Characters that a secret has at least to be recognised in a sentence by itself."""

_WORD_START = re.compile(r"(?<![^\W_])")
"""Where a word of its own can begin: no letter or digit before it."""


@dataclass(frozen=True, slots=True)
class MaskedLine:
    """A line with its secrets replaced.

    Attributes:
        text: what may be printed.
        regions: the regions of the original that were replaced, in order, apart from each other.
        length: characters of the original.
    """

    text: str
    regions: tuple[Region, ...]
    length: int

    def offset(self, original: int, *, end: bool = False) -> int:
        """Where an offset of the original stands in `text`.

        Args:
            original: offset from 0.
            end: the offset is the end of a range: inside a mask it moves to the mask's end, else to its start.
        """
        shift = 0
        for start, stop in self.regions:
            if original <= start:
                break
            if original >= stop:
                shift += len(MASK) - (stop - start)
                continue
            return start + shift + (len(MASK) if end else 0)
        return original + shift


def mask_line(line: str, known: Iterable[Region] = ()) -> MaskedLine:
    """Replace every secret of one configuration line.

    Args:
        line: the line without its end.
        known: regions that a model knows to be secret.
    """
    regions = _merged([*secret_regions(line), *known], len(line))
    parts: list[str] = []
    last = 0
    for start, end in regions:
        parts += [line[last:start], MASK]
        last = end
    return MaskedLine("".join([*parts, line[last:]]), tuple(regions), len(line))


def _merged(regions: list[Region], length: int) -> list[Region]:
    merged: list[Region] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in regions):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


class Masker:
    """Masks the sentences of one run: messages, labels, help, reasons.

    A sentence may quote configuration, so the values that stand as secrets in the files that were read are looked for.
    A secret that is also an everyday word (``master``) is masked only where the sentence quotes it or names it as one;
    else the report would be unreadable and the word no less known.
    """

    _QUOTED = re.compile(r"(?P<mark>[`\"'])(?P<inner>[^`\"']+)(?P=mark)")

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self._values = {value for source in sources for value in _secrets_of(source) if value}
        self._distinctive = {value for value in self._values if _is_distinctive(value)}
        self._lengths: dict[str, list[int]] = {}
        for start, length in sorted({(value[:_SHORTEST], len(value)) for value in self._distinctive}, reverse=True):
            self._lengths.setdefault(start, []).append(length)

    def sentence(self, text: str) -> str:
        """The sentence with every secret replaced."""
        return self._quotes(self._without_distinctive(text))

    def holds_secret(self, text: str) -> bool:
        """True when a text to be written into a configuration file is a secret, or has one in it."""
        if self._without_distinctive(text) != text:
            return True
        return any(secret_regions(line) or line.strip() in self._values for line in text.split("\n"))

    def _without_distinctive(self, text: str) -> str:
        """Mask every distinctive secret that stands in a text as a word of its own, in time linear in the text."""
        if not self._distinctive:
            return text
        parts: list[str] = []
        last = 0
        for start in _WORD_START.finditer(text):
            index = start.start()
            end = self._end_of_secret(text, index) if index >= last else 0
            if end:
                parts += [text[last:index], MASK]
                last = end
        return "".join([*parts, text[last:]])

    def _end_of_secret(self, text: str, index: int) -> int:
        """Where the longest distinctive secret ends that stands at a place as a word of its own; 0 without one."""
        for length in self._lengths.get(text[index : index + _SHORTEST], ()):
            end = index + length
            if text[index:end] in self._distinctive and not text[end : end + 1].isalnum():
                return end
        return 0

    def _quotes(self, text: str) -> str:
        """Mask what stands in quotation marks: a secret alone, or a line of configuration that holds one."""

        def replace(match: re.Match[str]) -> str:
            inner, mark = match["inner"], match["mark"]
            return f"{mark}{MASK if inner in self._values else mask_line(inner).text}{mark}"

        return self._QUOTED.sub(replace, text)


def _secrets_of(source: SourceFile) -> Iterator[str]:
    """What stands as a secret in a file, and the parts of it that are secret by themselves."""
    for text in set(secret_texts(source.text)):
        value = text.strip().strip("\"'")
        yield value
        yield value.split("#")[0].split("!")[0].strip()
        if ":" in value:
            yield value.partition(":")[2]


def _is_distinctive(value: str) -> bool:
    """True when a text is hardly ever an ordinary word or number of a report."""
    kinds = sum(bool(re.search(kind, value)) for kind in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]"))
    return len(value) >= _SHORTEST and (kinds >= 2 or len(value) >= 16)

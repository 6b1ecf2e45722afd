"""Secrets never leave: finds them on any line that is printed, and in any sentence of a report.

It works on text alone, so that it also holds for commented-out lines, for files that do not parse, and for kinds of
files that have no reader. What the models mark as secret is added by the caller as further regions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cfglint.model.value import MASK
from cfglint.source import SourceFile

Region = tuple[int, int]
"""Offsets from 0 of the first character and of the one after the last."""

_NAME = r"(?:pass|passwd|password|passphrase|secret|token|key|pwd|cred|credential|credentials|apikey)"
_SECRET_NAME = rf"[\w.]*{_NAME}s?(?:[_-]?\d+)?"
_START = r"(?:\b|(?<=\\[rnt]))"
_VALUE = r"(?:\"[^\"]*\"?|'[^']*'?|(?:\\.|[^\s\"'])+)"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # keepalived.conf: everything after the word belongs to it, a comment sign included.
        r"\bauth_pass\b[ \t]*[=:]?[ \t]*(?P<secret>\S.*)",
        r"^[\s#!]*key[ \t]+\d+[ \t]+(?P<secret>\S.*)",
        r"\b(?:hex|base64):(?P<secret>[0-9A-Za-z+/=]{8,})",
        r"^[\s#!]*\$\w*" + _NAME + r"\w*[ \t]*=[ \t]*(?P<secret>\S.*)",
        # haproxy.cfg
        r"\bstats[ \t]+auth[ \t]+(?P<secret>(?:\\.|[^\s])+)",
        rf"\b(?:insecure-)?password[ \t]+(?P<secret>{_VALUE})",
        rf"\bdynamic-cookie-key[ \t]+(?P<secret>{_VALUE})",
        rf"\b(?:pre)?setenv[ \t]+{_SECRET_NAME}[ \t]+(?P<secret>\S.*)",
        r"(?<![.(])" + _START + r"(?:proxy-)?authorization\b(?!\))[\"']?(?:\\?[:\s])+(?P<secret>\S.*)",
        r"\b(?-i:[Bb]earer|[Bb]asic)(?:\\?\s)+(?P<secret>(?=\S*[0-9=]|(?-i:\S*[a-z]\S*[A-Z]))[A-Za-z0-9+/._~=-]{6,})",
        rf"\bhdr(?:\\?\s)+[\w-]*{_NAME}[\w-]*(?:\\?\s)+(?P<secret>{_VALUE})",
        rf"\b(?:set|add)-header[ \t]+[\w-]*{_NAME}[\w-]*[ \t]+(?P<secret>{_VALUE})",
        rf"{_START}x-[\w-]*(?:{_NAME}|auth)[\w-]*\\?:(?:\\?\s)*(?P<secret>{_VALUE})",
        r"(?<!\bacl )\b(?-i:AUTH)(?:\\?\s)+(?P<secret>[^\s\\]\S*)",
        r"\b(?:hmac|jwt_verify\w*)\([^,()]*,[ \t]*(?!(?:txn|sess|proc|req|res)\.)(?P<secret>[^()]+)",
        r"\baes_\w+\([^,()]*,[^,()]*,[ \t]*(?!(?:txn|sess|proc|req|res)\.)(?P<secret>[^(),]+)",
        # community strings
        rf"\b(?:snmp-)?community[ \t=:]+(?P<secret>{_VALUE})",
        rf"\br[ow]community6?[ \t]+(?P<secret>{_VALUE})",
        rf"\bsnmp\w+\b.*?\s-c[ \t]*(?P<secret>{_VALUE})",
        # shells, environment files, query strings, other files of a host
        r"^[\s#;!]*(?:export[ \t]+|Environment=[\"']?)?" + _SECRET_NAME + r"[ \t]*[:=][ \t]*(?P<secret>\S.*)",
        rf"(?:^|[\s?&;\"',{{(])-{{0,2}}[\w-]*{_NAME}s?=(?P<secret>\"[^\"]*\"?|'[^']*'?|[^\s\"'&;,)}}]+)",
        rf"\s--?(?:password|passwd|pass|token|secret|api-?key)[ \t]+(?P<secret>{_VALUE})",
        r"\b[a-z][a-z0-9+.-]*://[^\s/@:\"']*:(?P<secret>[^\s/@\"']+)@",
        r"\bcurl\b.*?\s(?:-u|--user)[ \t]*(?P<secret>[^\s:]+:\S+)",
        r"\bmysql\w*\b.*?\s-p(?P<secret>\S+)",
        r"\bredis-cli\b.*?\s-a[ \t]+(?P<secret>\S+)",
        r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----.*)",
    )
)

_SHORTEST = 6
"""Characters that a secret has at least to be recognised in a sentence by itself."""

_HINT = re.compile(
    r"pass|secret|token|key|pwd|cred|auth|basic|bearer|community|snmp|hmac|jwt|aes_|://|hex:|base64:|curl|mysql|redis",
    re.IGNORECASE,
)
"""A line without any of these words holds no secret that a pattern could find."""


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


def secret_regions(line: str) -> list[Region]:
    """The regions of one configuration line that hold secrets; they may overlap."""
    if not _HINT.search(line):
        return []
    return [match.span("secret") for pattern in _PATTERNS for match in pattern.finditer(line)]


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
        self._by_start: dict[str, list[str]] = {}
        for value in sorted(self._values, key=lambda value: (-len(value), value)):
            if _is_distinctive(value):
                self._by_start.setdefault(value[:_SHORTEST], []).append(value)

    def sentence(self, text: str) -> str:
        """The sentence with every secret replaced."""
        if not self._values:
            return self._quotes(text) if _HINT.search(text) else text
        return self._quotes(self._without_distinctive(text))

    def holds_secret(self, text: str) -> bool:
        """True when a text to be written into a configuration file is a secret, or has one in it."""
        if self._without_distinctive(text) != text:
            return True
        return any(secret_regions(line) or line.strip() in self._values for line in text.split("\n"))

    def _without_distinctive(self, text: str) -> str:
        """Mask every distinctive secret that stands in a text as a word of its own, in time linear in the text."""
        if not self._by_start:
            return text
        parts: list[str] = []
        last = index = 0
        while index <= len(text) - _SHORTEST:
            found = next(
                (
                    value
                    for value in self._by_start.get(text[index : index + _SHORTEST], ())
                    if _stands(text, index, value)
                ),
                None,
            )
            if found is None:
                index += 1
                continue
            parts += [text[last:index], MASK]
            index = last = index + len(found)
        return "".join([*parts, text[last:]])

    def _quotes(self, text: str) -> str:
        """Mask what stands in quotation marks: a secret alone, or a line of configuration that holds one."""

        def replace(match: re.Match[str]) -> str:
            inner, mark = match["inner"], match["mark"]
            return f"{mark}{MASK if inner in self._values else mask_line(inner).text}{mark}"

        return self._QUOTED.sub(replace, text)


def _secrets_of(source: SourceFile) -> Iterable[str]:
    seen = 0
    for hint in _HINT.finditer(source.text):
        if hint.start() < seen:
            continue
        start = source.text.rfind("\n", 0, hint.start()) + 1
        end = source.text.find("\n", hint.start())
        seen = end if end >= 0 else len(source.text)
        line = source.text[start:seen]
        for first, last in secret_regions(line):
            value = line[first:last].strip().strip("\"'")
            yield value
            yield value.split("#")[0].split("!")[0].strip()
            if ":" in value:
                yield value.partition(":")[2]


def _stands(text: str, index: int, value: str) -> bool:
    """True when a value stands at a place of a text and no letter or digit touches it."""
    end = index + len(value)
    before, after = text[index - 1 : index], text[end : end + 1]
    return text.startswith(value, index) and not before.isalnum() and not after.isalnum()


def _is_distinctive(value: str) -> bool:
    """True when a text is hardly ever an ordinary word or number of a report."""
    kinds = sum(bool(re.search(kind, value)) for kind in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]"))
    return len(value) >= _SHORTEST and (kinds >= 2 or len(value) >= 16)

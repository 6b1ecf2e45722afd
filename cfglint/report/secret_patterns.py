r"""Where secrets stand in configuration text, found by the words around them.

It works on text alone, so that it also holds for commented-out lines, for files that do not parse, and for kinds of
files that have no reader. A pattern is tried only on lines that hold the words without which it cannot match, and
every pattern takes time linear in the line, whatever stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

Region = tuple[int, int]
"""Offsets from 0 of the first character and of the one after the last."""

_NAME = r"(?:pass|passwd|password|passphrase|secret|token|key|pwd|cred|credential|credentials|apikey)"
_IN_NAME = "pass secret token key pwd cred"
"""One of these words stands in every text that `_NAME` matches."""

_SECRET_NAME = rf"[\w.]*{_NAME}s?(?:[_-]?\d+)?"
_START = r"(?:\b|(?<=\\[rnt]))"
_VALUE = r"(?:\"[^\"]*\"?|'[^']*'?|(?:\\.|[^\s\"'])+)"
_NO_WORD = r"(?=\S*[0-9=]|(?-i:[^\sa-z]*[a-z][^\sA-Z]*[A-Z]))"
_LITERAL = r"(?!(?:txn|sess|proc|req|res)\.)"

_PATTERNS = (
    # keepalived.conf: everything after the word belongs to it, a comment sign included.
    ("auth_pass", r"\bauth_pass\b[ \t]*+[=:]?[ \t]*+(?P<secret>\S.*)"),
    ("key", r"^[\s#!]*key[ \t]+\d+[ \t]+(?P<secret>\S.*)"),
    ("hex: base64:", r"\b(?:hex|base64):(?P<secret>[0-9A-Za-z+/=]{8,})"),
    (f"{_IN_NAME} & $", rf"^[\s#!]*\$(?=\w*{_NAME})\w*+[ \t]*=[ \t]*(?P<secret>\S.*)"),
    # haproxy.cfg
    ("auth & stats", r"\bstats[ \t]+auth[ \t]+(?P<secret>(?:\\.|[^\s])+)"),
    ("password", rf"\b(?:insecure-)?password[ \t]+(?P<secret>{_VALUE})"),
    ("dynamic-cookie-key", rf"\bdynamic-cookie-key[ \t]+(?P<secret>{_VALUE})"),
    (f"{_IN_NAME} & setenv", rf"\b(?:pre)?setenv[ \t]+{_SECRET_NAME}[ \t]+(?P<secret>\S.*)"),
    (
        "authorization",
        rf"(?<![.(]){_START}(?:proxy-)?authorization\b(?!\))[\"']?(?:\\?[:\s])+(?P<secret>\S.*)",
    ),
    (
        "bearer basic",
        rf"\b(?-i:[Bb]earer|[Bb]asic)(?:\\?\s)+(?P<secret>{_NO_WORD}[A-Za-z0-9+/._~=-]{{6,}})",
    ),
    (
        f"{_IN_NAME} & hdr",
        rf"\bhdr(?:\\?\s)+(?=[\w-]*{_NAME})[\w-]*+(?:\\?\s)+(?P<secret>{_VALUE})",
    ),
    (
        f"{_IN_NAME} & -header",
        rf"\b(?:set|add)-header[ \t]+(?=[\w-]*{_NAME})[\w-]*+[ \t]+(?P<secret>{_VALUE})",
    ),
    (
        f"auth {_IN_NAME} & x-",
        rf"{_START}x-(?=[\w-]{{0,200}}(?:{_NAME}|auth))[\w-]{{0,200}}+\\?:(?:\\?\s)*(?P<secret>{_VALUE})",
    ),
    ("auth", r"(?<!\bacl )\b(?-i:AUTH)(?:\\?\s)+(?P<secret>[^\s\\]\S*)"),
    ("hmac jwt_verify", rf"\b(?:hmac|jwt_verify\w*)\([^,()]*,[ \t]*{_LITERAL}(?P<secret>[^()]+)"),
    ("aes_", rf"\baes_\w+\([^,()]*,[^,()]*,[ \t]*{_LITERAL}(?P<secret>[^(),]+)"),
    # community strings
    ("community", rf"\b(?:snmp-)?community[ \t=:]+(?P<secret>{_VALUE})"),
    ("community", rf"\br[ow]community6?[ \t]+(?P<secret>{_VALUE})"),
    # shells, environment files, query strings, other files of a host
    (
        f"{_IN_NAME} & : =",
        rf"^[\s#;!]*(?:export[ \t]+|Environment=[\"']?)?{_SECRET_NAME}[ \t]*[:=][ \t]*(?P<secret>\S.*)",
    ),
    (
        f"{_IN_NAME} & =",
        rf"(?:^|[\s?&;\"',{{(])-{{0,2}}[\w-]*{_NAME}s?=(?P<secret>\"[^\"]*\"?|'[^']*'?|[^\s\"'&;,)}}]+)",
    ),
    (
        f"{_IN_NAME} & -",
        rf"\s--?(?:password|passwd|pass|token|secret|api-?key)[ \t]+(?P<secret>{_VALUE})",
    ),
    (":// & @", r"://[^\s/@:\"']*:(?P<secret>[^\s/@\"']+)@"),
    ("private", r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----.*)"),
)
"""Words and pattern: a line that matches holds one word of each group (``&`` parts the groups), in any case."""

_OPTIONS_OF_COMMANDS = (
    ("snmp", r"\bsnmp\w+\b", rf"\s-c[ \t]*(?P<secret>{_VALUE})"),
    ("curl", r"\bcurl\b", r"\s(?:-u|--user)[ \t]*(?P<secret>[^\s:]+:\S+)"),
    ("mysql", r"\bmysql\w*\b", r"\s-p(?P<secret>\S+)"),
    ("redis-cli", r"\bredis-cli\b", r"\s-a[ \t]+(?P<secret>\S+)"),
)
"""A word, a command's name that holds it, and the option behind the first such name that gives a secret."""

_NEEDS = tuple(tuple(tuple(group.split()) for group in needs.split("&")) for needs, _ in _PATTERNS)
_WORDS = tuple(
    dict.fromkeys(
        [
            *(word for groups in _NEEDS for group in groups for word in group),
            *(word for word, _, _ in _OPTIONS_OF_COMMANDS),
        ]
    )
)


def secret_regions(line: str) -> list[Region]:
    """The regions of one configuration line that hold secrets; they may overlap."""
    return _regions(line, _folded(line))


def secret_texts(text: str) -> Iterator[str]:
    """Every secret of a configuration file's text, line by line, as written."""
    folded = _folded(text)
    seen = 0
    for hint in _hints().finditer(folded):
        if hint.start() < seen:
            continue
        start = text.rfind("\n", 0, hint.start()) + 1
        end = text.find("\n", hint.start())
        seen = end if end >= 0 else len(text)
        line = text[start:seen]
        for first, last in _regions(line, folded[start:seen]):
            yield line[first:last]


def _regions(line: str, folded: str) -> list[Region]:
    present = frozenset([word for word in _WORDS if word in folded])
    if not present:
        return []
    found = [match.span("secret") for pattern in _patterns(present) for match in pattern.finditer(line)]
    for command, option in _commands(present):
        name = command.search(line)
        if name is not None:
            found += [match.span("secret") for match in option.finditer(line, name.end())]
    return found


def _folded(text: str) -> str:
    """A text of the same length in which every letter that a pattern may match stands in lower case."""
    if not text.isascii():
        # What `re.IGNORECASE` takes for an ASCII letter besides its two cases; the first has a longer lower case.
        text = text.replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s").replace("\u212a", "k")
    return text.lower()


@cache
def _hints() -> re.Pattern[str]:
    """Finds every place where a secret may be near: the first group of words of each pattern."""
    words = [word for groups in _NEEDS for word in groups[0]] + [word for word, _, _ in _OPTIONS_OF_COMMANDS]
    return re.compile("|".join(re.escape(word) for word in dict.fromkeys(words)))


@lru_cache(maxsize=1024)
def _patterns(present: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """The patterns that may match a line that holds these words."""
    return tuple(
        _compiled(pattern)
        for groups, (_, pattern) in zip(_NEEDS, _PATTERNS, strict=True)
        if all(not present.isdisjoint(group) for group in groups)
    )


@lru_cache(maxsize=1024)
def _commands(present: frozenset[str]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """The commands that a line with these words may call, and the option of each that gives a secret."""
    return tuple(
        (_compiled(command), _compiled(option)) for word, command, option in _OPTIONS_OF_COMMANDS if word in present
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)

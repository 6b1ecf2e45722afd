"""Which things an HAProxy configuration names elsewhere: backends, ACLs, tables, peers, users, files.

Every name is found with its word. What does not read as its sub-language names nothing here: a rule reports that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.haproxy_objects import Reference
from cfglint.model.value import Unknown
from cfglint.syntax.haproxy_conditions import parse_acl, parse_condition
from cfglint.syntax.haproxy_rules import RULE_SETS
from cfglint.syntax.haproxy_samples import Call, parse_format, parse_sample

_WITH_CONDITION = frozenset(
    {
        *RULE_SETS,
        "use_backend",
        "use-server",
        "redirect",
        "monitor",
        "block",
        "stick",
        "force-persist",
        "ignore-persist",
    }
)
_AT_FIXED_WORD = {
    "default_backend": (1, "backend"),
    "use_backend": (1, "backend"),
    "use-server": (1, "server"),
    "use-fcgi-app": (1, "fcgi-app"),
    "errorfiles": (1, "http-errors"),
    "errorfile": (2, "file"),
    "lua-load": (1, "file"),
    "backing-file": (1, "file"),
    "account-key": (1, "certificate"),
}
_BEHIND_WORD = {
    "peers": "peers",
    "resolvers": "resolvers",
    "crt": "certificate",
    "ca-file": "certificate",
    "crl-file": "certificate",
    "crt-list": "certificate",
    "table": "table",
    "cache-use": "cache",
    "cache-store": "cache",
    "send-spoe-group": "spoe-engine",
    "mailers": "mailers",
    "track": "server",
    "errorfiles": "http-errors",
    "profile": "log-profile",
    "acme": "acme",
    "key": "certificate",
}
_WHERE = {
    "server": {"resolvers", "crt", "ca-file", "crl-file", "track"},
    "default-server": {"resolvers", "crt", "ca-file", "crl-file"},
    "server-template": {"resolvers", "crt", "ca-file", "crl-file"},
    "bind": {"crt", "ca-file", "crl-file", "crt-list"},
    "stick-table": {"peers"},
    "stick": {"table"},
    "http-request": {"table", "cache-use", "errorfiles", "send-spoe-group"},
    "http-response": {"table", "cache-store", "errorfiles", "send-spoe-group"},
    "tcp-request": {"table", "send-spoe-group"},
    "tcp-response": {"table", "send-spoe-group"},
    "log": {"profile"},
    "load": {"crt", "key", "acme"},
    "email-alert": {"mailers"},
}
_TABLE_FIRST = re.compile(r"src_\w+|sc[0-2]_\w+|table_\w+|in_table")
_TABLE_SECOND = re.compile(r"sc_\w+")
_MAP = re.compile(r"map(?:_\w+)?")


def references_of(sections: Sequence[ConfigSection]) -> Iterator[Reference]:
    """Every reference of a configuration's sections, in order."""
    for section in sections:
        header = section.header
        if "from" in header.values[1:]:
            at = list(header.values).index("from", 1) + 1
            yield from _one("defaults", header, at)
        for line in section.lines:
            yield from _of_line(line)


def _one(kind: str, line: ConfigLine, index: int) -> Iterator[Reference]:
    if index < len(line.values):
        value = line.values[index]
        if isinstance(value, str) and "%[" in value:
            value = Unknown("it is computed for each request", line.span_of(index))
        yield Reference(kind, value, line, index)


def _of_line(line: ConfigLine) -> Iterator[Reference]:
    keyword = line.keyword
    fixed = _AT_FIXED_WORD.get(keyword)
    if fixed is not None:
        yield from _one(fixed[1], line, fixed[0])
    wanted = _WHERE.get(keyword)
    if wanted is not None:
        for index, value in enumerate(line.values[:-1]):
            if index and value in wanted:
                yield from _one(_BEHIND_WORD[str(value)], line, index + 1)
    if keyword == "acl":
        yield from _of_acl(line, [line.text(index) for index in range(2, len(line.values))], 2)
        return
    if keyword == "filter":
        yield from _of_filter(line)
    elif keyword == "log" and line.text(1).startswith("ring@"):
        yield Reference("ring", line.text(1).removeprefix("ring@"), line, 1)
    condition = _condition_start(line) if keyword in _WITH_CONDITION else len(line.values)
    for index in range(1, condition):
        yield from _of_word(line, index)
    if condition < len(line.values):
        yield from _of_condition(line, condition + 1)


def _of_filter(line: ConfigLine) -> Iterator[Reference]:
    """What a filter names: a cache, an application, or the file that describes an SPOE engine."""
    kind = line.text(1)
    if kind in {"cache", "fcgi-app"}:
        yield from _one(kind, line, 2)
    elif kind == "spoe":
        at = next((index for index in range(2, len(line.values)) if line.text(index) == "config"), None)
        yield from _one("file", line, at + 1) if at is not None else ()


def _condition_start(line: ConfigLine) -> int:
    """The index of ``if`` or ``unless``, or the number of words."""
    values = line.values
    return next((index for index in range(1, len(values)) if values[index] in {"if", "unless"}), len(values))


def _of_condition(line: ConfigLine, start: int) -> Iterator[Reference]:
    if any(isinstance(value, Unknown) for value in line.values[start:]):
        return
    condition = parse_condition(tuple(line.text(index) for index in range(start, len(line.values))))
    for test in condition.tests:
        if not test.anonymous:
            yield Reference("acl", test.name, line, start + test.first)
        elif test.closed:
            yield from _of_acl(line, list(test.words), start + test.first)


def _of_acl(line: ConfigLine, words: list[str], start: int) -> Iterator[Reference]:
    acl = parse_acl(tuple(words))
    yield from _of_sample(line, start, acl.criterion)
    for flag in acl.flags:
        if flag.name == "-f" and flag.value is not None:
            yield from _one("file", line, start + flag.at + 1)


def _of_word(line: ConfigLine, index: int) -> Iterator[Reference]:
    text = line.text(index)
    if "%[" in text:
        for item in parse_format(text):
            for call in item.sample.calls if item.kind == "sample" and item.sample is not None else ():
                yield from _of_call(line, index, call)
    elif "(" in text:
        yield from _of_sample(line, index, text)


def _of_sample(line: ConfigLine, index: int, text: str) -> Iterator[Reference]:
    if "(" not in text:
        return
    sample = parse_sample(text)
    for call in sample.calls if sample.whole else ():
        yield from _of_call(line, index, call)


def _of_call(line: ConfigLine, index: int, call: Call) -> Iterator[Reference]:
    name, arguments = call.name, call.arguments
    if not arguments:
        return
    if name in {"http_auth", "http_auth_group"}:
        yield Reference("userlist", arguments[0], line, index)
    elif _MAP.fullmatch(name) or name in {"set-map", "add-acl", "del-acl", "del-map"}:
        yield Reference("map", arguments[0], line, index)
    elif _TABLE_SECOND.fullmatch(name):
        if len(arguments) > 1:
            yield Reference("table", arguments[-1], line, index)
    elif _TABLE_FIRST.fullmatch(name):
        yield Reference("table", arguments[0], line, index)
    elif name == "do-resolve" and len(arguments) > 1:
        yield Reference("resolvers", arguments[1], line, index)

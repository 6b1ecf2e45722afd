"""Sample expressions: are fetch and converters known, and do their arguments and types fit?

The grammar reads an expression; here it is judged, once for each distinct text, in the order of sample_parse_expr(),
which stops at the first fault. What is wrong is said with the branches that refuse it; names of tables, backends,
servers and user lists are handed back, to be looked up when every section is known.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from cfglint.analysis.haproxy_verdict.sample_values import bad_variable, odd_values
from cfglint.analysis.haproxy_verdict.values import integer_of
from cfglint.syntax.haproxy_keywords import ALL, BRANCHES, Keyword, lookup, nearest
from cfglint.syntax.haproxy_samples import Call, Sample, parse_sample

_SIGNATURE_WORD = re.compile(r"\[?,?([^,\[\]()]+)\]?")
_SCOPED = re.compile(r"(proc|p?sess|p?txn|p?req|p?res|check)\.[A-Za-z0-9_.]+")
SINCE_3_0 = ALL & ~((1 << BRANCHES.index("3.0")) - 1)
_ADDRESSES = frozenset({"addr", "ipv4", "ipv6"})
_REFERENCES = {
    "table": "table",
    "backend": "backend",
    "frontend": "frontend",
    "server": "server",
    "user list": "userlist",
}


@dataclass(frozen=True, slots=True)
class SampleProblem:
    """Why an expression is refused.

    Attributes:
        message: what is wrong, without a final stop.
        fails: the branches that refuse it.
        help: what to do, or empty.
    """

    message: str
    fails: int = ALL
    help: str = ""


@dataclass(slots=True)
class JudgedSample:
    """What an expression turned out to be.

    Attributes:
        end: offset behind its last character.
        fetch: the fetch's name; empty when there is none.
        out: the type it gives: str, sint, bool, bin, addr, ipv4, ipv6, meth, any; empty when unknown.
        where: 22 letters, Y where the fetch may be used (see the keyword table); empty when unknown.
        names: references (sort, name; an empty name means the proxy itself).
        problems: what is wrong with it; the first one that every branch refuses ends the list.
        keyword: the ACL keyword instead of a fetch, with its own matching method (``beg``), or empty.
    """

    end: int = 0
    fetch: str = ""
    out: str = ""
    where: str = ""
    names: list[tuple[str, str]] = field(default_factory=list)
    problems: list[SampleProblem] = field(default_factory=list)
    keyword: str = ""


@lru_cache(maxsize=8192)
def judge_sample(text: str, *, acl: bool = False) -> JudgedSample:
    """Judge the expression a text starts with.

    Args:
        text: the text; what stands behind the expression is not looked at.
        acl: keywords of ACLs (``path_beg``) may stand for the fetch.
    """
    return judge_read_sample(parse_sample(text), acl=acl)


def judge_read_sample(sample: Sample, *, acl: bool = False, inside: bool = False) -> JudgedSample:
    """Judge an expression that was read.

    Args:
        sample: the expression.
        acl: keywords of ACLs (``path_beg``) may stand for the fetch.
        inside: it stands in the brackets of a format string, where a comma must not end it.
    """
    judge = _Judge(acl=acl)
    judge.sample.end = sample.end
    with suppress(_StopError):
        if not sample.calls:
            judge.stop("a sample fetch is missing")
        judge.fetch(sample.calls[0])
        for call in sample.calls[1:]:
            judge.converter(call)
        if sample.comma and (inside or sample.rest):
            judge.stop("a converter is missing behind the comma")
    return judge.sample


class _StopError(Exception):
    """The daemon reads no further."""


class _Judge:
    def __init__(self, *, acl: bool) -> None:
        self.acl = acl
        self.sample = JudgedSample()

    def stop(self, message: str, fails: int = ALL, help_: str = "") -> None:
        self.note(message, fails, help_)
        raise _StopError

    def note(self, message: str, fails: int = ALL, help_: str = "") -> None:
        self.sample.problems.append(SampleProblem(message, fails, help_))

    def fetch(self, call: Call) -> None:
        name = call.name
        self.sample.fetch = name
        keyword = lookup("acl", name) if self.acl else None
        if keyword is not None:
            target, _, method = keyword.arguments.partition(" -m ")
            self.sample.keyword = method
            row: Keyword | None = lookup("fetch", target)
        else:
            row = lookup("fetch", name)
        if row is None:
            if not name.startswith("lua."):
                near = nearest("fetch", name)
                self.stop(f"{name!r} is no sample fetch", ALL, f"did you mean {near!r}?" if near else "")
            self.sample.names.append(("lua", name))
            self.closed(call)
            return
        refused = row.refused & (keyword.refused if keyword else ALL)
        if refused == ALL:
            self.stop(f"{name!r} is no sample fetch", refused)
        if refused:
            self.note(f"the sample fetch {name!r} is not known", refused)
        out, _, where = row.note.partition(" ")
        self.sample.out, self.sample.where = out, where if len(where) == 22 else ""
        self.arguments(call, row.arguments, "sample fetch")
        if row.word == "var":
            variable = call.arguments[0] if call.arguments else ""
            if not _SCOPED.fullmatch(variable):
                self.note(bad_variable(variable) if variable else "the name of a variable is missing")
            elif len(call.arguments) > 1:
                self.note("the default value of a variable is not known", 1)

    def converter(self, call: Call) -> None:
        name = call.name
        row = lookup("converter", name)
        if row is None:
            if not name.startswith("lua."):
                near = nearest("converter", name)
                self.stop(f"{name!r} is no converter", ALL, f"did you mean {near!r}?" if near else "")
            self.sample.out = ""
            self.sample.names.append(("lua", name))
            self.closed(call)
            return
        if row.refused == ALL:
            self.stop(f"{name!r} is no converter")
        if row.refused:
            self.note(f"the converter {name!r} is not known", row.refused)
        out, _, expected = row.note.partition(" ")
        self.cast(name, expected)
        self.arguments(call, row.arguments, "converter")
        self.sample.out = self.sample.out if out == "same" else out

    def cast(self, name: str, expected: str) -> None:
        """Note a converter whose input type the value before it cannot become."""
        given = self.sample.out
        impossible = uncast(given, expected)
        if impossible:
            self.note(f"converter {name!r} cannot take what stands before it ({given})", impossible)

    def closed(self, call: Call) -> None:
        if not call.closed:
            self.stop(f"the arguments of {call.name!r} are not closed by ')'")

    def arguments(self, call: Call, signature: str, sort: str) -> None:
        """Check ``(…)`` against a signature."""
        self.closed(call)
        name, values = call.name, call.arguments
        types = _SIGNATURE_WORD.findall(signature)
        required = signature.count(",", 0, (signature + "[").index("[")) + 1 if signature else 0
        if signature.startswith("(["):
            required = 0
        if len(values) > max(len(types), 1) or (len(values) == 1 and values[0] and not types):
            takes = f"at most {len(types)} argument{'s' * (len(types) != 1)}" if types else "no argument"
            self.stop(f"{sort} {name!r} takes {takes}")
        for index, kind in enumerate(types):
            value = values[index] if index < len(values) else ""
            if kind in _REFERENCES:
                if index < required or value:
                    self.sample.names.append((_REFERENCES[kind], value))
                continue
            if not value:
                if index < required and (kind != "string" or 0 < index >= len(values)):
                    self.stop(f"{sort} {name!r} lacks its argument {index + 1} ({kind})")
                continue
            why = _wrong(kind, value)
            if why:
                self.stop(f"argument {index + 1} of {sort} {name!r}: {value!r} is {why}")
        why, fails = odd_values(name, values, fetch=sort == "sample fetch")
        if why and fails == ALL:
            self.stop(f"{sort} {name!r}: {why}")
        elif why:
            self.note(f"{sort} {name!r}: {why}", fails)


def uncast(given: str, expected: str) -> int:
    """The branches in which a sample of one type (``bool``, ``addr``, …) cannot become one of another type."""
    if expected in _ADDRESSES:
        return ALL if given in {"bool", "bin", "meth"} else 0
    if expected in {"sint", "bool"}:
        return ALL if given in {"bin", "meth", "ipv6"} else SINCE_3_0 if given == "addr" else 0
    return 1 if (given, expected) == ("bool", "bin") else 0


def _wrong(kind: str, value: str) -> str:
    """Why a value does not fit an argument type, or empty."""
    if kind == "integer":
        return "" if integer_of(value) is not None else "no number"
    if kind in {"IPv4 address", "IPv6 address"}:
        try:
            (IPv4Address if "4" in kind else IPv6Address)(value)
        except ValueError:
            return f"no {kind}"
    return ""

"""Sample expressions: a fetch with its arguments and a chain of converters, read as sample_parse_expr() does.

An expression is parsed once for each distinct text. What is wrong is said with the branches that refuse it; names of
tables, backends, servers and user lists are handed back, to be looked up when every section is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from cfglint.analysis.haproxy_verdict.values import integer_of
from cfglint.syntax.haproxy_keywords import ALL, BRANCHES, Keyword, lookup, nearest

_NAME = re.compile(r"[A-Za-z0-9._:+-]+")
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
_ARITHMETIC = frozenset({"add", "sub", "mul", "div", "mod", "and", "or", "xor", "bytes"})
_CHOICES = {
    "bool": ("true", "false", "yes", "no", "1", "0"),
    "json": ("utf8", "utf8s", "utf8p", "utf8ps", "ascii"),
    "sha2": ("224", "256", "384", "512"),
}
_VARIABLES = {"var": 0, "set-var": 0}


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
class Sample:
    """A parsed expression.

    Attributes:
        end: offset behind its last character.
        fetch: the fetch's name; empty when there is none.
        out: the type it gives: str, sint, bool, bin, addr, ipv4, ipv6, meth, any; empty when unknown.
        where: 22 letters, Y where the fetch may be used (see the keyword table); empty when unknown.
        names: references (sort, name; an empty name means the proxy itself).
        problems: what is wrong with it; the first one ends the parsing.
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
def parse_sample(text: str, *, acl: bool = False) -> Sample:
    """Parse the expression a text starts with.

    Args:
        text: the text; parsing stops where the expression does.
        acl: keywords of ACLs (``path_beg``) may stand for the fetch.
    """
    return _Parser(text, acl=acl).run()


def is_converter(word: str) -> bool:
    """True when a word of its own continues an expression: it starts with a converter's name."""
    found = _NAME.match(word)
    return found is not None and (lookup("converter", found[0]) is not None or found[0].startswith("lua."))


class _StopError(Exception):
    """The expression cannot be read further."""


class _Parser:
    def __init__(self, text: str, *, acl: bool) -> None:
        self.text = text
        self.at = 0
        self.acl = acl
        self.sample = Sample()

    def run(self) -> Sample:
        try:
            self.fetch()
            while self.peek() == ",":
                while self.peek() == ",":
                    self.at += 1
                self.converter()
        except _StopError:
            pass
        self.sample.end = self.at
        return self.sample

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def stop(self, message: str, fails: int = ALL, help_: str = "") -> None:
        self.note(message, fails, help_)
        raise _StopError

    def note(self, message: str, fails: int = ALL, help_: str = "") -> None:
        self.sample.problems.append(SampleProblem(message, fails, help_))

    def name(self) -> str:
        found = _NAME.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def fetch(self) -> None:
        name = self.name()
        if not name:
            self.stop("a sample fetch is missing")
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
            self.arguments("")
            return
        refused = row.refused & (keyword.refused if keyword else ALL)
        if refused == ALL:
            self.stop(f"{name!r} is no sample fetch", refused)
        if refused:
            self.note(f"the sample fetch {name!r} is not known", refused)
        out, _, where = row.note.partition(" ")
        self.sample.out, self.sample.where = out, where if len(where) == 22 else ""
        arguments = self.arguments(row.arguments, "sample fetch", name)
        if row.word == "var" and arguments and not _SCOPED.fullmatch(arguments[0]):
            self.note(_bad_variable(arguments[0]))

    def converter(self) -> None:
        name = self.name()
        row = lookup("converter", name) if name else None
        if row is None:
            if not name.startswith("lua."):
                near = nearest("converter", name) if name else None
                hint = f"did you mean {near!r}?" if near else ""
                self.stop(f"{name!r} is no converter" if name else "a converter is missing behind the comma", ALL, hint)
            self.sample.out = ""
            self.sample.names.append(("lua", name))
            self.arguments("")
            return
        if row.refused == ALL:
            self.stop(f"{name!r} is no converter")
        if row.refused:
            self.note(f"the converter {name!r} is not known", row.refused)
        out, _, expected = row.note.partition(" ")
        self.cast(name, expected)
        arguments = self.arguments(row.arguments, "converter", name)
        if name in _VARIABLES and arguments and not _SCOPED.fullmatch(arguments[0]):
            self.note(_bad_variable(arguments[0]))
        self.sample.out = self.sample.out if out == "same" else out

    def cast(self, name: str, expected: str) -> None:
        """Note a converter whose input type the value before it cannot become."""
        given = self.sample.out
        impossible = 0
        if (given == "bool" and expected in _ADDRESSES) or (
            given in {"bin", "meth"} and expected in {"sint", "bool", *_ADDRESSES}
        ):
            impossible = ALL
        elif given == "addr" and expected in {"sint", "bool"}:
            impossible = SINCE_3_0
        if impossible:
            self.note(f"converter {name!r} cannot take what stands before it ({given})", impossible)

    def arguments(self, signature: str, sort: str = "", name: str = "") -> list[str]:
        """Read ``(…)`` and check it against a signature; empty when anything goes."""
        given: list[str] | None = None
        if self.peek() == "(":
            given = self.split_arguments(name or "the function")
        if not sort:
            return given or []
        types = _SIGNATURE_WORD.findall(signature)
        required = signature.count(",", 0, (signature + "[").index("[")) + 1 if signature else 0
        if signature.startswith("(["):
            required = 0
        values = given or []
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
                if index < required and kind != "string":
                    self.stop(f"{sort} {name!r} lacks its argument {index + 1} ({kind})")
                if index < required and index >= len(values) and index > 0:
                    self.stop(f"{sort} {name!r} lacks its argument {index + 1} ({kind})")
                continue
            why = _wrong(kind, value)
            if why:
                self.stop(f"argument {index + 1} of {sort} {name!r}: {value!r} is {why}")
        why = _odd_values(name, values)
        if why:
            self.stop(f"{sort} {name!r}: {why}")
        return values

    def split_arguments(self, name: str) -> list[str]:
        """Split ``(a,"b,c",d)``; quotes and backslashes protect commas and brackets."""
        self.at += 1
        values: list[str] = []
        current: list[str] = []
        quote = ""
        while self.at < len(self.text):
            character = self.text[self.at]
            self.at += 1
            if quote:
                if character == quote:
                    quote = ""
                elif character == "\\" and quote == '"' and self.at < len(self.text):
                    current.append(self.text[self.at])
                    self.at += 1
                else:
                    current.append(character)
            elif character in "'\"":
                quote = character
            elif character == ",":
                values.append("".join(current))
                current = []
            elif character == ")":
                values.append("".join(current))
                return values
            else:
                current.append(character)
        self.stop(f"the arguments of {name!r} are not closed by ')'")
        return values


def _odd_values(name: str, values: list[str]) -> str:
    """Why a function refuses its values although their types fit; empty when it does not, or that is not known."""
    first = values[0] if values else ""
    if not first:
        return ""
    if name in _ARITHMETIC and integer_of(first) is None and not _SCOPED.fullmatch(first):
        return f"{first!r} is neither a number nor a variable"
    if name in _CHOICES and first not in _CHOICES[name]:
        return f"{first!r} is none of {', '.join(_CHOICES[name])}"
    if name == "field" and integer_of(first) == 0:
        return "fields count from 1 (or from -1 at the end)"
    if name == "concat" and len(values) > 1 and values[1] and not _SCOPED.fullmatch(values[1]):
        return _bad_variable(values[1])
    return ""


def _bad_variable(name: str) -> str:
    return f"variable {name!r} needs a scope in front: proc., sess., txn., req., res. or check."


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

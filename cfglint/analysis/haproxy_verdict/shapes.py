"""Arguments of the words whose shape a table tells: ``grammars/haproxy_arguments.tsv``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

from cfglint.analysis.haproxy_verdict.line import PROXIES, Line
from cfglint.analysis.haproxy_verdict.values import integer_of, leading_integer, size_of, time_of
from cfglint.syntax.data import data_text
from cfglint.syntax.haproxy_keywords import ALL, BRANCHES

Test = Callable[[str], str | None]
Term = tuple[Test, bool]
Shape = tuple[int, tuple[Term, ...], bool]
_TERM = re.compile(r"(\w+(?:\|\w+)*)(?:\(([^)]*)\))?(\?)?$")


def has_shape(kind: str, word: str) -> bool:
    """True when the table tells what may stand behind a word in a kind of section."""
    return bool(_shapes_of(kind, word))


def _shapes_of(kind: str, word: str) -> tuple[Shape, ...]:
    return _shapes().get(("proxy" if kind in PROXIES else kind, word), ())


def check_shape(line: Line) -> None:
    """Report missing, superfluous and wrong arguments of a line whose first word has a shape."""
    for versions, terms, closed in _shapes_of(line.scope.kind, line.words[0]):
        for index, (test, optional) in enumerate(terms, 1):
            if line.is_end(index):
                if not optional:
                    expected = "an argument is missing" if index == 1 else f"argument {index} is missing"
                    line.fail("argument-missing", index, f"{line.words[0]!r}: {expected}; HAProxy refuses it", versions)
                break
            why = test(line.words[index]) if line.known(index) else None
            if why is not None:
                line.fail("value", index, f"{line.words[0]!r}: {why}; HAProxy refuses it", versions)
                break
        else:
            if closed:
                no_more_than(line, len(terms) + 1, versions)


def no_more_than(line: Line, count: int, versions: int = ALL) -> bool:
    """Report the first word beyond a number of words that the line may have; True when there is one."""
    if len(line.words) <= count:
        return False
    extra, last = line.words[count], len(line.words) - 1
    takes = "no argument" if count == 1 else f"{count - 1} argument{'s' if count > 2 else ''}"
    line.fail(
        "argument-unexpected",
        count,
        f"{line.words[0]!r} takes {takes}: HAProxy refuses {extra!r} behind it",
        versions,
        last=last,
        help="blanks inside one argument need quotes or a backslash before each",
    )
    return True


def one_of(line: Line, index: int, allowed: tuple[str, ...], what: str, versions: int = ALL) -> bool:
    """Report a word that is none of those allowed, or is missing; True when it is one of them (or hidden)."""
    if line.is_end(index):
        line.fail("argument-missing", index, f"{what} is missing: {_list(allowed)} is expected", versions)
        return False
    if line.known(index) and line.words[index] not in allowed:
        line.fail("value", index, f"{what} {line.words[index]!r} is unknown: {_list(allowed)} is expected", versions)
        return False
    return True


def _list(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


@cache
def _shapes() -> dict[tuple[str, str], tuple[Shape, ...]]:
    shapes: dict[tuple[str, str], tuple[Shape, ...]] = {}
    for line in data_text("haproxy_arguments.tsv").splitlines():
        if line.startswith("#") or not line:
            continue
        place, words, versions, terms = line.split("\t")
        parts = terms.split()
        shape = (_versions(versions), tuple(_term(part) for part in parts if part != "."), parts[-1] == ".")
        for word in words.split():
            shapes[place, word] = (*shapes.get((place, word), ()), shape)
    return shapes


def _versions(text: str) -> int:
    if text == "*":
        return ALL
    first, _, last = text.rstrip("+").partition("..")
    low = BRANCHES.index(first) if first else 0
    high = len(BRANCHES) - 1 if text.endswith("+") else BRANCHES.index(last or first)
    return sum(1 << index for index in range(low, high + 1))


def _term(text: str) -> Term:
    found = _TERM.match(text)
    if found is None:
        raise ValueError(f"no term of a shape: {text!r}")
    name, arguments, optional = found.groups()
    if name in {"one", "on|off"}:
        return partial(_one, tuple((arguments or "on,off").split(","))), bool(optional)
    bounds = [int(bound) if bound else None for bound in (arguments or ",").split(",")]
    return partial(_TESTS[name], bounds[0], bounds[1]), bool(optional)


def _one(allowed: tuple[str, ...], text: str) -> str | None:
    return None if text in allowed else f"{text!r} is unknown, {_list(allowed)} is expected"


def _any(_low: int | None, _high: int | None, _text: str) -> str | None:
    return None


def _int(low: int | None, high: int | None, text: str) -> str | None:
    number = integer_of(text)
    return f"{text!r} is no whole number" if number is None else _outside(number, low, high, text)


def _atol(low: int | None, high: int | None, text: str) -> str | None:
    return _outside(leading_integer(text), low, high, text)


def _time(low: int | None, high: int | None, text: str) -> str | None:
    value = time_of(text)
    return value if isinstance(value, str) else _outside(value, low, high, text)


def _size(_low: int | None, _high: int | None, text: str) -> str | None:
    value = size_of(text)
    return value if isinstance(value, str) else None


def _outside(number: int, low: int | None, high: int | None, text: str) -> str | None:
    if (low is None or number >= low) and (high is None or number <= high):
        return None
    if high is None:
        return f"{text!r} is out of range, at least {low} is expected"
    return f"{text!r} is out of range, {low} to {high} is expected"


_TESTS: dict[str, Callable[[int | None, int | None, str], str | None]] = {
    "any": _any,
    "int": _int,
    "atol": _atol,
    "time": _time,
    "size": _size,
}

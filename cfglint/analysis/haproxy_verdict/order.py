"""Rules that stand behind rules which HAProxy evaluates later: it says so, and reads them all the same."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.line import Line
from cfglint.syntax.haproxy_keywords import ALL

_ORDER = (
    "quic-initial",
    "tcp-request connection",
    "tcp-request session",
    "tcp-request content",
    "monitor fail",
    "http-request",
    "redirect",
    "use_backend",
    "use-server",
)
_FROM_3_2 = ALL & ~0b1111
_RULES = frozenset(word.split()[0] for word in _ORDER) | {"tcp-response", "http-response"}


def has_order(word: str) -> bool:
    """True when lines that start with a word are rules of some class."""
    return word in _RULES


def check_order(line: Line) -> None:
    """Note a rule, and report it when a rule of a later class stands above it."""
    head = name = line.words[0]
    if head in {"tcp-request", "tcp-response", "monitor"}:
        name = f"{head} {line.get(1)}"
    if name == "tcp-response content":
        _report(line, name, ("http-response",), _FROM_3_2)
    elif name in _ORDER:
        _report(line, name, _ORDER[_ORDER.index(name) + 1 :], ALL)
    line.scope.ranks.setdefault(name, line)


def _report(line: Line, name: str, later: tuple[str, ...], warns: int) -> None:
    for other in later:
        above = line.scope.ranks.get(other)
        if above is not None:
            line.warn(
                "order",
                0,
                f"this {name!r} rule stands behind a {other!r} rule, but HAProxy evaluates it first",
                warns,
                mild=True,
                related=((f"the {other!r} rule", above.directive.span),),
                help=f"write every {name!r} rule above, so that the file shows the order of evaluation",
            )
            return

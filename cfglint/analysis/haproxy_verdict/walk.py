"""Everything in a configuration that HAProxy refuses or warns about, in one pass over its lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from cfglint.analysis.haproxy_verdict.afterwards import OLD_TIMEOUTS, check_afterwards
from cfglint.analysis.haproxy_verdict.conditions import check_acl
from cfglint.analysis.haproxy_verdict.defect import Defect, Kind
from cfglint.analysis.haproxy_verdict.global_words import GLOBAL_CHECKS
from cfglint.analysis.haproxy_verdict.headers import Book, open_section
from cfglint.analysis.haproxy_verdict.health import check_health_rule
from cfglint.analysis.haproxy_verdict.line import PROXIES, Line, Reference, Scope
from cfglint.analysis.haproxy_verdict.logs import check_log
from cfglint.analysis.haproxy_verdict.options import check_option
from cfglint.analysis.haproxy_verdict.order import check_order, has_order
from cfglint.analysis.haproxy_verdict.other_sections import SECTION_CHECKS
from cfglint.analysis.haproxy_verdict.parameters import check_bind
from cfglint.analysis.haproxy_verdict.placement import check_placement, is_always_placed
from cfglint.analysis.haproxy_verdict.proxy_rules import PROXY_RULE_CHECKS
from cfglint.analysis.haproxy_verdict.proxy_words import PROXY_CHECKS
from cfglint.analysis.haproxy_verdict.servers import check_default_server, check_server, check_template
from cfglint.analysis.haproxy_verdict.shapes import check_shape, has_shape
from cfglint.analysis.haproxy_verdict.tables import check_table
from cfglint.analysis.haproxy_verdict.variables import check_variables
from cfglint.model.haproxy import HaproxyConfig
from cfglint.syntax.collector import collector_off
from cfglint.syntax.haproxy_keywords import ALL

_TWO_WORDS = frozenset({"email-alert", "option", "stats", "timeout"})
_LAST_WINS = frozenset({"default_backend", "log-format"})
_FROM_3_4 = ALL & ~0b11111
_IN_3_2 = 0b10000
_UP_TO_3_0 = 0b1111

_memory: WeakKeyDictionary[HaproxyConfig, Mapping[Kind, list[Defect]]] = WeakKeyDictionary()


def defects_of(config: HaproxyConfig) -> Mapping[Kind, list[Defect]]:
    """The defects of a configuration by kind, each list in the order found; computed once."""
    known = _memory.get(config)
    if known is None:
        with collector_off():
            known = _memory[config] = _Walk(config).run()
    return known


def _bind(line: Line) -> None:
    found = check_bind(line)
    if (
        "ssl" in found
        and not {"crt", "crt-list", "default-crt", "generate-certificates"} & set(found)
        and not line.open
    ):
        line.scope.facts.setdefault("ssl without crt", line)
    line.scope.facts.setdefault("bind", line)
    if "proto" in found:
        line.scope.lists.setdefault("proto", []).append(line)


def _server(line: Line) -> None:
    scope = line.scope
    found = check_template(line) if line.words[0] == "server-template" else check_server(line)
    line.scope.facts.setdefault("server", line)
    if (
        "ssl" in found
        or "check-ssl" in found
        or "agent-check" in found
        or "track" in found
        or ("check" in found and not _names_port(line))
        or scope.inherited("default-server") is not None
    ):
        scope.delicate.add(id(line.directive))
    if "resolvers" not in found:
        _inherit_resolvers(scope)
    if "track" in found and line.known(found["track"] + 1):
        line.refer("track", line.words[found["track"] + 1], found["track"] + 1)
    if "proto" in found:
        scope.lists.setdefault("proto", []).append(line)
        if line.get(found["proto"] + 1) == "fcgi":
            scope.facts.setdefault("fcgi server", line)
    if line.get(2).startswith(("udp@", "udp4@", "udp6@")):
        scope.facts.setdefault("udp server", line)
    if "usesrc" in found and "source" not in found:
        line.fail("misplaced", found["usesrc"], "'usesrc' must follow 'source'; HAProxy refuses it")


def _default_server(line: Line) -> None:
    check_default_server(line)
    if "resolvers" in line.words[:-1]:
        line.scope.facts["default resolvers"] = line


def _inherit_resolvers(scope: Scope) -> None:
    """Note the resolvers that a server gets from the last ``default-server`` above, once for each section."""
    if "resolvers in use" in scope.facts:
        return
    above: Scope | None = scope
    while above is not None:
        line = above.facts.get("default resolvers")
        if line is not None:
            index = line.words.index("resolvers") + 1
            if line.known(index):
                line.refer("resolvers", line.words[index], index)
            scope.facts["resolvers in use"] = line
            return
        above = above.parent


def _names_port(line: Line) -> bool:
    """True when the address ends with a port above 0."""
    index = 3 if line.words[0] == "server-template" else 2
    port = line.get(index).rpartition(":")[2]
    return port.isdigit() and int(port) > 0


def _table(line: Line) -> None:
    check_table(line, 1)
    first = line.scope.facts.setdefault("stick-table", line)
    if first is not line:
        related = (("the first one", first.directive.span),)
        line.fail(
            "duplicate", 0, f"{line.scope.label} has two stick-tables; HAProxy refuses the second", related=related
        )


_PROXY: dict[str, Callable[[Line], None]] = {
    **PROXY_CHECKS,
    **PROXY_RULE_CHECKS,
    "acl": check_acl,
    "bind": _bind,
    "default-server": _default_server,
    "http-check": check_health_rule,
    "log": check_log,
    "option": check_option,
    "server": _server,
    "server-template": _server,
    "stick-table": _table,
    "tcp-check": check_health_rule,
}
_CHECKS: dict[str, dict[str, Callable[[Line], None]]] = {
    **SECTION_CHECKS,
    **dict.fromkeys(PROXIES, _PROXY),
    "global": {**GLOBAL_CHECKS, "log": check_log},
}
_CHECKS["fcgi-app"]["acl"] = check_acl


@dataclass(frozen=True, slots=True)
class _Plan:
    """What there is to check on the lines that start with one word in one kind of section.

    Attributes:
        placed: every version takes the word there, without a remark.
        ordered: its lines are rules of a class that may stand behind a later one.
        shaped: the table of arguments has it.
        check: the check of its own, or None.
    """

    placed: bool
    ordered: bool
    shaped: bool
    check: Callable[[Line], None] | None


@lru_cache(maxsize=4096)
def _plan(kind: str, word: str) -> _Plan:
    check = _CHECKS.get(kind, {}).get(word)
    ordered = kind in PROXIES and has_order(word)
    return _Plan(is_always_placed(kind, word), ordered, has_shape(kind, word), check)


class _Walk:
    def __init__(self, config: HaproxyConfig) -> None:
        self.config = config
        self.found: dict[Kind, list[Defect]] = {}
        self.references: list[Reference] = []
        self.book = Book()

    def report(self, defect: Defect) -> None:
        self.found.setdefault(defect.kind, []).append(defect)

    def run(self) -> Mapping[Kind, list[Defect]]:
        scopes: list[Scope] = []
        for section in self.config.sections:
            name = section.name if isinstance(section.name, str) else ""
            scope = Scope(section.kind, name, section, partial=section.incomplete is not None)
            scopes.append(scope)
            header = Line(section.header, scope, self.report, self.references)
            scope.header = header
            if "${" in section.header.directive.raw:
                check_variables(header)
            if section.header.directive.problem is None:
                open_section(header, scope, self.book)
            for written in section.lines:
                if written.directive.problem is not None:
                    scope.partial = True
                    continue
                line = Line(written, scope, self.report, self.references)
                if line.words:
                    self.check(line)
        check_afterwards(self.config, scopes, self.book, self.references, self.report)
        return self.found

    def check(self, line: Line) -> None:
        scope, word = line.scope, line.words[0]
        if scope.stray:
            scope.stray = False
            message = "HAProxy up to 3.0 refuses every line of this section, since its header has too many words"
            related = (("the header", scope.section.header.span),)
            line.fail("argument-unexpected", 0, message, _UP_TO_3_0, related=related)
        self.check_empty(line)
        if "${" in line.directive.raw:
            check_variables(line)
        plan = _plan(scope.kind, word)
        if (line.prefix or not plan.placed) and not check_placement(line):
            if word in OLD_TIMEOUTS.values():
                scope.seen.setdefault(word, line)
            return
        if scope.kind in PROXIES:
            if plan.ordered:
                check_order(line)
            key = f"{word} {line.get(1)}" if word in _TWO_WORDS else word
            if word == "timeout" and line.prefix != "no":
                self.repeated(line, key)
            scope.seen.setdefault(key, line)
            if word == "use_backend":
                scope.lists.setdefault(word, []).append(line)
            elif word == "http-send-name-header" and line.get(1).lower() == "host":
                line.fail("value", 1, "'http-send-name-header' cannot overwrite the Host header", _FROM_3_4)
            elif word in _LAST_WINS:
                scope.seen[key] = line
        elif scope.kind == "global":
            scope.seen.setdefault(word, line)
        if plan.shaped:
            check_shape(line)
        if plan.check is not None:
            plan.check(line)

    def repeated(self, line: Line, key: str) -> None:
        if key not in line.scope.seen or not line.known(1):
            return
        first = line.scope.seen[key]
        line.warn(
            "duplicate",
            1,
            f"{key!r} is set twice in {line.scope.label}: the second value replaces the first",
            mild=True,
            related=(("the first one", first.directive.span),),
        )

    def check_empty(self, line: Line) -> None:
        directive = line.directive
        if '"' not in directive.raw and "'" not in directive.raw:
            return
        texts = directive.texts
        at = len(line.words) + (1 if line.prefix else 0)
        if at >= len(texts) or texts[at] or line.open:
            return
        index = at - (1 if line.prefix else 0)
        message = "an empty word ends the line: HAProxy ignores what follows, and from 3.4 on it refuses the line"
        line.fail("empty-argument", index, message, _FROM_3_4, warns=_IN_3_2)

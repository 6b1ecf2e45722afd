"""What HAProxy checks once every file is read: names that nothing defines, modes, timeouts, certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cfglint.analysis.haproxy_verdict.defect import Defect
from cfglint.analysis.haproxy_verdict.headers import Book
from cfglint.analysis.haproxy_verdict.index import Index
from cfglint.analysis.haproxy_verdict.line import Line, Reference, Scope
from cfglint.analysis.haproxy_verdict.logformat import judge_format
from cfglint.analysis.haproxy_verdict.lookups import resolve
from cfglint.analysis.haproxy_verdict.whole_sections import check_whole
from cfglint.analysis.haproxy_verdict.whole_servers import check_whole_server
from cfglint.model.haproxy import HaproxyConfig
from cfglint.model.haproxy_lines import ConfigLine
from cfglint.model.value import Unknown
from cfglint.syntax.haproxy_keywords import ALL

_UP_TO_2_8 = 0b111
_IN_3_0 = 0b1000
_HTTP_ALIASES = frozenset(
    {"CC", "CS", "HM", "HP", "HPO", "HQ", "HU", "HV", "TR", "Ta", "Ti", "Tq", "Tr", "r", "tr", "trg", "trl"}
)
_HTTP_WORDS = {
    "cookie": "'cookie'",
    "monitor-uri": "'monitor-uri'",
    "http-request": "'http-request' rules",
    "http-response": "'http-response' rules",
    "http-after-response": "'http-after-response' rules",
    "redirect": "'redirect' rules",
    "stats enable": "'stats'",
    "stats uri": "'stats'",
    "option forwardfor": "'option forwardfor'",
    "option httplog": "'option httplog'",
    "option httpslog": "'option httpslog'",
}
_LOG_FORMS = frozenset({"option httplog", "option httpslog"})
_TIMEOUTS_HELP = "set it here or in the defaults section above"

Report = Callable[[Defect], None]


def check_afterwards(
    config: HaproxyConfig, scopes: list[Scope], book: Book, references: list[Reference], report: Report
) -> None:
    """Check what needs the whole configuration."""
    whole = config.incomplete is None
    index = Index(scopes, book)
    for reference in references:
        if whole and "disabled" not in reference.line.scope.seen:
            resolve(reference, index)
    for scope in book.proxies:
        if scope.section.conditional or "disabled" in scope.seen:
            continue
        _certificate(scope)
        _transport(scope)
        if scope.mode in {"http", "tcp"}:
            _protocols(scope)
        if scope.section.incomplete is None and not scope.partial:
            _timeouts(scope, report)
            _modes(scope, book)
    for scope in scopes:
        check_whole(scope, index)
    by_tls = {id(scope.section) for scope in scopes if _checked_by_tls(scope)}
    delicate = set().union(*(scope.delicate for scope in scopes))
    if whole and (delicate or by_tls):
        for proxy in config.proxies:
            for server in proxy.servers:
                if id(server.directive) in delicate or id(proxy.lines) in by_tls:
                    check_whole_server(server, config, report, by_tls=id(proxy.lines) in by_tls)


def _header_defect(scope: Scope, report: Report, kind: str, message: str, **more: object) -> None:
    subject = (scope.kind, scope.name) if scope.name else (scope.kind,)
    index = 1 if len(scope.section.header.values) > 1 else 0
    report(Defect(kind, scope.section.header.span_of(index), subject, message, **more))  # type: ignore[arg-type]


def _certificate(scope: Scope) -> None:
    line = scope.facts.get("ssl without crt")
    if line is None or "ssl-f-use" in scope.seen or line.conditional:
        return
    index = line.words.index("ssl")
    line.fail(
        "certificate",
        index,
        f"this bind line of {scope.label} has 'ssl' but no certificate; HAProxy refuses it",
        help="add crt and the path of a certificate with its key",
    )


_PROTOCOLS = {"h1": "http", "h2": "http", "fcgi": "http", "none": "tcp"}
"""The mode that each protocol of ``proto`` needs."""


def _protocols(scope: Scope) -> None:
    for line in scope.lists.get("proto", ()):
        at = line.words.index("proto") + 1
        protocol = line.get(at)
        in_front = line.words[0] == "bind"
        wanted = _PROTOCOLS.get(protocol, scope.mode)
        if line.known(at) and (scope.mode != wanted or (in_front and protocol == "fcgi")):
            place = "a 'bind' line" if in_front else "a server"
            message = f"protocol {protocol!r} is not usable for {place} of {scope.label} in mode {scope.mode}"
            line.fail("mode", at, f"{message}; HAProxy refuses it")


def _transport(scope: Scope) -> None:
    line = scope.facts.get("udp server")
    if line is not None and scope.mode in {"tcp", "http"}:
        message = f"{scope.label} is in mode {scope.mode}, which cannot use a UDP server; HAProxy refuses it"
        line.fail("address", 2, message)
    line = scope.facts.get("fcgi server")
    if line is not None and not scope.partial and scope.inherited("use-fcgi-app") is None:
        message = f"{scope.label} has a FastCGI server but no 'use-fcgi-app'; HAProxy refuses it"
        line.fail("argument-missing", line.words.index("fcgi"), message)
    _application(scope)


def _application(scope: Scope) -> None:
    """Report a FastCGI application without any server that speaks to it."""
    line = scope.seen.get("use-fcgi-app")
    if line is None or "fcgi server" in scope.facts or scope.partial or scope.section.incomplete is not None:
        return
    above: Scope | None = scope
    while above is not None:
        if any("fcgi" in row.values or _hides(row) for row in above.section.all("default-server")):
            return
        above = above.parent
    if not any(_hides(row) for word in ("server", "server-template") for row in scope.section.all(word)):
        message = f"{scope.label} names a FastCGI application, but none of its servers has 'proto fcgi'"
        line.fail("reference", 0, f"{message}; HAProxy refuses it", help="add 'proto fcgi' to its servers")


def _hides(row: ConfigLine) -> bool:
    return any(isinstance(value, Unknown) for value in row.values)


def _timeouts(scope: Scope, report: Report) -> None:
    """Warn about missing timeouts as HAProxy does."""
    mode = scope.mode
    if mode not in {"tcp", "http"}:
        return
    missing = []
    if scope.kind in {"frontend", "listen"} and not _is_set(scope, "timeout client"):
        missing.append("client")
    if scope.kind in {"backend", "listen"} and "server" in scope.facts:
        if not _is_set(scope, "timeout connect"):
            missing.append("connect")
        if not _is_set(scope, "timeout server") and (mode == "http" or not _is_set(scope, "timeout tunnel")):
            missing.append("server")
    if not missing:
        return
    *first, last = (f"'timeout {name}'" for name in missing)
    names = f"{', '.join(first)} and {last}" if first else last
    _header_defect(
        scope,
        report,
        "timeout",
        f"{scope.label} has no {names}: connections of silent peers stay for ever, until none is left for others",
        fails=0,
        warns=ALL,
        help=_TIMEOUTS_HELP,
    )


OLD_TIMEOUTS = {"timeout client": "clitimeout", "timeout connect": "contimeout", "timeout server": "srvtimeout"}
"""Words that were removed in 2.1 and what they set."""


def _is_set(scope: Scope, key: str) -> bool:
    line = scope.inherited(key)
    if line is None:
        # The word that was removed in 2.1 is reported itself, and replacing it sets the timeout.
        return scope.inherited(OLD_TIMEOUTS.get(key, key)) is not None
    return not line.known(2) or line.get(2).strip("0smhdu") != ""


def _modes(scope: Scope, book: Book) -> None:
    """Compare the modes of a proxy with its backends', and warn about HTTP words in TCP mode."""
    if scope.mode == "http" and scope.kind in {"frontend", "listen"}:
        for line, name in _backends_of(scope):
            target = book.proxy(name, "backend", "listen")
            if target is not None and target.mode not in {"http", None} and not target.partial:
                rule = "default_backend" if line.words[0] == "default_backend" else "use_backend"
                line.fail(
                    "mode",
                    1,
                    f"{scope.label} is in mode http, but {target.label}, which its {rule} names, is in mode"
                    f" {target.mode}; HAProxy refuses it",
                    related=(("the backend", target.section.header.span),),
                    help="give both the same mode",
                )
    if scope.mode == "tcp":
        _http_in_tcp(scope, book)


def _backends_of(scope: Scope) -> Iterator[tuple[Line, str]]:
    for line in (*scope.lists.get("use_backend", ()), scope.inherited("default_backend")):
        if line is not None and line.known(1) and "%" not in line.words[1]:
            yield line, line.words[1]


def _http_in_tcp(scope: Scope, book: Book) -> None:
    for key, what in _HTTP_WORDS.items():
        line = _log_form(scope, key) if key in _LOG_FORMS else scope.seen.get(key)
        if line is not None and line.prefix != "no" and _counts(scope, key):
            message = f"{scope.label} is in mode tcp: HAProxy ignores its {what}"
            line.warn("http-in-tcp", 0, message, help="set 'mode http' here, or remove the line")
    line = scope.inherited("log-format")
    if line is not None and scope.front and line.known(1):
        _http_variables(scope, line, book)


def _log_form(scope: Scope, key: str) -> Line | None:
    """The line of a log form, here or in the defaults, if no other form stands behind it."""
    above: Scope | None = scope
    while above is not None:
        forms = [above.seen[name] for name in (*_LOG_FORMS, "option tcplog", "log-format") if name in above.seen]
        if forms:
            last = max(forms, key=lambda line: line.directive.line_number)
            return last if last is above.seen.get(key) else None
        above = above.parent
    return None


def _http_variables(scope: Scope, line: Line, book: Book) -> None:
    """Report format variables that need HTTP; of 3.0 only the first releases refuse them, and %ST with them."""
    aliases = judge_format(line.words[1]).aliases
    http = [alias for alias in aliases if alias in _HTTP_ALIASES]
    first_3_0 = 0 if _may_become_http(scope, book) else _IN_3_0
    if http:
        message = f"{scope.label} is in mode tcp, where format variable %{http[0]} does not exist"
        fails = _UP_TO_2_8 | first_3_0
    elif "ST" in aliases and first_3_0:
        message = f"{scope.label} is in mode tcp: HAProxy 3.0.0 to 3.0.3 refuse format variable %ST there"
        fails = first_3_0
    else:
        return
    line.fail("log-format", 1, message, fails, until="3.0.4", help="set 'mode http' there, or use another format")


def _may_become_http(scope: Scope, book: Book) -> bool:
    """True when a proxy in TCP mode may turn to HTTP: by a rule, or by a backend of this mode."""
    if any(row.text(2) == "switch-mode" for row in scope.section.all("tcp-request")):
        return True
    targets = (book.proxy(name, "backend", "listen") for _, name in _backends_of(scope))
    return any(target is None or target.mode != "tcp" for target in targets)


def _counts(scope: Scope, key: str) -> bool:
    if key == "cookie":
        return scope.kind in {"backend", "listen"}
    if key == "monitor-uri" or key in _LOG_FORMS:
        return scope.kind in {"frontend", "listen"}
    return True


def _checked_by_tls(scope: Scope) -> bool:
    """True when a check rule of the section, or of the defaults above it, connects by TLS."""
    above: Scope | None = scope
    while above is not None and "checked by TLS" not in above.facts:
        above = above.parent
    return above is not None

"""What a section lacks, or holds too much of, once all its lines are read."""

from __future__ import annotations

from cfglint.analysis.haproxy_verdict.defect import Kind
from cfglint.analysis.haproxy_verdict.index import Index
from cfglint.analysis.haproxy_verdict.line import Line, Scope
from cfglint.analysis.haproxy_verdict.values import leading_integer
from cfglint.syntax.haproxy_keywords import ALL

_EMAIL_WORDS = ("mailers", "from", "to", "level", "myhostname")
_UP_TO_3_2 = 0b11111
_IN_3_2 = 0b10000
_NEEDED = {"fcgi-app": "docroot", "acme": "directory"}


def check_whole(scope: Scope, index: Index) -> None:
    """Check what a section must have, unless a part of it is not known."""
    if scope.header is None or scope.section.conditional or scope.section.incomplete is not None or scope.partial:
        return
    if scope.kind == "cache" and scope.name:
        _cache(scope, scope.header)
    elif scope.kind in _NEEDED and scope.name and not scope.section.all(_NEEDED[scope.kind]):
        _lacks(scope.header, _NEEDED[scope.kind])
    elif scope.kind == "program" and scope.name:
        _program(scope, scope.header, index)
    elif scope.kind in {"backend", "frontend", "listen"} and "disabled" not in scope.seen:
        _email_alerts(scope, index)


def _lacks(header: Line, word: str, fails: int = ALL) -> None:
    message = f"{header.scope.label} has no {word!r}; HAProxy refuses it"
    _report(header, "argument-missing", message, fails)


def _report(header: Line, kind: Kind, message: str, fails: int) -> None:
    header.fail(kind, 1, message, fails)


def _cache(scope: Scope, header: Line) -> None:
    sizes = scope.section.all("total-max-size")
    if not sizes:
        _lacks(header, "total-max-size")
        return
    if sizes[-1].values[1:2] and sizes[-1].text(1) and leading_integer(sizes[-1].text(1)) == 0:
        _report(header, "value", f"'total-max-size' of {scope.label} is no number above 0; HAProxy refuses it", ALL)
        return
    limits = scope.section.all("max-object-size")
    if not limits:
        return
    total, largest = sizes[-1].values[1:2], limits[-1].values[1:2]
    if total and largest and isinstance(total[0], str) and isinstance(largest[0], str):
        half = leading_integer(total[0]) << 19
        if leading_integer(largest[0]) > half:
            message = f"'max-object-size' of {scope.label} is above half of 'total-max-size' ({half} bytes)"
            _report(header, "value", f"{message}; HAProxy refuses it", ALL)


def _program(scope: Scope, header: Line, index: Index) -> None:
    if not scope.section.all("command"):
        _lacks(header, "command", _UP_TO_3_2)
    elif not index.global_has("master-worker"):
        message = "a section 'program' needs 'master-worker' in the global section; HAProxy refuses it"
        _report(header, "reference", message, _UP_TO_3_2)
    elif not index.global_has("expose-deprecated-directives"):
        message = "a section 'program' needs 'expose-deprecated-directives' in the global section; HAProxy refuses it"
        _report(header, "reference", message, _IN_3_2)


def _email_alerts(scope: Scope, index: Index) -> None:
    lines = {word: line for word in _EMAIL_WORDS if (line := scope.inherited(f"email-alert {word}")) is not None}
    missing = [word for word in ("mailers", "from", "to") if word not in lines]
    if not lines:
        return
    if missing:
        message = f"{scope.label} has no 'email-alert {missing[0]}', so HAProxy ignores its other 'email-alert' lines"
        next(iter(lines.values())).warn("argument-missing", 0, message)
        return
    line = lines["mailers"]
    name = line.get(2)
    if line.known(2) and name and ("mailers", name) not in index.book.others:
        message = f"there is no section 'mailers {name}'; HAProxy refuses the configuration"
        line.fail("reference", 2, message, help=index.suggest(name, "mailers"))

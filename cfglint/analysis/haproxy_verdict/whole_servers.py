"""What HAProxy checks of a server once every file is read and ``default-server`` has been applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cfglint.analysis.haproxy_verdict.addresses import read_address
from cfglint.analysis.haproxy_verdict.defect import Defect
from cfglint.model.haproxy import HaproxyConfig, Proxy, Server
from cfglint.model.haproxy_lines import ConfigLine
from cfglint.model.value import Unknown
from cfglint.source import Span
from cfglint.syntax.haproxy_keywords import ALL

Report = Callable[[Defect], None]


def check_whole_server(server: Server, config: HaproxyConfig, report: Report, *, by_tls: bool) -> None:
    """What a server needs once default-server has been applied; a name such as ``_http._tcp.x`` brings its port."""
    proxy = server.proxy
    if server.conditional or proxy.lines.all("disabled") or proxy.incomplete is not None:
        return
    options = server.options
    if "track" in options:
        _tracking(server, config, report)
    if by_tls or any(word in options and f"no-{word}" not in options for word in ("ssl", "check-ssl")):
        _verification(server, config, report)
    if "agent-check" in options and "agent-port" not in options:
        message = f"server {server.name!r} has 'agent-check' without 'agent-port'; HAProxy refuses it"
        report(_server_defect(server, "argument-missing", message, "agent-check", "add agent-port and a port"))
    if (
        server.check
        and not isinstance(server.port, Unknown)
        and not server.port
        and not {"port", "addr", "track"} & set(options)
    ):
        kind = server.endpoint.kind if server.endpoint is not None else "other"
        written = read_address(server.line.text(server.address_index), "server") if server.address_index else None
        if (
            kind not in {"ip", "name"}
            or server.endpoint is None
            or (written is not None and (written.host.startswith("_") or _port_above_zero(written.port)))
        ):
            return
        message = (
            f"server {server.name!r} is checked, but neither its address nor 'port' names a port; HAProxy refuses it"
        )
        defect = _server_defect(
            server, "argument-missing", message, "check", "write ADDRESS:PORT, or add port and a number"
        )
        # 2.4.0 overlooks the port that a check rule of the proxy names.
        report(replace(defect, fails=1, until="2.4.1") if _checks_name_port(server) else defect)


def _tracking(server: Server, config: HaproxyConfig, report: Report) -> None:
    """Report a server that tracks one whose state nobody finds out."""
    if server.check:
        message = f"server {server.name!r} has 'check' and 'track': its state is its own, or that of another server"
        report(_server_defect(server, "value", f"{message}; HAProxy refuses it", "track", "remove one of them"))
        return
    subject = f"server {server.name!r} tracks"
    seen = {id(server)}
    at: Server | None = server
    while at is not None and "track" in at.options:
        at = _tracked(at, config)
        if at is None or at.parameters.open is not None:
            return
        if id(at) in seen:
            message = f"{subject} servers that track each other: nobody finds out their state"
            report(
                _server_defect(server, "reference", f"{message}; HAProxy refuses it", "track", "track a checked one")
            )
            return
        seen.add(id(at))
    if at is not None and not {"check", "agent-check"} & set(at.options):
        message = (
            f"server {server.name!r} tracks {at.proxy.name}/{at.name}, which has neither 'check' nor 'agent-check'"
        )
        report(_server_defect(server, "reference", f"{message}; HAProxy refuses it", "track", "add 'check' there"))


def _tracked(server: Server, config: HaproxyConfig) -> Server | None:
    """The server that another one tracks; None where there is none, or a variable hides it."""
    place, slash, name = (server.options["track"] or ("",))[0].rpartition("/")
    if not slash:
        return _server_of(server.proxy, name)
    proxies = (proxy for proxy in config.proxies if proxy.name == place and proxy.serves)
    return next((found for proxy in proxies if (found := _server_of(proxy, name)) is not None), None)


def _server_of(proxy: Proxy, name: str) -> Server | None:
    return next((server for server in proxy.servers if name and server.makes(name)), None)


def _port_above_zero(port: str) -> bool:
    return bool(port) and (not port.isdigit() or int(port) > 0)


def _checks_name_port(server: Server) -> bool:
    """True when the proxy's own check rules say which port to connect to, or may do so."""
    return bool([*server.proxy.inherited("tcp-check connect"), *server.proxy.inherited("http-check connect")])


def _verification(server: Server, config: HaproxyConfig, report: Report) -> None:
    options = server.options
    verify = options.get("verify", ("required",))
    if (verify and verify[0] == "none") or "ca-file" in options:
        return
    lines = config.global_lines("ssl-server-verify")
    if any(line.text(1) in {"none", ""} for line in lines):
        return
    message = (
        f"server {server.name!r} is reached by TLS and to be verified, but no CA file is given; HAProxy refuses it"
    )
    report(_server_defect(server, "verify", message, "ssl", "add ca-file and the path of the CA's certificates"))


def _server_defect(server: Server, kind: str, message: str, word: str, help_text: str) -> Defect:
    subject = (server.proxy.kind, server.proxy.name, server.name)
    span = _word_span(server.line, word) or server.span
    return Defect(kind, span, subject, message, ALL, help=help_text)  # type: ignore[arg-type]


def _word_span(line: ConfigLine, word: str) -> Span | None:
    return line.span_of(list(line.values).index(word)) if word in line.values else None

"""From a node's HAProxy files to their model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from cfglint.model.haproxy import Bind, BindAddress, HaproxyConfig, Proxy, Server
from cfglint.model.haproxy_address import Endpoint, parse_endpoint
from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.haproxy_objects import Defaults, build_peers, build_resolvers, build_userlist
from cfglint.model.haproxy_options import Options
from cfglint.model.haproxy_reading import LineReader
from cfglint.model.haproxy_server import template_range
from cfglint.model.haproxy_variables import Environment
from cfglint.model.value import Setting, Unknown
from cfglint.model.version import Version
from cfglint.source import SourceFile, Span
from cfglint.syntax.collector import collector_off
from cfglint.syntax.haproxy import parse_haproxy

_NO_OPTIONS = Options()


def build_haproxy(
    sources: list[SourceFile], target: Version | None, variables: Mapping[str, str] | None = None
) -> HaproxyConfig:
    """Read HAProxy's files as the daemon does.

    Args:
        sources: the files in the daemon's order; at least one.
        target: the HAProxy version; None means every supported one.
        variables: environment variables known from elsewhere.
    """
    with collector_off():
        trees = [parse_haproxy(source) for source in sources]
        config = HaproxyConfig(sources, trees, sources[0].whole)
        reader = LineReader(config, target, Environment(variables))
        for tree in trees:
            config.problems += tree.problems
            reader.read(tree)
        _Builder(config).build()
    order = {source.path: number for number, source in enumerate(sources)}
    config.problems.sort(key=lambda problem: (order.get(problem.span.path, 0), problem.span.line, problem.span.column))
    return config


class _Builder:
    """Goes through the sections in order, since what a proxy inherits depends on what stands before it."""

    def __init__(self, config: HaproxyConfig) -> None:
        self.config = config
        self.named: dict[str, Defaults] = {}
        self.last: Defaults | None = None

    def build(self) -> None:
        config = self.config
        for section in config.sections:
            if section.kind == "defaults":
                self._defaults(section)
            elif section.kind in {"frontend", "backend", "listen"}:
                self._proxy(section)
            elif section.kind == "peers":
                config.peers.append(build_peers(section))
            elif section.kind == "resolvers":
                config.resolvers.append(build_resolvers(section))
            elif section.kind == "userlist":
                config.userlists.append(build_userlist(section))
            if section.conditional or section.incomplete is not None:
                config.incomplete = (
                    config.incomplete
                    or section.incomplete
                    or Unknown("an .if around a section cannot be decided from the files", section.header.span)
                )

    def _defaults(self, section: ConfigSection) -> None:
        name = section.name if isinstance(section.name, str) and section.name != "from" else ""
        base = self._base(section, name or "an anonymous defaults section")
        defaults = Defaults(name, section, base, section.setting("mode"), incomplete=section.incomplete)
        if base is not None:
            defaults.mode = defaults.mode or base.mode
            defaults.incomplete = defaults.incomplete or base.incomplete
            defaults.server_options = base.server_options
        for line in section.all("default-server"):
            defaults.server_options = _with_defaults(defaults.server_options, line)
        self.config.defaults.append(defaults)
        if name:
            self.named[name] = defaults
        self.last = defaults

    def _base(self, section: ConfigSection, user: str) -> Defaults | None:
        """The defaults that a header names with ``from``."""
        values = section.header.values
        if "from" not in values[1:]:
            return None
        base = self.named.get(section.header.text(values.index("from", 1) + 1))
        if base is not None:
            base.used_by.append(user)
        return base

    def _proxy(self, section: ConfigSection) -> None:
        header = section.header
        name = section.name if isinstance(section.name, str) else ""
        kind = cast("Literal['frontend', 'backend', 'listen']", section.kind)
        explicit = "from" in header.values[2:]
        defaults = self._base(section, name) if explicit else self.last
        proxy = Proxy(kind, name, header.span_of(1), section, self.config, defaults)
        inherited_mode = defaults.mode if defaults is not None else None
        proxy.mode = section.setting("mode") or inherited_mode or Setting("tcp", proxy.span, written=False)
        proxy.incomplete = section.incomplete or (defaults.incomplete if defaults is not None else None)
        if section.conditional and proxy.incomplete is None:
            proxy.incomplete = Unknown("an .if around it cannot be decided from the files", header.span)
        if proxy.receives:
            self._old_header(proxy)
        self._lines(proxy)
        self.config.proxies.append(proxy)

    def _old_header(self, proxy: Proxy) -> None:
        """``listen NAME ADDRESS:PORT``, which HAProxy refuses since 1.9 and old files still hold."""
        header = proxy.lines.header
        if len(header.values) > 2 and header.values[2] != "from":
            proxy.binds.append(_bind(header, 2, proxy))

    def _lines(self, proxy: Proxy) -> None:
        defaults = proxy.defaults.server_options if proxy.defaults is not None and proxy.serves else _NO_OPTIONS
        for line in proxy.lines.lines:
            keyword = line.values[0]
            if keyword == "server":
                if len(line.values) > 2:
                    proxy.servers.append(Server(line.text(1), line, proxy, defaults))
            elif keyword == "bind":
                if len(line.values) > 1:
                    proxy.binds.append(_bind(line, 1, proxy))
            elif keyword == "default-server":
                defaults = _with_defaults(defaults, line)
            elif keyword == "server-template" and len(line.values) > 3:
                proxy.servers.append(
                    Server(line.text(1), line, proxy, defaults, template_range(line.text(2)) or (0, 0))
                )


def _with_defaults(options: Options, line: ConfigLine) -> Options:
    options = options.extended(line.values, 1, "server")
    if line.conditional:
        options.open = Unknown("a default-server line may not count", line.span)
    return options


def _bind(line: ConfigLine, at: int, proxy: Proxy) -> Bind:
    options = _NO_OPTIONS.extended(line.values, at + 1, "bind")
    both = "v4v6" in options.values and "v6only" not in options.values
    address = line.values[at]
    if isinstance(address, Unknown):
        addresses = [BindAddress("ip", address, None, address, line.span_of(at))]
    else:
        addresses = []
        offset = 0
        for part in address.split(","):
            addresses.append(
                _bind_address(parse_endpoint(part), part, line.span_within(at, offset, offset + len(part)), both=both)
            )
            offset += len(part) + 1
    return Bind(addresses, options.values, line, proxy)


def _bind_address(endpoint: Endpoint, text: str, span: Span, *, both: bool) -> BindAddress:
    address = endpoint.address
    if endpoint.kind != "ip":
        return BindAddress(endpoint.kind, None, None, None, span, endpoint.datagram)
    if isinstance(address, str):
        return BindAddress(
            "ip", Unknown(f"{address} is a name", span), endpoint.family, endpoint.ports, span, endpoint.datagram
        )
    ports = Unknown(f"{text}: {endpoint.wrong}", span) if endpoint.wrong else endpoint.ports
    everywhere = address is None and endpoint.family == 6 and both
    return BindAddress("ip", address, endpoint.family, ports, span, endpoint.datagram, everywhere)

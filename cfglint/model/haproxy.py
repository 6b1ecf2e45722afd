"""What one node's HAProxy configuration means: proxies with what they inherit, binds and servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Literal

from cfglint.model.haproxy_address import Endpoint, parse_endpoint
from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.haproxy_objects import (
    Acl,
    BackendChoice,
    Defaults,
    Peers,
    Resolvers,
    StickTable,
    Userlist,
    build_acl,
    build_choice,
    stick_table,
)
from cfglint.model.haproxy_options import Options
from cfglint.model.value import Setting, Unknown
from cfglint.source import SourceFile, Span
from cfglint.syntax.problem import SyntaxProblem

if TYPE_CHECKING:
    from cfglint.model.node import Node
    from cfglint.syntax.haproxy import Directive, HaproxyTree, Section

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class BindAddress:
    """One address of a bind line.

    Attributes:
        kind: ``ip``, ``unix``, ``abns``, ``fd`` or ``other``.
        address: of kind ip: the address; None means every local address; Unknown for a name or an unset variable.
        family: 4 or 6 for kind ip; None where the line leaves it open.
        ports: first and last port; None for other kinds; Unknown for an unset variable.
        span: the address as written.
        datagram: True for UDP and QUIC: it shares no port with a TCP address.
        both_families: the IPv6 wildcard with ``v4v6``: IPv4 connections arrive too.
    """

    kind: Literal["ip", "unix", "abns", "fd", "other"]
    address: Address | Unknown | None
    family: Literal[4, 6] | None
    ports: tuple[int, int] | Unknown | None
    span: Span
    datagram: bool = False
    both_families: bool = False


@dataclass(eq=False)
class Bind:
    """One bind line, or the address in an old ``listen NAME ADDRESS:PORT`` header.

    Attributes:
        addresses: what it listens on.
        options: option name to its arguments, e.g. ``{"ssl": (), "crt": ("x.pem",)}``.
        line: the line as it counts.
        proxy: the proxy it belongs to.
    """

    addresses: list[BindAddress]
    options: dict[str, tuple[str, ...]]
    line: ConfigLine = field(repr=False)
    proxy: Proxy = field(repr=False)

    @property
    def conditional(self) -> bool:
        """True inside ``.if`` when it is not known whether the line counts."""
        return self.line.conditional

    @property
    def directive(self) -> Directive:
        """The line as written."""
        return self.line.directive

    @property
    def span(self) -> Span:
        """The whole bind line."""
        return self.line.span

    @property
    def transparent(self) -> bool:
        """True when it may bind an address that the host does not have (``transparent``)."""
        return "transparent" in self.options


@dataclass(eq=False)
class Server:
    """One ``server`` or ``server-template`` line, default-server applied.

    Its address and options are read when somebody asks for them.

    Attributes:
        name: as written; of a template its prefix.
        line: the line as it counts.
        proxy: the proxy it belongs to.
        defaults: what the default-server lines before it set.
        template: first and last number of a template, (0, 0) where they are unknown; None of a ``server`` line.
    """

    name: str
    line: ConfigLine = field(repr=False)
    proxy: Proxy = field(repr=False)
    defaults: Options = field(repr=False)
    template: tuple[int, int] | None = None

    @property
    def address_index(self) -> int:
        """Which word of the line (from 0) is the address."""
        return 2 if self.template is None else 3

    @cached_property
    def endpoint(self) -> Endpoint | None:
        """Its address as written; None when it holds an unknown variable."""
        text = self.line.values[self.address_index]
        return parse_endpoint(text) if isinstance(text, str) else None

    @cached_property
    def parameters(self) -> Options:
        """Its options with their places, default-server applied."""
        return self.defaults.extended(self.line.values, self.address_index + 1, "server")

    @property
    def conditional(self) -> bool:
        """True inside ``.if`` when it is not known whether the line counts."""
        return self.line.conditional

    @property
    def address(self) -> Address | str | Unknown:
        """Its address; a host name or a socket's path as text; Unknown for an unset variable."""
        if self.endpoint is None:
            value = self.line.values[self.address_index]
            return value if isinstance(value, Unknown) else Unknown("the address is missing", self.span)
        if self.endpoint.address is None:
            return IPv6Address(0) if self.endpoint.family == 6 else IPv4Address(0)
        return self.endpoint.address

    @property
    def port(self) -> int | Unknown | None:
        """None when the client's port is used (``Endpoint.offset`` may be added); Unknown for an unset variable."""
        if self.endpoint is None:
            return Unknown("the address is not known", self.span)
        return self.endpoint.ports[0] if self.endpoint.ports else None

    @property
    def options(self) -> dict[str, tuple[str, ...]]:
        """Option name to its arguments, default-server included."""
        return self.parameters.values

    @cached_property
    def weight(self) -> Setting[int]:
        """0 to 256 (default 1)."""
        return self.number("weight", 1)

    @property
    def backup(self) -> bool:
        """Used only when no other server is left."""
        return "backup" in self.parameters.values

    @property
    def disabled(self) -> bool:
        """Starts in maintenance."""
        return "disabled" in self.parameters.values

    @property
    def check(self) -> bool:
        """Health checks are on."""
        return "check" in self.parameters.values

    def number(self, option: str, default: int) -> Setting[int]:
        """The number that an option gives."""
        arguments = self.parameters.values.get(option)
        if arguments is None:
            return Setting(default, self.proxy.span, written=False)
        place = self.parameters.places.get(option)
        span = self.span if place is None else self.line.span_of(place, place + 1)
        if option in self.parameters.unknown:
            return Setting(self.parameters.unknown[option], span)
        text = arguments[0] if arguments else ""
        value = int(text) if text.isascii() and text.isdigit() else Unknown(f"{text!r} is no number", span)
        return Setting(value, span)

    @property
    def directive(self) -> Directive:
        """The line as written."""
        return self.line.directive

    @property
    def span(self) -> Span:
        """The whole server line."""
        return self.line.span


@dataclass(eq=False)
class Proxy:
    """A frontend, backend or listen section with everything inherited resolved.

    Attributes:
        kind: which of the three.
        name: as written; empty when it is missing or unknown.
        span: the name word of the header.
        section: its lines as they count.
        config: the configuration it stands in.
        defaults: what it inherits from, or None.
        mode: ``http``, ``tcp``, …; inherited or HAProxy's default ``tcp``.
        binds: its bind lines, in order.
        servers: its server and server-template lines, in order.
        incomplete: why lines may be missing (a ``.if`` that cannot be decided), or None.
    """

    kind: Literal["frontend", "backend", "listen"]
    name: str
    span: Span
    lines: ConfigSection = field(repr=False)
    config: HaproxyConfig = field(repr=False)
    defaults: Defaults | None = field(repr=False)
    mode: Setting[str] = field(init=False)
    binds: list[Bind] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)
    incomplete: Unknown | None = None

    @property
    def node(self) -> Node:
        """The host whose configuration this is."""
        return self.config.node

    @property
    def section(self) -> Section:
        """Its section as written."""
        section = self.lines.header.directive.section
        assert section is not None, "a header stands in its own section"  # noqa: S101
        return section

    @property
    def receives(self) -> bool:
        """True for a frontend or listen."""
        return self.kind != "backend"

    @property
    def serves(self) -> bool:
        """True for a backend or listen."""
        return self.kind != "frontend"

    @property
    def chain(self) -> list[ConfigSection]:
        """Its own section and those it inherits from, the farthest first."""
        return [*(self.defaults.chain if self.defaults is not None else ()), self.lines]

    def inherited(self, keyword: str) -> Iterator[ConfigLine]:
        """The lines that start with one or two words, in its defaults and then in itself."""
        for section in self.chain:
            yield from section.all(keyword)

    def setting(self, keyword: str) -> Setting[str] | None:
        """The value that a line of one or two words sets, e.g. ``timeout client``; None when nothing does."""
        index = keyword.count(" ") + 1
        found: Setting[str] | None = None
        for line in self.inherited(keyword):
            value = line.values[index] if index < len(line.values) else ""
            if line.conditional:
                value = Unknown("an .if that cannot be decided stands around it", line.span)
            found = Setting(value, line.span)
        return found

    def option(self, name: str) -> ConfigLine | None:
        """The line that switches an ``option`` on, or None when it is off or not given."""
        found: ConfigLine | None = None
        for section in self.chain:
            switches = [
                *section.all(f"option {name}"),
                *(
                    line
                    for prefix in ("no", "default")
                    for line in section.all(f"{prefix} option")
                    if line.text(2) == name
                ),
            ]
            for line in sorted(switches, key=lambda switch: switch.directive.line_number):
                found = line if line.keyword == "option" else None
        return found

    @cached_property
    def acls(self) -> list[Acl]:
        """Its ACLs in order, those of its defaults first."""
        return [build_acl(line) for line in self.inherited("acl")]

    @cached_property
    def backend_choices(self) -> list[BackendChoice]:
        """Its ``use_backend`` lines in order."""
        return [build_choice(line) for line in self.lines.all("use_backend")] if self.receives else []

    @cached_property
    def default_backend(self) -> BackendChoice | None:
        """Its default backend: the last line wins."""
        lines = list(self.inherited("default_backend")) if self.receives else []
        return build_choice(lines[-1]) if lines else None

    @cached_property
    def stick_tables(self) -> list[StickTable]:
        """Its ``stick-table`` lines."""
        return [stick_table(line) for line in self.lines.all("stick-table")]


@dataclass(eq=False)
class HaproxyConfig:
    """One node's HAProxy configuration: all its files, read in order.

    Attributes:
        sources: the files, in the daemon's order.
        trees: their trees.
        span: the first file as a whole.
        sections: every section with the lines that count, in order.
        proxies: every frontend, backend and listen, in order.
        defaults: every defaults section, in order.
        peers: every peers section.
        resolvers: every resolvers section.
        userlists: every userlist section.
        problems: what could not be read or is refused, for the syntax rules.
        incomplete: why parts are missing, or None.
        node: the host it belongs to; set when the node is put together.
    """

    sources: list[SourceFile]
    trees: list[HaproxyTree]
    span: Span
    sections: list[ConfigSection] = field(default_factory=list, repr=False)
    proxies: list[Proxy] = field(default_factory=list)
    defaults: list[Defaults] = field(default_factory=list, repr=False)
    peers: list[Peers] = field(default_factory=list, repr=False)
    resolvers: list[Resolvers] = field(default_factory=list, repr=False)
    userlists: list[Userlist] = field(default_factory=list, repr=False)
    problems: list[SyntaxProblem] = field(default_factory=list)
    incomplete: Unknown | None = None
    node: Node = field(init=False, repr=False)

    def sections_of(self, kind: str) -> Iterator[ConfigSection]:
        """The sections of one kind."""
        return (section for section in self.sections if section.kind == kind)

    def global_lines(self, keyword: str) -> list[ConfigLine]:
        """The lines of every ``global`` section that start with one or two words."""
        return [line for section in self.sections_of("global") for line in section.all(keyword)]

    @property
    def lines(self) -> Iterator[ConfigLine]:
        """Every line that counts, headers left out, in order."""
        return (line for section in self.sections for line in section.lines)

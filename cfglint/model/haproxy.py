"""What one node's HAProxy configuration means: proxies with what they inherit, binds and servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Literal

from cfglint.model.haproxy_bind import Bind, BindAddress
from cfglint.model.haproxy_certificates import AcmeProvider, CertificateStore
from cfglint.model.haproxy_filters import CaptureSlot, Filter, capture_slots, filters_of
from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.haproxy_log_profiles import LogProfile
from cfglint.model.haproxy_objects import (
    Acl,
    BackendChoice,
    Defaults,
    Peers,
    Reference,
    Resolvers,
    StickTable,
    Userlist,
    acls_of,
    build_choice,
    rules_of,
    stick_table,
)
from cfglint.model.haproxy_references import references_of
from cfglint.model.haproxy_server import Server
from cfglint.model.haproxy_services import Cache, FcgiApp, HttpErrors, Mailers, Program, Ring
from cfglint.model.value import Setting, Unknown
from cfglint.source import SourceFile, Span
from cfglint.syntax.haproxy_rules import RuleLine
from cfglint.syntax.problem import SyntaxProblem

if TYPE_CHECKING:
    from cfglint.model.node import Node
    from cfglint.syntax.haproxy import HaproxyTree, Section

Address = IPv4Address | IPv6Address

__all__ = ["Address", "Bind", "BindAddress", "HaproxyConfig", "Proxy", "Server"]


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
        return next((found for section in reversed(self.chain) if (found := section.setting(keyword))), None)

    @cached_property
    def disabled(self) -> bool:
        """It does nothing at all: a ``disabled`` line counts, its own or inherited, and no later ``enabled``."""
        for section in reversed(self.chain):
            lines = [line for word in ("disabled", "enabled") for line in section.all(word) if not line.conditional]
            if lines:
                return max(lines, key=lambda line: line.directive.line_number).keyword == "disabled"
        return False

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

    @property
    def acls(self) -> list[Acl]:
        """Its ACLs in order, those of its defaults first."""
        return [acl for section in self.chain for acl in acls_of(section)]

    @cached_property
    def backend_choices(self) -> list[BackendChoice]:
        """Its ``use_backend`` lines in order."""
        return [build_choice(line) for line in self.lines.all("use_backend")] if self.receives else []

    @cached_property
    def default_backend(self) -> BackendChoice | None:
        """Its default backend: the last line wins."""
        lines = list(self.inherited("default_backend")) if self.receives else []
        return build_choice(lines[-1]) if lines else None

    @property
    def rules(self) -> Iterator[tuple[RuleLine, ConfigLine]]:
        """Its rules (``http-request deny if …``) in order, those of its defaults first; those without unknown words."""
        return (rule for section in self.chain for rule in rules_of(section))

    @cached_property
    def stick_tables(self) -> list[StickTable]:
        """Its ``stick-table`` lines."""
        return [stick_table(line) for line in self.lines.all("stick-table")]

    @cached_property
    def filters(self) -> list[Filter]:
        """Its filters in order."""
        return filters_of(self.lines)

    @cached_property
    def capture_slots(self) -> list[CaptureSlot]:
        """Where requests and responses leave something for its logs, as HAProxy numbers the places."""
        return capture_slots(self.chain) if self.receives else []


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

    @cached_property
    def caches(self) -> list[Cache]:
        """Every cache section."""
        return [Cache(section) for section in self.sections_of("cache")]

    @cached_property
    def rings(self) -> list[Ring]:
        """Every ring section."""
        return [Ring(section) for section in self.sections_of("ring")]

    @cached_property
    def mailers(self) -> list[Mailers]:
        """Every mailers section."""
        return [Mailers(section) for section in self.sections_of("mailers")]

    @cached_property
    def http_errors(self) -> list[HttpErrors]:
        """Every http-errors section."""
        return [HttpErrors(section) for section in self.sections_of("http-errors")]

    @cached_property
    def fcgi_apps(self) -> list[FcgiApp]:
        """Every fcgi-app section."""
        return [FcgiApp(section) for section in self.sections_of("fcgi-app")]

    @cached_property
    def programs(self) -> list[Program]:
        """Every program section."""
        return [Program(section) for section in self.sections_of("program")]

    @cached_property
    def log_profiles(self) -> list[LogProfile]:
        """Every log-profile section."""
        return [LogProfile(section) for section in self.sections_of("log-profile")]

    @cached_property
    def certificate_stores(self) -> list[CertificateStore]:
        """Every crt-store section."""
        return [CertificateStore(section) for section in self.sections_of("crt-store")]

    @cached_property
    def acme_providers(self) -> list[AcmeProvider]:
        """Every acme section."""
        return [AcmeProvider(section) for section in self.sections_of("acme")]

    @cached_property
    def traces(self) -> list[ConfigLine]:
        """The ``trace`` lines of every traces section and of global, in order."""
        return [line for kind in ("global", "traces") for part in self.sections_of(kind) for line in part.all("trace")]

    @cached_property
    def references(self) -> list[Reference]:
        """Every place that names something else: a backend, an ACL, a table, a file."""
        return list(references_of(self.sections))

    @property
    def lines(self) -> Iterator[ConfigLine]:
        """Every line that counts, headers left out, in order."""
        return (line for section in self.sections for line in section.lines)

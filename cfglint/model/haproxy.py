"""What one node's HAProxy configuration means: proxies with what they inherit, binds and servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Literal

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
    """

    kind: Literal["ip", "unix", "abns", "fd", "other"]
    address: Address | Unknown | None
    family: Literal[4, 6] | None
    ports: tuple[int, int] | Unknown | None
    span: Span


@dataclass(eq=False)
class Bind:
    """One bind line.

    Attributes:
        addresses: what it listens on.
        options: option name to its arguments, e.g. ``{"ssl": (), "crt": ("x.pem",)}``.
        conditional: True inside ``.if`` when it is not known whether the line counts.
        directive: the line.
        proxy: the proxy it belongs to.
    """

    addresses: list[BindAddress]
    options: dict[str, tuple[str, ...]]
    conditional: bool
    directive: Directive = field(repr=False)
    proxy: Proxy = field(repr=False)

    @property
    def span(self) -> Span:
        """The whole bind line."""
        return self.directive.span

    @property
    def transparent(self) -> bool:
        """True when it may bind an address that the host does not have (``transparent``)."""
        return "transparent" in self.options


@dataclass(eq=False)
class Server:
    """One server line, default-server applied.

    Attributes:
        name: as written.
        address: its address; a host name as text; Unknown for an unset variable.
        port: None when the client's port is used; Unknown for an unset variable.
        weight: 0 to 256 (default 1).
        backup: used only when no other server is left.
        disabled: starts in maintenance.
        check: health checks are on.
        options: option name to its arguments, default-server included.
        conditional: True inside ``.if`` when it is not known whether the line counts.
        directive: the line.
        proxy: the proxy it belongs to.
    """

    name: str
    address: Address | str | Unknown
    port: int | Unknown | None
    weight: Setting[int]
    backup: bool
    disabled: bool
    check: bool
    options: dict[str, tuple[str, ...]]
    conditional: bool
    directive: Directive = field(repr=False)
    proxy: Proxy = field(repr=False)

    @property
    def span(self) -> Span:
        """The whole server line."""
        return self.directive.span


@dataclass(eq=False)
class Proxy:
    """A frontend, backend or listen section with everything inherited resolved.

    Attributes:
        kind: which of the three.
        name: as written.
        span: the name word of the header.
        section: its section.
        config: the configuration it stands in.
        mode: ``http``, ``tcp``, …; inherited or HAProxy's default ``tcp``.
        binds: its bind lines, in order.
        servers: its server lines, in order.
        incomplete: why lines may be missing (a ``.if`` that cannot be decided), or None.
    """

    kind: Literal["frontend", "backend", "listen"]
    name: str
    span: Span
    section: Section = field(repr=False)
    config: HaproxyConfig = field(repr=False)
    mode: Setting[str]
    binds: list[Bind] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)
    incomplete: Unknown | None = None

    @property
    def node(self) -> Node:
        """The host whose configuration this is."""
        return self.config.node


@dataclass(eq=False)
class HaproxyConfig:
    """One node's HAProxy configuration: all its files, read in order.

    Attributes:
        sources: the files, in the daemon's order.
        trees: their trees.
        span: the first file as a whole.
        proxies: every frontend, backend and listen, in order.
        problems: what could not be read or is refused, for the syntax rules.
        incomplete: why parts are missing, or None.
        node: the host it belongs to; set when the node is put together.
    """

    sources: list[SourceFile]
    trees: list[HaproxyTree]
    span: Span
    proxies: list[Proxy] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)
    incomplete: Unknown | None = None
    node: Node = field(init=False, repr=False)

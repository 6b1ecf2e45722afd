"""What HAProxy listens on: bind lines and their addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Literal

from cfglint.model.haproxy_lines import ConfigLine
from cfglint.model.value import Unknown
from cfglint.source import Span

if TYPE_CHECKING:
    from cfglint.model.haproxy import Proxy
    from cfglint.syntax.haproxy import Directive

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

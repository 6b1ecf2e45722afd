"""IPVS on one node: virtual servers, their real servers and checkers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import Address, NotifyScript
from cfglint.source import Span

if TYPE_CHECKING:
    from cfglint.model.keepalived import KeepalivedConfig
    from cfglint.model.node import Node
    from cfglint.syntax.keepalived import Block


@dataclass(frozen=True, slots=True)
class Checker:
    """One health checker of a real server, e.g. ``TCP_CHECK``.

    Attributes:
        kind: the keyword as written.
        connect_port: the port it tries, when it names one.
        span: the keyword.
        connect_address: the address it tries, when it names one.
        arguments: for MISC_CHECK the program and its arguments.
        paths: for HTTP_GET and SSL_GET the paths asked for.
        block: the block it was read from.
    """

    kind: str
    connect_port: int | None
    span: Span
    connect_address: Address | None = None
    arguments: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    block: Block | None = field(default=None, repr=False)


@dataclass(eq=False)
class RealServer:
    """One real_server of a virtual server.

    Attributes:
        address: its address, or why it is unknown.
        port: its port; 0 means the port of the request.
        weight: share of the load (default 1, or the virtual server's).
        method: how packets reach it: its own lvs_method or the virtual server's lb_kind.
        checkers: its health checkers.
        span: the address word.
        server: the virtual server it belongs to.
        block: the block it was read from.
        notify: its notify_up and notify_down scripts.
        inhibit_on_failure: a failing server gets weight 0 instead of being removed.
    """

    address: Address | Unknown
    port: int | Unknown
    weight: Setting[int]
    method: Setting[str]
    checkers: list[Checker]
    span: Span
    server: VirtualServer = field(repr=False)
    block: Block | None = field(default=None, repr=False)
    notify: list[NotifyScript] = field(default_factory=list)
    inhibit_on_failure: bool = False

    @property
    def node(self) -> Node:
        """The director whose configuration this is."""
        return self.server.node


@dataclass(eq=False)
class VirtualServer:
    """One virtual_server block.

    Attributes:
        kind: how the service is named: an address, a firewall mark, or a group.
        address: of an address service.
        port: of an address service; 0 means any port (persistent services).
        fwmark: of a firewall-mark service.
        group: of a group service, its name.
        protocol: ``TCP``, ``UDP`` or ``SCTP`` (default UDP for an address service, which the daemon remarks).
        scheduler: lb_algo, e.g. ``rr`` (default wlc).
        method: lb_kind: ``NAT`` (default), ``DR`` or ``TUN``.
        persistence_timeout: seconds; 0 when off.
        real_servers: in file order.
        sorry_server: the address used when no real server is left; None without.
        span: the first word after virtual_server.
        config: the configuration it stands in.
        block: the block it was read from.
        sorry_port: port of the sorry server; 0 for any.
        sorry_span: its address word, or None.
        quorum: weight of live servers that makes the service up (default 1).
        hysteresis: see keepalived.conf(5) (default 0).
        alpha: servers count as down until checked.
        omega: quorum_down and notify_down run at the end, too.
        notify: its quorum_up and quorum_down scripts.
        damaged: why lines meant for it are lost, or None.
    """

    kind: Literal["address", "fwmark", "group"]
    address: Address | Unknown | None
    port: int | Unknown
    fwmark: int | None
    group: str | None
    protocol: Setting[str]
    scheduler: Setting[str]
    method: Setting[str]
    persistence_timeout: Setting[int]
    real_servers: list[RealServer]
    sorry_server: Address | Unknown | None
    span: Span
    config: KeepalivedConfig = field(repr=False)
    block: Block | None = field(default=None, repr=False)
    sorry_port: int | Unknown = 0
    sorry_span: Span | None = None
    quorum: Setting[int] | None = None
    hysteresis: Setting[int] | None = None
    alpha: bool = False
    omega: bool = False
    notify: list[NotifyScript] = field(default_factory=list)
    damaged: Unknown | None = None

    @property
    def node(self) -> Node:
        """The director whose configuration this is."""
        return self.config.node

    @property
    def label(self) -> str:
        """How people name the service: ``10.0.0.1:80/TCP``, ``fwmark 123`` or ``group web``."""
        if self.kind == "fwmark":
            return f"fwmark {self.fwmark}"
        if self.kind == "group":
            return f"group {self.group}"
        if isinstance(self.address, Unknown) or self.address is None:
            return " ".join(word.text for word in self.block.words[1:3]) if self.block is not None else "?"
        address = str(self.address)
        if ":" in address:
            address = f"[{address}]"
        port = "?" if isinstance(self.port, Unknown) else self.port
        protocol = self.protocol.value if isinstance(self.protocol.value, str) else "?"
        return f"{address}:{port}/{protocol}"


@dataclass(eq=False)
class VirtualServerGroup:
    """A virtual_server_group block.

    Attributes:
        name: as written.
        endpoints: address (of a range, its first), port (0 for any) and place of each line.
        fwmarks: firewall marks with their places.
        span: the name word.
        config: the configuration it stands in.
    """

    name: str
    endpoints: list[tuple[Address | Unknown, int | Unknown, Span]]
    fwmarks: list[tuple[int, Span]]
    span: Span
    config: KeepalivedConfig = field(repr=False)

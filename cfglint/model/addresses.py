"""A host's interfaces, addresses and routes, as its interface files give them."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface

from cfglint.model.value import Unknown
from cfglint.source import Span
from cfglint.syntax.problem import SyntaxProblem
from cfglint.tree import NodeTree


@dataclass(frozen=True, slots=True)
class HostAddress:
    """One configured address.

    Attributes:
        interface: the device that carries it.
        address: with its prefix length.
        span: the text that gives it.
    """

    interface: str
    address: IPv4Interface | IPv6Interface
    span: Span


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """One default route.

    Attributes:
        gateway: the next hop.
        interface: the device, or None when the file leaves it to the kernel.
        span: the text that gives it.
    """

    gateway: IPv4Address | IPv6Address
    interface: str | None
    span: Span


@dataclass(eq=False)
class HostAddresses:
    """What the interface files of one node tell.

    Attributes:
        addresses: every static address.
        default_routes: every default route.
        interfaces: every interface that a file configures, with that file.
        incomplete: why more addresses than these may exist (DHCP, say); None when the files tell all.
        files: paths (as shown) of the files read; empty when the node has none: then nothing is known.
        problems: what does not read.
    """

    addresses: list[HostAddress] = field(default_factory=list)
    default_routes: list[DefaultRoute] = field(default_factory=list)
    interfaces: dict[str, Span] = field(default_factory=dict)
    incomplete: Unknown | None = None
    files: list[str] = field(default_factory=list)
    problems: list[SyntaxProblem] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """True when interface files were there and tell every address."""
        return bool(self.files) and self.incomplete is None


def read_host_addresses(tree: NodeTree) -> HostAddresses:
    """Read every interface and route file of a node."""
    del tree
    return HostAddresses()

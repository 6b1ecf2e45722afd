"""Addresses and routes as interface files and captures write them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_address, ip_interface

from cfglint.model.host_addresses import DefaultRoute, HostAddresses, StaticRoute
from cfglint.model.value import Unknown
from cfglint.source import Span
from cfglint.syntax.ip_command import RouteWords
from cfglint.syntax.problem import SyntaxProblem


def read_interface(text: str, default_prefix: int | None = None) -> IPv4Interface | IPv6Interface | None:
    """``A/PREFIX`` or ``A`` with a default prefix (a host's own without one); None when it is not an address."""
    try:
        if "/" not in text and default_prefix is not None:
            return ip_interface(f"{text}/{default_prefix}")
        return ip_interface(text)
    except ValueError:
        return None


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, a ``%device`` behind it left out; None when it is not one."""
    try:
        return ip_address(text.split("%", 1)[0])
    except ValueError:
        return None


def refuse(host: HostAddresses, what: str, text: str, span: Span, *, addresses: bool = True) -> None:
    """Note that a value is no address.

    Args:
        host: where it is noted.
        what: the setting, e.g. ``IPADDR1``.
        text: the value.
        span: its place.
        addresses: the value should have been one of the host's own addresses, so these are not all known.
    """
    message = f"{what} is not an address: {text!r}" if text else f"{what} is empty"
    host.problems.append(SyntaxProblem(span, "address-invalid", message, severity="warning"))
    if addresses:
        host.unreadable = host.unreadable or Unknown(f"{what} is not an address", span)


def add_route(route: RouteWords, device: str | None, span: Span, host: HostAddresses, *, on_link: bool = False) -> None:
    """Add one route that a file or a capture gives; those of other tables only say that there are some."""
    if route.kind != "unicast":
        return
    if route.table not in {"main", "254"}:
        host.policy_routing = host.policy_routing or span
    elif route.destination is not None:
        host.routes.append(StaticRoute(route.destination, route.gateway, device, span))
    elif route.gateway is not None:
        host.default_routes.append(DefaultRoute(route.gateway, device, span, on_link=on_link))

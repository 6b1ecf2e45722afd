"""Where HAProxy sends requests: server lines with what they inherit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from cfglint.model.haproxy_address import Endpoint, parse_endpoint
from cfglint.model.haproxy_lines import ConfigLine
from cfglint.model.haproxy_options import Options
from cfglint.model.value import Setting, Unknown
from cfglint.source import Span

if TYPE_CHECKING:
    from cfglint.model.haproxy import Proxy
    from cfglint.syntax.haproxy import Directive

Address = IPv4Address | IPv6Address

_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9})|(?![-0-9]))")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")
MAX_TEMPLATE = 1000
"""How many names of one template are ever listed."""


def template_range(text: str) -> tuple[int, int] | None:
    """The first and last number of a template's servers, from ``3`` (1 to 3) or ``2-5``; None when it is neither.

    Like HAProxy, what stands behind the numbers is ignored.
    """
    found = _RANGE.match(text)
    if found is None:
        return None
    first, last = (int(found[1]), int(found[2])) if found[2] else (1, int(found[1]))
    return (first, last) if first <= last else None


def template_makes(prefix: str, numbers: tuple[int, int], name: str) -> bool:
    """True when a template makes a server of this name.

    Args:
        prefix: the template's prefix.
        numbers: its first and last number.
        name: the server's name.
    """
    number = name[len(prefix) :]
    if not name.startswith(prefix) or not _NUMBER.fullmatch(number):
        return False
    return numbers[0] <= int(number) <= numbers[1]


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
    def names(self) -> Sequence[str]:
        """The names of its servers: its own, or those that a template makes (prefix and number).

        Of a template at most `MAX_TEMPLATE` names are listed; `makes` knows them all.
        """
        if self.template is None:
            return (self.name,)
        first, last = self.template
        return tuple(f"{self.name}{number}" for number in range(first, min(last, first + MAX_TEMPLATE - 1) + 1) if last)

    def makes(self, name: str) -> bool:
        """True when it is, or its template makes, a server of this name."""
        if self.template is None:
            return name == self.name
        return template_makes(self.name, self.template, name)

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

"""Sections that serve the proxies: caches, rings, mailers, error pages, FastCGI applications, programs.

Each is read from its lines when somebody asks; a value that a variable hides is `Unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cfglint.model.haproxy_address import Endpoint, parse_endpoint
from cfglint.model.haproxy_lines import ConfigLine, ConfigSection
from cfglint.model.haproxy_values import number_setting, size_setting, switch_setting, time_setting
from cfglint.model.haproxy_variables import Value
from cfglint.model.value import Setting, Unknown
from cfglint.source import Span

MEBIBYTE = 1 << 20


@dataclass(eq=False, frozen=True)
class NamedSection:
    """A section that others name.

    Attributes:
        section: its lines as they count.
    """

    section: ConfigSection

    @property
    def name(self) -> Value:
        """As written; empty without one, Unknown for an unknown variable."""
        return self.section.name

    @property
    def span(self) -> Span:
        """The name in its header, or the whole header without one."""
        header = self.section.header
        return header.span_of(1) if len(header.values) > 1 else header.span


@dataclass(eq=False, frozen=True)
class Cache(NamedSection):
    """A ``cache`` section."""

    @cached_property
    def total_size(self) -> Setting[int] | None:
        """``total-max-size`` in bytes; None without it, which HAProxy refuses."""
        found = number_setting(self.section, "total-max-size", None)
        if found is None or isinstance(found.value, Unknown):
            return found
        return found._replace(value=found.value * MEBIBYTE)

    @cached_property
    def object_size(self) -> Setting[int]:
        """``max-object-size`` in bytes; by default a 256th of the total size."""
        found = number_setting(self.section, "max-object-size", None)
        if found is not None:
            return found
        total = self.total_size
        unknown = Unknown("the total size of the cache is not known")
        value = total.value if total is not None else unknown
        value = value if isinstance(value, Unknown) else value // 256
        return Setting(value, self.section.header.span, written=False)

    @cached_property
    def age(self) -> Setting[int] | None:
        """``max-age`` in seconds (default 60)."""
        return number_setting(self.section, "max-age", 60)

    @cached_property
    def vary(self) -> Setting[bool]:
        """``process-vary``: answers that depend on a request's headers are kept (default off)."""
        return switch_setting(self.section, "process-vary", default=False)

    @cached_property
    def variants(self) -> Setting[int] | None:
        """``max-secondary-entries``: how many variants of one object (default 10)."""
        return number_setting(self.section, "max-secondary-entries", 10)


@dataclass(frozen=True, slots=True)
class Destination:
    """A line that sends something to an address: a ring's ``server``, a ``mailer``.

    Attributes:
        name: the word behind the keyword.
        address: the address as written; Unknown for an unknown variable.
        line: the line.
    """

    name: Value
    address: Value
    line: ConfigLine

    @property
    def endpoint(self) -> Endpoint | None:
        """The address, read; None when it is not known."""
        return parse_endpoint(self.address) if isinstance(self.address, str) else None


@dataclass(eq=False, frozen=True)
class Ring(NamedSection):
    """A ``ring`` section: a buffer of messages, perhaps sent on to servers."""

    @cached_property
    def size(self) -> Setting[int] | None:
        """Its size in bytes (default 16384)."""
        return size_setting(self.section, "size", 16384)

    @cached_property
    def message_length(self) -> Setting[int] | None:
        """``maxlen``: longer messages are cut (default 1024 bytes)."""
        return number_setting(self.section, "maxlen", 1024)

    @cached_property
    def format(self) -> Setting[str] | None:
        """``format`` of the messages, or None."""
        return self.section.setting("format")

    @cached_property
    def backing_file(self) -> Setting[str] | None:
        """The file that keeps its contents over a restart, or None."""
        return self.section.setting("backing-file")

    @cached_property
    def connect_timeout(self) -> Setting[int] | None:
        """``timeout connect`` in milliseconds, or None."""
        return time_setting(self.section, "timeout connect", None)

    @cached_property
    def server_timeout(self) -> Setting[int] | None:
        """``timeout server`` in milliseconds, or None."""
        return time_setting(self.section, "timeout server", None)

    @cached_property
    def servers(self) -> tuple[Destination, ...]:
        """Where its messages go."""
        return destinations(self.section, "server")


@dataclass(eq=False, frozen=True)
class Mailers(NamedSection):
    """A ``mailers`` section: the mail servers that alerts are handed to."""

    @cached_property
    def mailers(self) -> tuple[Destination, ...]:
        """The mail servers."""
        return destinations(self.section, "mailer")

    @cached_property
    def timeout(self) -> Setting[int] | None:
        """``timeout mail`` in milliseconds (default 10 seconds)."""
        return time_setting(self.section, "timeout mail", 10_000)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """An ``errorfile`` line of an http-errors section.

    Attributes:
        status: the status code, or Unknown.
        file: the page's file.
        line: the line.
    """

    status: int | Unknown
    file: Value
    line: ConfigLine


@dataclass(eq=False, frozen=True)
class HttpErrors(NamedSection):
    """An ``http-errors`` section."""

    @cached_property
    def pages(self) -> tuple[ErrorPage, ...]:
        """Its pages in order; of several for one status the last counts."""
        lines = [line for line in self.section.all("errorfile") if len(line.values) > 2]
        return tuple(ErrorPage(_status(line), line.values[2], line) for line in lines)


@dataclass(eq=False, frozen=True)
class FcgiApp(NamedSection):
    """An ``fcgi-app`` section: how HAProxy speaks to FastCGI servers."""

    @cached_property
    def root(self) -> Setting[str] | None:
        """``docroot``: where the scripts lie on the servers; None without it, which HAProxy refuses."""
        return self.section.setting("docroot")

    @cached_property
    def index(self) -> Setting[str] | None:
        """``index``: the script for a path that ends with a slash, or None."""
        return self.section.setting("index")

    @cached_property
    def path_info(self) -> Setting[str] | None:
        """The regular expression that parts script and path, or None."""
        return self.section.setting("path-info")

    @cached_property
    def parameters(self) -> dict[str, ConfigLine]:
        """The names of ``set-param`` and the last line of each."""
        return {line.text(1): line for line in self.section.all("set-param") if line.text(1)}

    @cached_property
    def headers(self) -> dict[str, ConfigLine]:
        """The names of ``pass-header`` and the last line of each."""
        return {line.text(1): line for line in self.section.all("pass-header") if line.text(1)}


@dataclass(eq=False, frozen=True)
class Program(NamedSection):
    """A ``program`` section: an external program that the master process runs (until 3.2)."""

    @property
    def command(self) -> tuple[Value, ...]:
        """The command and its arguments; never run."""
        lines = self.section.all("command")
        return tuple(lines[-1].values[1:]) if lines else ()

    @property
    def user(self) -> Setting[str] | None:
        """The user that it runs as, or None: HAProxy's own."""
        return self.section.setting("user")

    @property
    def group(self) -> Setting[str] | None:
        """The group that it runs as, or None: HAProxy's own."""
        return self.section.setting("group")

    @cached_property
    def restarts(self) -> bool:
        """It is started anew on a reload (default)."""
        switched = [
            line
            for keyword in ("option", "no")
            for line in self.section.all(keyword)
            if "start-on-reload" in {line.text(1), line.text(2)}
        ]
        return not switched or max(switched, key=lambda line: line.directive.line_number).keyword != "no"


def destinations(section: ConfigSection, keyword: str) -> tuple[Destination, ...]:
    """The lines ``KEYWORD NAME ADDRESS …`` of a section."""
    return tuple(
        Destination(line.values[1], line.values[2], line) for line in section.all(keyword) if len(line.values) > 2
    )


def _status(line: ConfigLine) -> int | Unknown:
    text = line.text(1)
    if text.isascii() and text.isdigit() and len(text) == 3:
        return int(text)
    return Unknown(f"{text!r} is no status code" if text else "a variable hides it", line.span_of(1))

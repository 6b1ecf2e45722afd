"""Daemon versions: which are known, and what a target means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

HAPROXY_VERSIONS = ("2.4", "2.6", "2.8", "3.0", "3.2", "3.4", "3.5")
"""Supported HAProxy branches; the last one is the newest development branch."""

HAPROXY_LTS = "3.4"
"""The newest long-term branch of HAProxy."""

KEEPALIVED_VERSIONS = ("2.0.20", "2.2.7", "2.2.8", "2.3.3", "2.3.4", "2.4.3")
"""Keepalived releases whose behaviour was observed."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A daemon's version, comparable part by part."""

    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2.2.7`` or ``3.5-dev5``.

        Raises:
            ValueError: it is not a dotted number.
        """
        return cls(tuple(int(part) for part in text.split("-", maxsplit=1)[0].split(".")))

    def __str__(self) -> str:
        return ".".join(str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Target:
    """The daemon versions a node is checked for; None means every supported one."""

    haproxy: Version | None = None
    keepalived: Version | None = None


def newest_release(known: tuple[str, ...], asked: Version) -> Version:
    """The newest known release of a branch: ``2.2`` means 2.2.8; a full version or an unknown branch stays as it is."""
    branch = [Version.parse(text) for text in known]
    fitting = [version for version in branch if version.parts[: len(asked.parts)] == asked.parts]
    return max(fitting, default=asked)

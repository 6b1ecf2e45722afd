"""Values as configuration gives them: known with the place that wrote them, unknown with the reason, or secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeGuard, TypeVar

from cfglint.source import Span

T = TypeVar("T")

MASK = "••••"
"""What stands in every output where a secret would."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the given files cannot tell; it is carried along and never compared as if it were known.

    Attributes:
        why: the reason in a few words, e.g. ``${VIP} is set nowhere in the given files``.
        span: the text that leaves it open, if there is one.
    """

    why: str
    span: Span | None = None


def is_known(value: T | Unknown) -> TypeGuard[T]:
    """True when a value is not `Unknown`."""
    return not isinstance(value, Unknown)


class Setting(NamedTuple, Generic[T]):
    """One effective value and the text it came from.

    Attributes:
        value: the value the daemon uses.
        span: the words that set it; where nothing does, the header of the object it belongs to.
        written: False when it is the daemon's default.
    """

    value: T | Unknown
    span: Span
    written: bool = True

    @property
    def known(self) -> bool:
        """True when the files tell the value."""
        return not isinstance(self.value, Unknown)


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or key: comparable, but printed only as a mask.

    Attributes:
        value: the text as the daemon uses it (for auth_pass: its first 8 bytes).
    """

    value: str = field(repr=False)

    def __str__(self) -> str:
        return MASK

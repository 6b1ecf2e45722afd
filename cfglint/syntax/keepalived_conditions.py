"""``@id`` lines of keepalived.conf, as the expansion found them."""

from __future__ import annotations

from dataclasses import dataclass

from cfglint.source import Span
from cfglint.syntax.keepalived_text import Text


@dataclass(frozen=True, slots=True)
class Condition:
    """One ``@id`` or ``@^id`` line.

    Attributes:
        config_id: the id it names.
        negated: it holds on every other node (``@^id``).
        span: the ``@id`` word.
        keyword: the first word of what it decides about; empty without one.
        opens: that line ends with a ``{``.
    """

    config_id: str
    negated: bool
    span: Span
    keyword: str = ""
    opens: bool = False


@dataclass(frozen=True, slots=True)
class DroppedHeader:
    """The line of an ``@id`` that does not hold, where it would open a block.

    Attributes:
        condition: the id it names.
        text: the line without the ``@id``.
    """

    condition: Condition
    text: Text

"""The rule ``vrrp/auth-pass-too-long``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, name_of, owner, statements
from cfglint.engine import Edit, Finding, Fix, rule
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import MASK
from cfglint.source import Span
from cfglint.syntax.keepalived import Word

USED_BYTES = 8
"""RFC 2338 §5.3.6.1: the simple text password of VRRPv2 has eight bytes."""


def _fix(word: Word) -> Fix | None:
    """Cut the rest; only where every character is one byte and the text stands as the daemon reads it."""
    width = word.span.end_column - word.span.column
    if not word.text.isascii() or width != len(word.text) + 2 * word.quoted:
        return None
    first = word.span.column + word.quoted + USED_BYTES
    rest = Span(word.span.path, word.span.line, first, word.span.line, word.span.end_column - word.quoted)
    return Fix("Keep the first 8 characters, which are all that is used", (Edit(rest, ""),), safe=True)


@rule(
    severity="warning",
    sources=[
        "keepalived -t 2.0.20 to 2.4.3: `Truncating auth_pass to 8 characters`",
        "elections observed: passwords equal in their first 8 bytes elect normally",
    ],
)
def auth_pass_too_long(config: KeepalivedConfig) -> Iterator[Finding]:
    """An `auth_pass` has more than 8 bytes; the rest is not used.

    Why it hurts: the password is weaker than it looks, two different ones may count as equal, and the daemon's own
    check (`keepalived -t`) fails, so that a deployment that runs it stops.

    When it stays silent: for up to 8 bytes after `#` or `!` has cut the value as the daemon does.

    What to do: write only the first 8 bytes, on every node; nothing changes on the wire.
    """
    for statement in statements(config, "vrrp_instance", "authentication", "auth_pass"):
        if len(statement.words) < 2:
            continue
        word = statement.words[1]
        if len(word.text.encode("utf-8", "surrogateescape")) <= USED_BYTES:
            continue
        block = owner(statement)
        instance = name_of(block) if block is not None else ""
        yield Finding(
            at=word.span,
            subject=(config.node.name, instance, "authentication", "auth_pass", "length"),
            message=(
                f"the auth_pass of {instance} on {config.node.name} is longer than the first {USED_BYTES} bytes, "
                f"which are all that is used: a password that differs only behind them counts as equal"
            ),
            label=f"{MASK} is cut after {USED_BYTES} bytes",
            help=f"write only the first {USED_BYTES} bytes, on every node: what is sent stays the same",
            nodes=(config.node.name,),
            fails_check=fails_check(config.node),
            fix=_fix(word),
        )

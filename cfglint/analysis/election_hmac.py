"""The keys of auth_hmac, which keepalived has from 2.4.0 on."""

from __future__ import annotations

from dataclasses import dataclass, field

from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Block, Statement


@dataclass(frozen=True, slots=True)
class Signing:
    """What an instance signs and checks adverts with.

    Attributes:
        active: its key's id and value as one comparable text, or why it is not known.
        keys: every key it accepts, in the same form.
        mode: ``enforce``, ``permissive`` or ``receive-only``.
    """

    active: str | Unknown = field(repr=False)
    keys: frozenset[str] = field(repr=False)
    mode: str


def read_signing(instance: VrrpInstance) -> Signing:
    """The keys and the mode of an instance whose authentication is HMAC."""
    blocks = [line for line in instance.block.children if line.keyword == "auth_hmac"] if instance.block else []
    lines = [line for block in blocks if isinstance(block, Block) for line in block.children]
    keys = {line.words[1].text: _value(line) for line in lines if line.keyword == "key" and len(line.words) > 2}
    active = _last(lines, "active_key") or next(iter(keys), "")
    mode = _last(lines, "mode") or "enforce"
    known = frozenset(f"{number} {value}" for number, value in keys.items() if isinstance(value, str))
    value = keys.get(active, Unknown("its active key is not among its keys"))
    return Signing(f"{active} {value}" if isinstance(value, str) else value, known, mode)


def _last(lines: list[Statement], keyword: str) -> str:
    """The word after the last line of a keyword; empty without one."""
    return next((line.words[1].text for line in reversed(lines) if line.keyword == keyword and len(line.words) > 1), "")


def _value(line: Statement) -> str | Unknown:
    text = line.words[2].text
    if text.startswith("file:"):
        return Unknown("its key is in a file", line.words[2].span)
    return text.lower() if text.startswith("hex:") else text

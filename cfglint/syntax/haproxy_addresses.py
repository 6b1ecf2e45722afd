"""Addresses as HAProxy writes them, cut into their parts: ``ipv4@``, ``unix@``, ``*:80``, ``:::80``, ``[::1]:80``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_phrases import read


@dataclass(frozen=True, slots=True)
class WrittenAddress:
    """One address.

    Attributes:
        prefix: what stands before ``@``, e.g. ``unix``; empty without one.
        path: a socket's path; empty when it is no path.
        host: with its brackets; empty for ``:80``.
        sign: ``+`` or ``-`` of a port offset, or empty.
        ports: the port, or first and last of a range, as written; empty without one.
    """

    prefix: str
    path: str
    host: str
    sign: str
    ports: tuple[str, ...]


@lru_cache(maxsize=4096)
def parse_address(text: str) -> WrittenAddress:
    """Cut an address into its parts.

    Raises:
        PhraseError: it does not read: a port that is no number, say.
    """
    tokens = read(_parser(), text, "the address", list[Token])
    parts = {token.type: str(token) for token in tokens if token.type != "NUMBER"}
    return WrittenAddress(
        parts.get("PREFIX", "").removesuffix("@"),
        parts.get("PATH", ""),
        parts.get("HOST", ""),
        parts.get("SIGN", ""),
        tuple(str(token) for token in tokens if token.type == "NUMBER"),
    )


class _Builder(Transformer[Token, object]):
    def port(self, children: list[Token]) -> list[Token]:
        return children

    def start(self, children: list[Token | list[Token]]) -> list[Token]:
        return [token for child in children for token in (child if isinstance(child, list) else [child])]


@cache
def _parser() -> Lark:
    return load_grammar("haproxy_address", _Builder())

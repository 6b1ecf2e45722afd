"""Addresses as HAProxy writes them, cut into their parts: ``ipv4@``, ``unix@``, ``*:80``, ``:::80``, ``[::1]:80``."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal, NamedTuple, cast

from lark import Lark, Token, Transformer

from cfglint.syntax.grammars import load_grammar
from cfglint.syntax.haproxy_phrases import shape_of

HostForm = Literal["", "any", "dotted", "colons", "name", "odd"]

_FORMS: dict[str, HostForm] = {
    "ANY": "any",
    "BRACKETED": "colons",
    "BRACKETED_DOTTED": "dotted",
    "DOTTED": "dotted",
    "COLONS": "colons",
    "NAME": "name",
    "ODD_HOST": "odd",
}


class WrittenAddress(NamedTuple):
    """One address.

    Attributes:
        prefix: e.g. ``unix@``, ``stream+ipv4@`` or ``stream+``; empty without one.
        path: a socket's path; empty when it is no path.
        host: with its brackets; empty for ``:80``.
        form: how the host is written: ``any`` (``*``), ``dotted`` (digits and dots), ``colons`` (an IPv6 address,
            perhaps), ``name``, or ``odd`` (nothing of these); empty without a host.
        port: everything behind the last colon; None without that colon.
        sign: ``+`` or ``-`` of a port offset, or empty.
        first: the port, or the first of a range, in digits; empty without one.
        last: what a ``-`` behind it leads to, in digits; empty behind nothing but a ``-``; None without one.
        odd: what stands behind (or instead of) the port and belongs to none.
    """

    prefix: str
    path: str
    host: str
    form: HostForm
    port: str | None
    sign: str
    first: str
    last: str | None
    odd: str

    @property
    def bare(self) -> str:
        """The host without brackets."""
        return self.host[1:-1] if self.host[:1] == "[" and self.form in {"dotted", "colons"} else self.host


def parse_address(text: str) -> WrittenAddress:
    """Cut an address into its parts; every text reads."""
    prefix, path, host, form, colon, port, sign, first, last, odd = _places(shape_of(text))
    return WrittenAddress(
        text[:prefix],
        text[path:],
        text[prefix:host],
        form,
        text[port:] if colon else None,
        text[port:sign],
        text[sign:first],
        None if last is None else text[first + 1 : last],
        text[odd:],
    )


class _Places(NamedTuple):
    """Where the parts end: offsets into the text; `path`, `port` and `odd` are where theirs start."""

    prefix: int
    path: int
    host: int
    form: HostForm
    colon: bool
    port: int
    sign: int
    first: int
    last: int | None
    odd: int


@lru_cache(maxsize=4096)
def _places(shape: str) -> _Places:
    """Cut a shape: the grammar does not tell one letter or digit from another."""
    tokens = {token.type: token for token in cast("list[Token]", _parser().parse(shape))}
    size = len(shape)

    def end(name: str, otherwise: int) -> int:
        return tokens[name].end_pos or 0 if name in tokens else otherwise

    prefix = end("PREFIX", 0)
    if "PATH" in tokens:
        return _Places(prefix, prefix, prefix, "", colon=False, port=size, sign=size, first=size, last=None, odd=size)
    written = next((name for name in _FORMS if name in tokens), "")
    host = end(written, prefix)
    port = end("COLON", size)
    sign = end("SIGN", port)
    first = end("FIRST", sign)
    last = end("LAST", end("DASH", 0)) if "DASH" in tokens else None
    form = _FORMS.get(written, "")
    return _Places(
        prefix, size, host, form, "COLON" in tokens, port, sign, first, last, first if last is None else last
    )


class _Builder(Transformer[Token, object]):
    def port(self, children: list[Token]) -> list[Token]:
        return children

    def start(self, children: list[Token | list[Token]]) -> list[Token]:
        return [token for child in children for token in (child if isinstance(child, list) else [child])]


@cache
def _parser() -> Lark:
    return load_grammar("haproxy_address", _Builder())

"""virtual_server blocks of keepalived.conf and what belongs to them."""

from __future__ import annotations

from cfglint.model.build_keepalived_values import (
    Body,
    notify_script,
    read_integer,
    read_leading_integer,
    read_peer_address,
    script_words,
    unknown_word,
    unread_word,
)
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.lvs import Checker, RealServer, VirtualServer, VirtualServerGroup
from cfglint.model.value import Setting, Unknown
from cfglint.model.vrrp import Address
from cfglint.source import Span
from cfglint.syntax.keepalived import Block, KeepalivedTree, Statement, Word

_CHECKERS = frozenset(
    {"TCP_CHECK", "HTTP_GET", "SSL_GET", "SMTP_CHECK", "DNS_CHECK", "MISC_CHECK", "BFD_CHECK", "UDP_CHECK",
     "PING_CHECK", "FILE_CHECK"}
)  # fmt: skip
_SCHEDULERS = frozenset({"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf", "mh", "twos"})
_METHODS = ("NAT", "DR", "TUN")
_DEFAULT_PERSISTENCE = 360
_MAX_TIMEOUT = 31 * 24 * 3600


def build_virtual_server(block: Block, config: KeepalivedConfig) -> VirtualServer | None:
    """Read one virtual_server block; None when the daemon skips it (an address or mark it cannot read)."""
    if len(block.words) < 2:
        return None
    body = Body(block, config.tree)
    first = block.words[1]
    kind = first.text if first.text in {"fwmark", "group"} else "address"
    second = block.words[2] if len(block.words) > 2 else None
    address: Address | Unknown | None = None
    port: int | Unknown = 0
    fwmark: int | None = None
    if kind == "fwmark":
        fwmark = read_integer(0, 2**32 - 1)(second.text) if second is not None else None
        if fwmark is None:
            return None
    elif kind == "address":
        place = _endpoint(block, first, second)
        if place is None:
            return None
        address, port = place
    elif second is None:
        return None
    persistence = _persistence(body)
    server = VirtualServer(
        kind=kind,  # type: ignore[arg-type]  # one of the three
        address=address,
        port=port,
        fwmark=fwmark,
        group=second.text if kind == "group" and second is not None else None,
        protocol=_protocol(body),
        scheduler=_choice(body, ("lb_algo", "lvs_sched"), _SCHEDULERS, "wlc"),
        method=_choice(body, ("lb_kind", "lvs_method"), frozenset(_METHODS), "NAT"),
        persistence_timeout=persistence,
        real_servers=[],
        sorry_server=None,
        span=first.span,
        config=config,
        block=block,
        quorum=body.setting("quorum", read_leading_integer(1, 2**32 - 1), 1),
        hysteresis=body.setting("hysteresis", read_leading_integer(0, 2**32 - 1), 0),
        alpha=body.is_set("alpha"),
        omega=body.is_set("omega"),
        damaged=Unknown(block.damaged, first.span) if block.damaged else None,
        notify=[notify_script(line) for keyword in ("quorum_up", "quorum_down") for line in body.every(keyword)],
    )
    _read_sorry_server(server, body)
    weight = body.setting("weight", read_leading_integer(0, 65535), 1)
    for child in body.every("real_server"):
        if isinstance(child, Block) and (real := _real_server(child, server, weight, config.tree)) is not None:
            server.real_servers.append(real)
    return server


def _endpoint(statement: Statement, first: Word, second: Word | None) -> tuple[Address | Unknown, int | Unknown] | None:
    """Address and port of a service or server; None when the daemon refuses them."""
    address: Address | Unknown | None = read_peer_address(first.text)
    unknown = unknown_word(statement, first) if address is not None else unread_word(statement, first)
    address = unknown if unknown is not None else address
    if address is None:
        return None
    if second is None or not second.text.strip("0"):
        return address, 0
    port: int | Unknown | None = read_integer(1, 65535)(second.text)
    unknown = unknown_word(statement, second) if port is not None else unread_word(statement, second)
    port = unknown if unknown is not None else port
    return None if port is None else (address, port)


def _persistence(body: Body) -> Setting[int]:
    """Seconds: 0 when off, 360 when the keyword stands alone."""
    statement = body.last("persistence_timeout")
    if statement is not None and len(statement.words) == 1:
        return Setting(_DEFAULT_PERSISTENCE, statement.words[0].span)
    return body.setting("persistence_timeout", read_integer(1, _MAX_TIMEOUT), 0)


def _protocol(body: Body) -> Setting[str]:
    def read(text: str) -> str | None:
        return text.upper() if text.upper() in {"TCP", "UDP", "SCTP"} else None

    return body.setting("protocol", read, "UDP")


def _choice(body: Body, keywords: tuple[str, ...], allowed: frozenset[str], default: str) -> Setting[str]:
    """The last word accepted by any of the keywords that mean the same."""
    found: Setting[str] | None = None
    for keyword in keywords:
        setting = body.setting(keyword, lambda text: text if text in allowed else None, default)
        if found is None or setting.written:
            found = setting
    return found or Setting(default, body.header, written=False)


def _read_sorry_server(server: VirtualServer, body: Body) -> None:
    for line in body.every("sorry_server"):
        if len(line.words) > 1:
            place = _endpoint(line, line.words[1], line.words[2] if len(line.words) > 2 else None)
            if place is not None:
                server.sorry_server, server.sorry_port = place
                server.sorry_span = line.words[1].span


def _real_server(block: Block, server: VirtualServer, weight: Setting[int], tree: KeepalivedTree) -> RealServer | None:
    if len(block.words) < 2:
        return None
    place = _endpoint(block, block.words[1], block.words[2] if len(block.words) > 2 else None)
    if place is None:
        return None
    body = Body(block, tree)
    own = body.setting("weight", read_leading_integer(0, 65535), 1)
    method = _choice(body, ("lvs_method",), frozenset(_METHODS), "NAT")
    return RealServer(
        address=place[0],
        port=place[1],
        weight=own if own.written else weight._replace(written=False),
        method=method if method.written else server.method._replace(written=False),
        checkers=[
            _checker(child, tree) for child in block.children if child.keyword in _CHECKERS and isinstance(child, Block)
        ],
        span=block.words[1].span,
        server=server,
        block=block,
        notify=[notify_script(line) for keyword in ("notify_up", "notify_down") for line in body.every(keyword)],
        inhibit_on_failure=body.is_set("inhibit_on_failure"),
    )


def _checker(block: Block, tree: KeepalivedTree) -> Checker:
    body = Body(block, tree)
    port = body.setting("connect_port", read_integer(1, 65535), None)
    address = body.setting("connect_ip", read_peer_address, None)
    script = body.last("misc_path")
    urls = tuple(
        line.words[1].text
        for url in body.every("url")
        if isinstance(url, Block)
        for line in url.children
        if line.keyword == "path" and len(line.words) > 1
    )
    return Checker(
        kind=block.keyword,
        connect_port=port.value if isinstance(port.value, int) else None,
        span=block.words[0].span,
        connect_address=None if isinstance(address.value, Unknown) else address.value,
        arguments=tuple(script_words(script)) if script is not None else (),
        paths=urls,
        block=block,
    )


def build_server_group(block: Block, config: KeepalivedConfig) -> VirtualServerGroup:
    """Read one virtual_server_group block."""
    endpoints: list[tuple[Address | Unknown, int | Unknown, Span]] = []
    fwmarks: list[tuple[int, Span]] = []
    for line in block.children:
        first = line.words[0]
        second = line.words[1] if len(line.words) > 1 else None
        if first.text == "fwmark":
            mark = read_integer(0, 2**32 - 1)(second.text) if second is not None else None
            if mark is not None:
                fwmarks.append((mark, first.span))
        elif (place := _endpoint(line, first, second)) is not None:
            endpoints.append((*place, first.span))
    name = block.words[min(1, len(block.words) - 1)]
    return VirtualServerGroup(name.text, endpoints, fwmarks, name.span, config)

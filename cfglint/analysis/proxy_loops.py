"""Requests that HAProxy sends to itself and that come back to the same server line: loops among a node's proxies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from cfglint.model.haproxy import Bind, BindAddress, HaproxyConfig, Proxy, Server
from cfglint.model.host_addresses import Address
from cfglint.model.value import Unknown
from cfglint.source import Span

_PLAIN_IPV4 = re.compile(r"((?:[1-9][0-9]{0,2}\.)(?:(?:0|[1-9][0-9]{0,2})\.){2}(?:0|[1-9][0-9]{0,2})):[0-9]+")

TELLS_OWN_REQUESTS = re.compile(r"src|dst|ssl_fc|is_ssl|nbsrv|srv_|forwarded|hdr_cnt|\bvia\b|srv_id|fc_|so_|be_|fe_")
"""Criteria by which a frontend may treat a request that HAProxy itself sends otherwise than a client's."""

ENDS = frozenset({"redirect", "return", "deny", "reject", "tarpit", "silent-drop", "use-service", "auth"})
"""Actions after which a request goes to no server."""

UNCHANGED = frozenset({"allow", "deny", "reject", "tarpit", "capture", "set-log-level", "wait-for-body"})
"""Actions that leave a request as it is."""

PROXY_PROTOCOL = ("send-proxy", "send-proxy-v2", "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn")


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A server line that sends requests back to where they came from.

    Attributes:
        server: the line.
        address: its address, which is the node's own.
        bind: the bind line that it reaches.
        listener: the address on it.
        through_vip: its address is a VIP.
        others: the other server lines of the same circle.
    """

    server: Server
    address: Address
    bind: Bind
    listener: BindAddress
    through_vip: bool
    others: tuple[Span, ...] = ()


Listener = tuple[Bind, BindAddress]


@lru_cache(maxsize=256)
def node_loops(config: HaproxyConfig) -> tuple[Loop, ...]:
    """The server lines of a node through which a request comes back to the same backend for ever, one a circle.

    Only what is sure to come back counts: through default_backend and unconditional use_backend, past no rule that may
    tell HAProxy's own requests from a client's, with TLS and the PROXY protocol as the listener expects them.
    """
    if config.incomplete is not None:
        return ()
    node = config.node
    instances = node.keepalived.instances if node.keepalived is not None else []
    vips = frozenset(address for instance in instances for address in instance.all_addresses)
    own = frozenset(entry.address.ip for entry in node.addresses.addresses) - vips
    listeners = _listeners(config)
    found = [
        (proxy, loop)
        for proxy in config.proxies
        if proxy.serves and not proxy.disabled and proxy.incomplete is None
        for loop in _to_itself(proxy, own, vips, listeners)
    ]
    if not found:
        return ()
    routes = _routes(config, {loop.bind.proxy for _, loop in found})
    sure = [(proxy, loop, routes[loop.bind.proxy]) for proxy, loop in found if loop.bind.proxy in routes]
    graph: dict[Proxy, list[Proxy]] = defaultdict(list)
    for proxy, _, following in sure:
        graph[proxy].append(following)
    component = _components(graph)
    circles: dict[int, list[Loop]] = defaultdict(list)
    for proxy, loop, following in sure:
        if component[proxy] == component[following]:
            circles[component[proxy]].append(loop)
    return tuple(replace(first, others=tuple(loop.server.span for loop in rest)) for first, *rest in circles.values())


def _listeners(config: HaproxyConfig) -> dict[tuple[Address | None, int], Listener]:
    found: dict[tuple[Address | None, int], Listener] = {}
    for proxy in config.proxies:
        for bind in proxy.binds if proxy.receives and not proxy.disabled else ():
            if bind.conditional or "namespace" in bind.options or "transparent" in bind.options:
                continue
            for written in bind.addresses:
                if written.kind != "ip" or written.datagram or not isinstance(written.ports, tuple):
                    continue
                if not isinstance(written.address, Unknown) and written.ports[0] == written.ports[1]:
                    found.setdefault((written.address, written.ports[0]), (bind, written))
    return found


def _to_itself(
    proxy: Proxy,
    own: frozenset[Address],
    vips: frozenset[Address],
    listeners: dict[tuple[Address | None, int], Listener],
) -> Iterator[Loop]:
    near = {str(address) for address in own | vips}
    for server in proxy.servers:
        if server.conditional or server.template is not None or _far_away(server, near):
            continue
        address, port = server.address, server.port
        if isinstance(address, str | Unknown) or not isinstance(port, int):
            continue
        if address.is_unspecified or not (address.is_loopback or address in own or address in vips):
            continue
        reached = listeners.get((address, port)) or listeners.get((None, port))
        if reached is None or not _speak_alike(server, reached[0]) or _spared(server):
            continue
        if reached[1].address is None and not _wildcard_takes(reached[1], address):
            continue
        yield Loop(server, address, *reached, address in vips)


def _far_away(server: Server, near: set[str]) -> bool:
    """True where the text alone tells that the address is another host's: most servers of a big file."""
    plain = _PLAIN_IPV4.fullmatch(server.line.text(2))
    return plain is not None and plain[1] not in near and not plain[1].startswith("127.")


def _wildcard_takes(listener: BindAddress, address: Address) -> bool:
    return listener.family in {None, address.version} or listener.both_families


def _spared(server: Server) -> bool:
    """True for servers that get no request as long as all is well."""
    return server.backup or server.disabled or server.weight.value == 0 or "namespace" in server.options


def _speak_alike(server: Server, bind: Bind) -> bool:
    """True when the listener expects what the server line sends: TLS or not, with a PROXY header or without."""
    sends_header = any(option in server.options for option in PROXY_PROTOCOL)
    return ("ssl" in server.options) == ("ssl" in bind.options) and sends_header == ("accept-proxy" in bind.options)


def _routes(config: HaproxyConfig, reached: set[Proxy]) -> dict[Proxy, Proxy]:
    """Where each of these proxies sends what no condition picks out; only where that is sure."""
    by_name = {proxy.name: proxy for proxy in config.proxies if proxy.serves}
    found: dict[Proxy, Proxy] = {}
    for proxy in reached:
        if proxy.incomplete is not None or _may_tell_apart(proxy):
            continue
        target = _target(proxy, by_name)
        if target is None or _may_tell_apart(target):
            continue
        if any(choice.condition for choice in proxy.backend_choices) and (_rewrites(proxy) or _rewrites(target)):
            continue  # what one backend writes into a request may be what the frontend chooses by
        found[proxy] = target
    return found


def _target(proxy: Proxy, by_name: dict[str, Proxy]) -> Proxy | None:
    for choice in proxy.backend_choices:
        if choice.line.conditional:
            return None
        if not choice.condition:
            return by_name.get(choice.target) if isinstance(choice.target, str) else None
    default = proxy.default_backend
    if default is not None:
        certain = isinstance(default.target, str) and not default.line.conditional
        return by_name.get(default.target) if certain and isinstance(default.target, str) else None
    return proxy if proxy.serves else None


def _may_tell_apart(proxy: Proxy) -> bool:
    """True when a rule of the proxy may end HAProxy's own requests, or send them elsewhere."""
    criteria = {acl.name: f"{acl.criterion} {' '.join(acl.patterns)}" for acl in proxy.acls}

    def telling(condition: tuple[str, ...] | list[str]) -> bool:
        text = " ".join((*condition, *(criteria.get(word.lstrip("!"), "") for word in condition)))
        return TELLS_OWN_REQUESTS.search(text) is not None

    if any(telling(choice.condition) for choice in proxy.backend_choices) or list(proxy.inherited("redirect")):
        return True
    if any(True for word in ("use-server", "dispatch", "monitor-uri") for _ in proxy.inherited(word)):
        return True
    for rule, line in proxy.rules:
        if line.conditional or rule.action in {"set-dst", "set-dst-port"}:
            return True
        if rule.action in ENDS and (not rule.condition or telling(rule.condition)):
            return True
    return False


def _rewrites(proxy: Proxy) -> bool:
    """True when a rule of the proxy may change what it sends on."""
    return any(rule.rule_set == "http-request" and rule.action not in UNCHANGED for rule, _ in proxy.rules)


def _components(graph: Mapping[Proxy, list[Proxy]]) -> dict[Proxy, int]:
    """The strongly connected component of every proxy (Tarjan's algorithm, without recursion)."""
    index: dict[Proxy, int] = {}
    low: dict[Proxy, int] = {}
    component: dict[Proxy, int] = {}
    path: list[Proxy] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph.get(root, [])))]
        index[root] = low[root] = len(index)
        path.append(root)
        while work:
            proxy, others = work[-1]
            following = next(others, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[proxy])
                if low[proxy] == index[proxy]:
                    while proxy not in component:
                        component[path.pop()] = index[proxy]
            elif following not in index:
                index[following] = low[following] = len(index)
                path.append(following)
                work.append((following, iter(graph.get(following, []))))
            elif following not in component:
                low[proxy] = min(low[proxy], index[following])
    return component

"""The rule ``vrrp/strict-blocks-vip``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from cfglint.analysis.keepalived_statements import fails_check, is_open, statements, within
from cfglint.engine import Finding, Related, rule
from cfglint.engine.wording import in_order, listing
from cfglint.model.keepalived import KeepalivedConfig
from cfglint.model.value import Unknown
from cfglint.model.vrrp import Address, VrrpInstance
from cfglint.source import Span

NEEDS_VERSION_3 = 3


def _blocked(instance: VrrpInstance) -> bool:
    """True when keepalived drops what is sent to the instance's VIPs, as far as its lines are all known."""
    known = instance.damaged is None and isinstance(instance.priority.value, int)
    return known and not instance.accept and bool(instance.all_addresses)


def _cause(instance: VrrpInstance) -> tuple[str, Span] | None:
    """The line that blocks: of the instance, else vrrp_strict; None where a template or condition leaves it open."""
    if instance.block is not None:
        for word in ("no_accept", "strict_mode", "accept"):
            lines = [line for line in within(instance.block, word) if not is_open(line)]
            if lines and (word != "accept" or instance.strict):
                return word, lines[-1].span
    if "accept" in instance.lost:
        return None
    lines = [line for line in statements(instance.config, "global_defs", "vrrp_strict") if not is_open(line)]
    return ("vrrp_strict", lines[-1].span) if lines else None


def _services(config: KeepalivedConfig) -> dict[Address | None, tuple[str, Span]]:
    """What serves an address on the node, in words, with its place; None is every local address."""
    found: dict[Address | None, tuple[str, Span]] = {}
    for server in config.virtual_servers:
        if server.address is not None and not isinstance(server.address, Unknown):
            found.setdefault(server.address, (f"the virtual server {server.label}", server.span))
    haproxy = config.node.haproxy
    proxies = [] if haproxy is None else [proxy for proxy in haproxy.proxies if not proxy.disabled]
    for bind in chain.from_iterable(proxy.binds for proxy in proxies):
        if bind.conditional or "namespace" in bind.options:
            continue
        for written in bind.addresses:
            if written.kind == "ip" and not isinstance(written.address, Unknown):
                found.setdefault(written.address, (f"haproxy ({bind.proxy.name})", written.span))
    return found


@rule(
    severity="error",
    sources=[
        "keepalived 2.2.7 and 2.3.4 in network namespaces: connections to the VIP time out",
        "elections observed with keepalived 2.0.20 to 2.4.3: in strict mode the VIP does not answer ping",
        "keepalived.conf(5): vrrp_strict, accept, no_accept",
    ],
)
def strict_blocks_vip(config: KeepalivedConfig) -> Iterator[Finding]:
    """Strict mode, or `no_accept`, makes the VIP drop every packet that is sent to it.

    Why it hurts: in strict mode the master of a virtual router that does not own the address only forwards. Keepalived
    loads a firewall rule that drops what is sent to the VIP: the node holds it, but it answers neither ping nor TCP,
    and no log says why.

    When it stays silent: with `accept` in VRRPv3; for the address owner (priority 255); for `no_accept` without
    strict mode while no bind line or virtual server names the VIP. In strict mode without such a service it is a
    warning, since the VIP may be a mere gateway.

    What to do: take vrrp_strict out on every node, or use `vrrp_version 3` and write `accept` into the instance.
    """
    services = _services(config)
    grouped: dict[tuple[str, Span], list[VrrpInstance]] = {}
    for instance in config.instances:
        cause = _cause(instance) if _blocked(instance) else None
        if cause is not None:
            grouped.setdefault(cause, []).append(instance)
    for (word, span), instances in grouped.items():
        vips = frozenset[Address]().union(*(instance.all_addresses for instance in instances))
        served = [found for vip in in_order(vips) if (found := services.get(vip)) is not None]
        if not served and word == "no_accept":
            continue  # on purpose, as for a gateway; a listener on the wildcard may mean other addresses
        if None in services:
            served.append(services[None])
        yield _finding(config, word, span, instances, served)


def _finding(
    config: KeepalivedConfig, word: str, span: Span, instances: list[VrrpInstance], served: list[tuple[str, Span]]
) -> Finding:
    node, first = config.node, instances[0]
    names = listing(instance.name for instance in instances)
    vips = listing(in_order(frozenset[Address]().union(*(instance.all_addresses for instance in instances))))
    why = f"{word} holds for {names}"
    if word == "accept":
        why = f"accept of {names} has no effect in strict mode with VRRPv2"
    elif first.strict and any(instance.version.value != NEEDS_VERSION_3 for instance in instances):
        why += " (with VRRPv2, even beside accept)"
    follows = f"so {served[0][0]} cannot be reached there" if served else "so nothing on this node can be reached there"
    cure = (
        "take no_accept out" if word == "no_accept" else "take strict mode out on every node, or use VRRPv3 and accept"
    )
    return Finding(
        at=span,
        subject=(node.name, word, *(() if word == "vrrp_strict" else (first.name,))),
        severity="error" if served else "warning",
        message=(
            f"{why} on {node.name}: while it is MASTER, keepalived drops every packet to {vips}, neither ping nor TCP "
            f"is answered, {follows}"
        ),
        label="the VIP answers nothing",
        related=[
            *(Related("serves the VIP", place) for _, place in served[:2]),
            *(Related(f"VIPs of {instance.name}", instance.vips_span) for instance in instances[:2]),
        ],
        help=cure,
        nodes=(node.name,),
        fails_check=fails_check(node) if word == "accept" else None,
    )

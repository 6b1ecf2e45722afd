"""The rule ``kernel/ip-forward-missing``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cfglint.analysis.real_servers import firewalld_forwards
from cfglint.engine import Finding, Related, Unchecked, rule
from cfglint.model.lvs import RealServer
from cfglint.model.node import Node
from cfglint.model.value import Unknown

KEYS: dict[Literal[4, 6], str] = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}


def _forwarded(node: Node, version: Literal[4, 6]) -> list[RealServer]:
    """The real servers that a director reaches by NAT and that are not itself."""
    own = {entry.address.ip for entry in node.addresses.addresses}
    return [
        entry
        for server in (node.keepalived.virtual_servers if node.keepalived is not None else ())
        for entry in server.real_servers
        if entry.method.value == "NAT"
        and not isinstance(entry.address, Unknown)
        and entry.address.version == version
        and not entry.address.is_loopback
        and entry.address not in own
    ]


@rule(
    severity="error",
    sources=["ipvsadm(8), -m: replies of masqueraded real servers are routed back through the director"],
)
def ip_forward_missing(node: Node) -> Iterator[Finding | Unchecked]:
    """A director balances by NAT, but its kernel does not forward packets.

    Why it hurts: with lb_kind NAT the replies of the real servers pass through the director on their way to the
    clients. Without forwarding the kernel drops them: connections are opened and then hang.

    Where firewalld masquerades it is a warning: firewalld switches IPv4 forwarding on itself when it loads such a
    zone, so the cluster works as long as firewalld does that.

    When it stays silent: for direct routing and tunnels, and for plain HAProxy, which need no forwarding; for real
    servers on the director itself; where systemd-networkd switches forwarding on; where no sysctl file is given (that
    is unchecked).

    What to do: set `net.ipv4.ip_forward = 1` (for IPv6 `net.ipv6.conf.all.forwarding = 1`) on every director.
    """
    for version, key in KEYS.items():
        entries = _forwarded(node, version)
        if not entries:
            continue
        setting = node.kernel.effective(key)
        if isinstance(setting.value, Unknown):
            yield Unchecked(node.name, key, setting.value.why)
        elif not setting.value and not (version == 4 and node.addresses.forwards is not None):
            first = entries[0]
            by_firewalld = version == 4 and firewalld_forwards(node)
            outcome = (
                "forwarding hangs on firewalld alone, which switches it on for masquerading: without it, every "
                "connection hangs"
                if by_firewalld
                else f"it drops the replies of {first.address} and the other real servers, and every connection hangs"
            )
            yield Finding(
                at=setting.sources[0].span if setting.sources else first.method.span,
                subject=(node.name, key),
                severity="warning" if by_firewalld else None,
                message=(
                    f"{node.name} balances {first.server.label} by NAT, but its sysctl files leave {key} at 0: "
                    f"{outcome}"
                ),
                label=f"{key} is {setting.sources[0].value}" if setting.sources else f"needs {key} = 1",
                related=[Related("a real server behind NAT", first.span)],
                help=f"set {key} = 1 in /etc/sysctl.d on every director",
                nodes=(node.name,),
            )

"""The rule ``network/networkd-drops-vip``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.node import Node

KEEPING = frozenset({"static", "yes", "true", "1", "on"})


@rule(
    severity="warning",
    sources=["systemd.network(5): KeepConfiguration=; reports of VIPs lost when a package upgrade restarted networkd"],
)
def networkd_drops_vip(node: Node) -> Iterator[Finding]:
    """systemd-networkd manages the interface of a VIP and may take the VIP away.

    Why it hurts: when networkd (re)starts, an upgrade of systemd is enough, it removes addresses of its interfaces
    that its files do not name. The master loses the VIP while it still believes to hold it, and nobody answers until
    the next change of state.

    When it stays silent: with `KeepConfiguration=static` or `yes` for the interface (netplan: `critical: true`); for
    interfaces that networkd does not manage.

    What to do: add `KeepConfiguration=static` to the [Network] section of the interface's unit; with netplan,
    in a drop-in below /etc/systemd/network.
    """
    host = node.addresses
    if not host.networkd:
        return
    for instance in node.keepalived.instances if node.keepalived is not None else ():
        device = instance.interface.value
        if not isinstance(device, str) or instance.use_vmac or host.networkd.get(device, "static") in KEEPING:
            continue
        place = host.interfaces.get(device)
        yield Finding(
            at=place or instance.interface.span,
            subject=(node.name, "networkd", device),
            message=(
                f"systemd-networkd manages {device} of {node.name} and removes addresses it does not know when it "
                f"restarts: the VIPs of {instance.name} vanish, while Keepalived may still count as master"
            ),
            label="KeepConfiguration is not set",
            related=[Related(f"{instance.name} runs on {device}", instance.interface.span)] if place else [],
            help="set KeepConfiguration=static in the [Network] section for this interface (netplan: critical: true)",
            nodes=(node.name,),
        )

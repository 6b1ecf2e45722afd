"""The rule ``vrrp/interface-unknown``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Unchecked, rule
from cfglint.model.host_addresses import HostAddresses
from cfglint.model.node import Node
from cfglint.source import Span


def _named(node: Node) -> dict[str, tuple[Span, str]]:
    """The interfaces that keepalived.conf names, each with its first place and what depends on it."""
    found: dict[str, tuple[Span, str]] = {}
    for instance in node.keepalived.instances if node.keepalived is not None else ():
        if isinstance(instance.interface.value, str):
            found.setdefault(
                instance.interface.value, (instance.interface.span, f"{instance.name} sends adverts there")
            )
        for line in (*instance.vips, *instance.excluded_vips):
            if line.device is not None:
                found.setdefault(line.device, (line.span, f"{instance.name} puts {line.address} there"))
        for track in instance.tracks:
            if track.kind == "interface":
                found.setdefault(track.name, (track.span, f"{instance.name} tracks it"))
    return found


def _exists(name: str, host: HostAddresses) -> bool:
    return name.startswith("vrrp") or "$" in name or "{" in name or host.may_have(name)


@rule(severity="error", sources=["keepalived 2.2.7 -t: interface … for vrrp_instance … doesn't exist"])
def interface_unknown(node: Node) -> Iterator[Finding | Unchecked]:
    """Keepalived names an interface that the node does not have.

    Why it hurts: Keepalived refuses to start, or keeps the instance in FAULT until such an interface appears: the
    node never takes over. Typical after copying the peer's file to a host with other names.

    When it stays silent: where no interface file is given, or files apply to interfaces by pattern or hardware address
    (both unchecked), and for devices that Keepalived itself creates. Where only single interface files are given, not
    their folder, it is a warning.

    What to do: write the name that the host really uses (`ip link`).
    """
    host = node.addresses
    names = _named(node)
    if host.unreadable is not None and names:
        yield Unchecked(node.name, "interfaces and addresses", host.unreadable.why)
        return
    if names and not host.files:
        yield Unchecked(node.name, "interfaces and addresses", "no interface file is among the node's files")
    if not host.interfaces or not names:
        return
    if not host.names_complete and not host.captured_interfaces:
        if any(name not in host.interfaces for name in names):
            why = "interface files choose interfaces by pattern or hardware address"
            yield Unchecked(node.name, "the names of its interfaces", why)
        return
    for name, (span, use) in names.items():
        if _exists(name, host):
            continue
        present = ", ".join(sorted(host.interfaces))
        flat = not host.captured_interfaces and all(
            "/" not in path.removeprefix(f"{node.path}/") for path in host.files
        )
        yield Finding(
            at=span,
            subject=(node.name, "interface", name),
            severity="warning" if flat else None,
            message=(
                f"{node.name} has no interface {name} (its files know {present}), but {use}: Keepalived does not start "
                "or stays in FAULT, and this node never takes over"
            ),
            label="not on this host",
            help=f"use one of {present}, or add the interface's file if it is missing from the node's directory",
            nodes=(node.name,),
        )

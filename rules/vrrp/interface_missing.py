"""The rule ``vrrp/interface-missing``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, holds
from cfglint.engine import Finding, Unchecked, rule
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Statement

NEEDED_BEFORE = "2.3.0"
"""From this release on a unicast instance may do without an interface."""
NAME_LIMIT = 15
"""Characters of an interface name (the kernel's limit); the daemon ignores the line of a longer one."""


def _line(instance: VrrpInstance) -> Statement | None:
    """The last line that names an interface."""
    children = instance.block.children if instance.block is not None else []
    return next((child for child in reversed(children) if child.keyword == "interface" and len(child.words) > 1), None)


def _unicast(instance: VrrpInstance) -> Iterator[Finding]:
    """A unicast instance may do without, from 2.3 on and where every VIP names its device."""
    node = instance.node
    bare = [vip for vip in (*instance.vips, *instance.excluded_vips) if vip.device is None]
    old = holds(node, before=NEEDED_BEFORE)
    if not bare and old is False:
        return
    follows = "VIPs without `dev` are left out" if bare else "newer releases want unicast_src_ip in its place"
    yield Finding(
        at=instance.span,
        subject=(node.name, instance.name, "interface"),
        severity="error" if bare or old else "info",
        message=f"{instance.name} on {node.name} names no interface: up to 2.2 keepalived ends at once, and {follows}",
        label="no interface in here",
        help="write interface and the name of the network card that carries the VIPs",
        nodes=(node.name,),
        fails_check=fails_check(node) if bare else fails_check(node, before=NEEDED_BEFORE),
    )


@rule(
    severity="error",
    sources=["keepalived 2.2.7 and 2.3.4, run: `Unknown interface!`, `permanent error CONFIG. Terminating`"],
)
def interface_missing(instance: VrrpInstance) -> Iterator[Finding | Unchecked]:
    """A `vrrp_instance` names no interface that VRRP can use: none, too long a name, or the loopback interface.

    Why it hurts: keepalived ends at once with a configuration error, also for the other instances of the file: the node
    holds no VIP.

    When it stays silent: for a unicast instance whose VIPs all name their device, from 2.3 on; for an interface that a
    variable or template leaves open; where lines of the instance are lost to a misspelt block.

    What to do: write the interface that carries the adverts.
    """
    value = instance.interface.value
    if isinstance(value, Unknown):
        yield Unchecked(instance.node.name, f"interface of {instance.name}", value.why)
        return
    line = _line(instance)
    loopback = line is not None and line.words[1].text == "lo"
    too_long = line is not None and len(line.words[1].text) > NAME_LIMIT
    unusable = loopback or too_long
    if instance.damaged is not None or "interface" in instance.lost or (value is not None and not unusable):
        return
    if (line is not None and not unusable) or (instance.block is not None and instance.block.unknown):
        return
    if instance.is_unicast and not loopback:
        yield from _unicast(instance)
        return
    what, label = "names no interface", "no interface in here"
    if loopback:
        what, label = "names the loopback interface", "not usable for VRRP"
    elif line is not None and too_long:
        what = f"names {line.words[1].text}, and an interface's name has at most {NAME_LIMIT} characters"
        label = "longer than an interface name can be"
    yield Finding(
        at=line.words[1].span if line is not None else instance.span,
        subject=(instance.node.name, instance.name, "interface", *(("value",) if too_long else ())),
        message=(
            f"{instance.name} on {instance.node.name} {what}: keepalived ends at once, and {instance.node.name} holds "
            f"none "
            "of its VIPs"
        ),
        label=label,
        help="write interface and the name of the network card that carries the adverts",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )

"""The rule ``network/ifcfg-not-onboot``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.engine import Finding, Related, rule
from cfglint.model.node import Node
from cfglint.syntax.shell_assignments import parse_assignments


@rule(severity="warning", sources=["initscripts and NetworkManager: ONBOOT=no leaves the interface down at boot"])
def ifcfg_not_onboot(node: Node) -> Iterator[Finding]:
    """The interface of a virtual router does not come up at boot.

    Why it hurts: after a reboot the interface is down, Keepalived keeps the instance in FAULT, and this node cannot
    take over until somebody brings the interface up by hand.

    When it stays silent: without ONBOOT (NetworkManager's default is yes), for interfaces without an instance.

    What to do: set ONBOOT=yes.
    """
    used = {
        instance.interface.value: instance
        for instance in (node.keepalived.instances if node.keepalived is not None else ())
        if isinstance(instance.interface.value, str)
    }
    for file in node.files_of("ifcfg"):
        name = file.relative.rsplit("/", 1)[-1]
        if not name.startswith("ifcfg-"):
            continue
        lines = parse_assignments(file.source)
        device = lines.text("DEVICE") or name.removeprefix("ifcfg-")
        line = lines.get("ONBOOT")
        if device not in used or line is None or lines.truth("ONBOOT", default=True):
            continue
        instance = used[device]
        yield Finding(
            at=line.value_span,
            subject=(node.name, device, "onboot"),
            message=(
                f"{device} of {node.name} stays down after a boot, and {instance.name} runs on it: the instance stays "
                "in FAULT, and this node cannot take over"
            ),
            label="down after a boot",
            related=[Related(f"{instance.name} runs here", instance.interface.span)],
            help="set ONBOOT=yes",
            nodes=(node.name,),
        )

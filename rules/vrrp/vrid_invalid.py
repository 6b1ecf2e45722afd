"""The rule ``vrrp/vrid-invalid``."""

from __future__ import annotations

from collections.abc import Iterator

from cfglint.analysis.keepalived_statements import fails_check, is_open
from cfglint.engine import Finding, Unchecked, rule
from cfglint.model.value import Unknown
from cfglint.model.vrrp import VrrpInstance
from cfglint.syntax.keepalived import Statement


def _line(instance: VrrpInstance) -> Statement | None:
    """The last line that gives an id."""
    children = instance.block.children if instance.block is not None else []
    lines = [child for child in children if child.keyword == "virtual_router_id" and len(child.words) > 1]
    return lines[-1] if lines else None


@rule(
    severity="error",
    sources=[
        "RFC 9568 §5.2.3: 1 to 255",
        "keepalived 2.2.7 and 2.3.4, run: `the virtual router id must be set`, `permanent error CONFIG. Terminating`",
    ],
)
def vrid_invalid(instance: VrrpInstance) -> Iterator[Finding | Unchecked]:
    """A `vrrp_instance` has no usable `virtual_router_id`.

    Why it hurts: keepalived ends at once with a configuration error, also for the other instances of the file: the node
    holds no VIP and stands by for none.

    When it stays silent: for a number from 1 to 255; for an id that a variable or template leaves open, which is said
    to be unchecked; where its line, or the rest of the instance, is lost to a misspelt word, which is reported itself.

    What to do: write the number that the instance's peers use, from 1 to 255.
    """
    value, line = instance.vrid.value, _line(instance)
    if isinstance(value, Unknown) and (line is None or is_open(line)):
        yield Unchecked(instance.node.name, f"virtual_router_id of {instance.name}", value.why)
        return
    if isinstance(value, int) or instance.damaged is not None or "virtual_router_id" in instance.lost:
        return
    if line is not None and line.words[1].text.startswith("$"):
        return
    written = line is not None
    what = instance.vrid_problem or "it is not a number from 1 to 255"
    yield Finding(
        at=line.words[1].span if line is not None else instance.span,
        subject=(instance.node.name, instance.name, "virtual_router_id"),
        message=(
            f"{instance.node.name} cannot use the virtual_router_id of {instance.name}: {what}"
            if written
            else f"{instance.name} on {instance.node.name} has no virtual_router_id"
        )
        + f": keepalived ends at once, and {instance.node.name} holds none of its VIPs",
        label="not usable" if written else "no virtual_router_id in here",
        help="write virtual_router_id with a number from 1 to 255, the same one on every node of this virtual router",
        nodes=(instance.node.name,),
        fails_check=fails_check(instance.node),
    )
